from django.conf import settings
from django.db import models
from django.db.models import Q


class Provider(models.Model):
    """A server that answers prompts: where it is, which protocol it speaks, how its key is found.

    - slug is unique; the protocol is one of four;
    - a key comes from the environment or is kept encrypted, never both, never in clear text;
    - at least one request a minute and one at a time are allowed.
    """

    class Protocol(models.TextChoices):
        OPENAI = "openai"
        AZURE = "azure"
        ANTHROPIC = "anthropic"
        COMPATIBLE = "compatible"

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    protocol = models.CharField(max_length=16, choices=Protocol)
    # Empty: the protocol's own public address.
    base_url = models.CharField(max_length=300, blank=True)
    # Azure names a version of its API by a date.
    api_version = models.CharField(max_length=40, blank=True)
    key_variable = models.CharField(max_length=120, blank=True)
    encrypted_key = models.BinaryField(null=True)
    key_changed_at = models.DateTimeField(null=True)
    requests_per_minute = models.PositiveIntegerField(default=60)
    concurrent_requests = models.PositiveSmallIntegerField(default=4)
    timeout_seconds = models.PositiveSmallIntegerField(default=120)
    # When the next request may go out: requests are spaced evenly, over all workers.
    next_request_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(protocol__in=["openai", "azure", "anthropic", "compatible"]),
                name="provider_protocol_is_known",
            ),
            models.CheckConstraint(
                condition=Q(key_variable="") | Q(encrypted_key__isnull=True), name="provider_has_one_key"
            ),
            models.CheckConstraint(
                condition=Q(requests_per_minute__gte=1, concurrent_requests__gte=1, timeout_seconds__gte=1),
                name="provider_limits_allow_something",
            ),
        ]

    def __str__(self) -> str:
        return self.name
