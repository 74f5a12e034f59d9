from django.db import models
from django.db.models import F, Q

from evaluations.models.raters import Rater
from evaluations.models.studies import Study


class Reminder(models.Model):
    """A word to a rater between two battles, before a person is asked to look at their votes.

    - two a rater and study, numbered 1 and 2, each number once;
    - it is about one of the limits that flag a rater;
    - it is seen after it is made.
    """

    class Kind(models.TextChoices):
        FAST = "fast"
        ONE_SIDE = "one_side"
        CHECKS = "checks"
        REPEATS = "repeats"
        AGREEMENT = "agreement"
        PATTERN = "pattern"

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="reminders")
    rater = models.ForeignKey(Rater, on_delete=models.PROTECT, related_name="reminders")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16, choices=Kind)
    made_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["study", "rater", "number"]
        constraints = [
            models.UniqueConstraint(fields=["study", "rater", "number"], name="reminder_number_unique"),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=2), name="reminder_comes_twice"),
            models.CheckConstraint(
                condition=Q(kind__in=["fast", "one_side", "checks", "repeats", "agreement", "pattern"]),
                name="reminder_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(seen_at__isnull=True) | Q(seen_at__gte=F("made_at")),
                name="reminder_is_seen_after_it_is_made",
            ),
        ]
