from django.db import models
from django.db.models import F, Q

from evaluations.models.language_models import LanguageModel
from evaluations.models.studies import Study


class Claim(models.Model):
    """A hypothesis about two models, registered before the votes: part of the protocol, frozen with it (trigger).

    - (study, number) is unique; the two models differ;
    - the margin is in points on the Elo scale, from 0 for superior, above 0 for the others; alpha is in (0, ½).
    """

    class Kind(models.TextChoices):
        SUPERIOR = "superior"
        NON_INFERIOR = "non_inferior"
        EQUIVALENT = "equivalent"

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="claims")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16, choices=Kind)
    model = models.ForeignKey(LanguageModel, on_delete=models.PROTECT, related_name="+")
    rival = models.ForeignKey(LanguageModel, on_delete=models.PROTECT, related_name="+")
    # As `ranking.judge_claim` takes it.
    margin = models.FloatField(default=0)
    alpha = models.FloatField(default=0.05)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["study", "number"]
        constraints = [
            models.UniqueConstraint(fields=["study", "number"], name="claim_number_unique_in_study"),
            models.CheckConstraint(condition=~Q(model=F("rival")), name="claim_models_differ"),
            models.CheckConstraint(condition=Q(alpha__gt=0, alpha__lt=0.5), name="claim_alpha_is_a_risk"),
            models.CheckConstraint(
                condition=Q(kind="superior", margin__gte=0) | (~Q(kind="superior") & Q(margin__gt=0)),
                name="claim_margin_fits_its_kind",
            ),
        ]
