from django.db import models
from django.db.models import Q

from evaluations.models.raters import Rater
from evaluations.models.studies import Study


class ComprehensionAttempt(models.Model):
    """A rater answered a study's questions about its instructions. Insert-only (trigger).

    - two attempts a rater and study, numbered 1 and 2, each number once;
    - answers are the places of the choices taken, one a question.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="comprehension_attempts")
    rater = models.ForeignKey(Rater, on_delete=models.PROTECT, related_name="comprehension_attempts")
    number = models.PositiveSmallIntegerField()
    answers = models.JSONField()
    passed = models.BooleanField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["study", "rater", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "rater", "number"], name="comprehension_attempt_number_unique"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=2), name="comprehension_has_two_attempts"
            ),
        ]
