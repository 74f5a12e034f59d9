from django.conf import settings
from django.db import models
from django.db.models import Q

from evaluations.models.ledger import LedgerEntry
from evaluations.models.raters import Rater
from evaluations.models.studies import Study


class RaterDecision(models.Model):
    """A person decided about a rater's votes in a study: leave them out, keep them, or take them back in.

    - insert-only (trigger): the newest one holds, an earlier one stays on the record;
    - it has a reason;
    - an exclusion or a restoration has its own entry of the ledger, of that kind and that study (trigger).
    """

    class Decision(models.TextChoices):
        EXCLUDE = "exclude"
        KEEP = "keep"
        RESTORE = "restore"

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="rater_decisions")
    rater = models.ForeignKey(Rater, on_delete=models.PROTECT, related_name="decisions")
    decision = models.CharField(max_length=16, choices=Decision)
    reason = models.TextField()
    entry = models.OneToOneField(
        LedgerEntry, null=True, on_delete=models.PROTECT, related_name="rater_decision"
    )
    # The flags that were up, and the figures behind them, as they were then.
    flags = models.JSONField(default=list)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="rater_decision_has_a_reason"),
            models.CheckConstraint(
                condition=Q(decision="keep", entry__isnull=True)
                | (Q(decision__in=["exclude", "restore"]) & Q(entry__isnull=False)),
                name="rater_decision_that_counts_is_in_the_ledger",
            ),
        ]
