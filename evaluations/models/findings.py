from django.conf import settings
from django.db import models
from django.db.models import Q

from evaluations.models.generations import Generation, GenerationRun
from evaluations.models.imports import Import


class Finding(models.Model):
    """An answer that a person should look at before it is shown: it names its author, is empty, or equals another.

    - it belongs to an import or to a run of generation, not to both;
    - a decision has its date; only an answer that names its author can be masked.
    """

    class Kind(models.TextChoices):
        SELF_IDENTIFICATION = "self_identification"
        EMPTY = "empty"
        IDENTICAL = "identical"

    class Decision(models.TextChoices):
        NONE = "", "–"
        KEEP = "keep"
        MASK = "mask"
        LEAVE_OUT = "leave_out"

    upload = models.ForeignKey(Import, null=True, on_delete=models.CASCADE, related_name="findings")
    run = models.ForeignKey(GenerationRun, null=True, on_delete=models.CASCADE, related_name="findings")
    generation = models.ForeignKey(Generation, null=True, on_delete=models.CASCADE, related_name="findings")
    kind = models.CharField(max_length=24, choices=Kind)
    # The prompt's key and the model as the file names it: an answer has one place in an import.
    prompt_key = models.CharField(max_length=120)
    model_name = models.CharField(max_length=120)
    file = models.CharField(max_length=255, blank=True)
    line = models.PositiveIntegerField(null=True)
    # The text around the place, and the words themselves.
    excerpt = models.CharField(max_length=400, blank=True)
    says = models.CharField(max_length=200, blank=True)
    rule = models.CharField(max_length=80, blank=True)
    # Identical to this model's answer.
    other_model = models.CharField(max_length=120, blank=True)
    decision = models.CharField(max_length=16, choices=Decision, blank=True, default=Decision.NONE)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(upload__isnull=False, run__isnull=True)
                | Q(upload__isnull=True, run__isnull=False),
                name="finding_has_one_source",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_at__isnull=True)
                | (~Q(decision="") & Q(decided_at__isnull=False)),
                name="finding_decided_has_a_date",
            ),
            models.CheckConstraint(
                condition=~Q(decision="mask") | Q(kind="self_identification"),
                name="finding_masked_names_its_author",
            ),
        ]
