from django.conf import settings
from django.db import models
from django.db.models import Q

from evaluations.models.prompts import PromptSet
from evaluations.models.studies import Study


class Import(models.Model):
    """A file that came in: received, checked by a worker, then imported or refused.

    - an imported file belongs to what it made, a prompt set or a study;
    - the same content for the same target is imported once;
    - `done` of `total` bytes say how far a worker is; `seen_at` is when it last said so.
    """

    class Kind(models.TextChoices):
        # A new version of a prompt set: prompts, with or without responses and models.
        PROMPTS = "prompts"
        # More responses, for the prompts of a version that is there.
        RESPONSES = "responses"
        VOTES = "votes"

    class State(models.TextChoices):
        RECEIVED = "received"
        CHECKING = "checking"
        CHECKED = "checked"
        IMPORTING = "importing"
        IMPORTED = "imported"
        REFUSED = "refused"

    token = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=16, choices=Kind)
    state = models.CharField(max_length=16, choices=State, default=State.RECEIVED)
    # What it makes: the slug of the prompt set or of the study.
    target = models.SlugField(max_length=80)
    title = models.CharField(max_length=200, blank=True)
    # Where recorded votes come from.
    source = models.CharField(max_length=500, blank=True)
    # [{"name": as uploaded, "path": under the media folder, "size": bytes, "role": prompts | responses | models | …}]
    files = models.JSONField(default=list)
    # Columns mapped by hand: {digest of the file: {column of the file: field of the house}}.
    mapping = models.JSONField(default=dict)
    # Of whoever uploads: faults are written down in it.
    language = models.CharField(max_length=16, blank=True)
    content_hash = models.CharField(max_length=64)
    counts = models.JSONField(default=dict)
    # What changes against the version before: counts, and the first changes of each kind.
    difference = models.JSONField(default=dict)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    seen_at = models.DateTimeField(null=True)
    # Why a worker could not go on, in a sentence; empty unless something broke that is no fault of the file.
    trouble = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)
    imported_at = models.DateTimeField(null=True)
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
