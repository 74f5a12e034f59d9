from django.db import models
from django.db.models import Q

from evaluations.models.ledger import LedgerEntry
from evaluations.models.raters import Rater
from evaluations.models.studies import Study


class Withdrawal(models.Model):
    """A rater left a study for good: the person is forgotten, the votes stay or go by the study's rule. Insert-only
    (trigger).

    - once a rater and study;
    - votes that stay need no word in the ledger; an entry is of that kind and that study (trigger).
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="withdrawals")
    rater = models.ForeignKey(Rater, on_delete=models.PROTECT, related_name="withdrawals")
    rule = models.CharField(max_length=8, choices=Study.Withdrawal)
    # That the votes are left out from here on; none where none of them is in the ledger.
    entry = models.OneToOneField(LedgerEntry, null=True, on_delete=models.PROTECT, related_name="withdrawal")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["study", "rater"], name="withdrawal_once_per_study"),
            models.CheckConstraint(
                condition=Q(rule="keep", entry__isnull=True) | Q(rule="remove"),
                name="withdrawal_that_keeps_votes_has_no_entry",
            ),
        ]
