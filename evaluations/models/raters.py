from django.conf import settings
from django.db import models
from django.db.models import Q

from evaluations.models.studies import Study


class Rater(models.Model):
    """Who votes, by pseudonym only.

    - code is unguessable and unique: the browser's cookie holds it, signed;
    - salt hides the rater in the ledger's commitment; erasing it makes the commitment unlinkable;
    - a rater who withdrew has no salt, and a code that no browser holds;
    - one who votes through a program of somebody's is known by that account, and no other is.
    """

    class Kind(models.TextChoices):
        VISITOR = "visitor"
        INVITED = "invited"
        PANEL = "panel"
        RECORDED = "recorded"
        SIMULATED = "simulated"
        HEADLESS = "headless"

    code = models.CharField(max_length=32, unique=True)
    salt = models.BinaryField(max_length=16)
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.VISITOR)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)
    # Whose program votes for this rater, over the API.
    run_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="raters"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(salt=b""), name="rater_erased_has_no_salt"
            ),
            models.CheckConstraint(
                condition=Q(kind="headless", run_by__isnull=False)
                | (~Q(kind="headless") & Q(run_by__isnull=True)),
                name="rater_headless_is_run_by_someone",
            ),
        ]


class RaterIdentity(models.Model):
    """What ties a rater to someone elsewhere, kept apart so that it can be erased without touching a vote."""

    rater = models.OneToOneField(Rater, on_delete=models.CASCADE, related_name="identity")
    source = models.CharField(max_length=80)
    external_id = models.CharField(max_length=200)
    # A panel's own study and submission, as it sent them last: to find the person's submission there.
    panel_study = models.CharField(max_length=200, blank=True, default="")
    panel_session = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        verbose_name_plural = "rater identities"
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="rater_identity_once_per_source"),
        ]


class Consent(models.Model):
    """A rater agreed to a study's terms, in the version of the text that was shown. Once per version."""

    rater = models.ForeignKey(Rater, on_delete=models.PROTECT, related_name="consents")
    study = models.ForeignKey(Study, on_delete=models.PROTECT)
    # The version of the consent text, 0 where the study has none of its own; and the protocol at that time.
    text_version = models.PositiveSmallIntegerField(default=0)
    protocol_hash = models.CharField(max_length=64, blank=True)
    may_publish = models.BooleanField(default=False)
    uses_keys = models.BooleanField(default=True)
    agreed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rater", "study", "text_version"], name="consent_once_per_version"
            ),
        ]
