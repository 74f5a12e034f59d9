from django.conf import settings
from django.db import models
from django.db.models import Q

from evaluations.models.prompts import PromptSet
from evaluations.models.studies import Study


class Import(models.Model):
    """A file that came in: received, then checked, then imported or refused.

    - an imported file belongs to what it made, a prompt set or a study;
    - the same content for the same target is imported once.
    """

    class Kind(models.TextChoices):
        PROMPTS = "prompts"
        VOTES = "votes"

    class State(models.TextChoices):
        RECEIVED = "received"
        CHECKED = "checked"
        IMPORTED = "imported"
        REFUSED = "refused"

    token = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=16, choices=Kind)
    state = models.CharField(max_length=16, choices=State, default=State.RECEIVED)
    # What it makes: the slug of the prompt set or of the study.
    target = models.SlugField(max_length=80)
    title = models.CharField(max_length=200, blank=True)
    # [{"name": as uploaded, "path": under the media folder, "size": bytes, "role": prompts | responses | models | …}]
    files = models.JSONField(default=list)
    content_hash = models.CharField(max_length=64)
    counts = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    prompt_set = models.ForeignKey(PromptSet, null=True, on_delete=models.PROTECT)
    study = models.ForeignKey(Study, null=True, on_delete=models.PROTECT)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "target", "content_hash"],
                condition=Q(state="imported"),
                name="import_of_the_same_content_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="imported") | Q(prompt_set__isnull=False) | Q(study__isnull=False),
                name="imported_made_something",
            ),
        ]


class ImportFault(models.Model):
    """Something wrong in a file: where, what the file says, what is wrong, how to mend it."""

    class Severity(models.TextChoices):
        ERROR = "error"
        WARNING = "warning"

    upload = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="faults")
    severity = models.CharField(max_length=16, choices=Severity, default=Severity.ERROR)
    file = models.CharField(max_length=255)
    line = models.PositiveIntegerField(null=True)
    column = models.CharField(max_length=120, blank=True)
    says = models.CharField(max_length=300, blank=True)
    problem = models.CharField(max_length=400)
    remedy = models.CharField(max_length=400)

    class Meta:
        ordering = ["id"]
