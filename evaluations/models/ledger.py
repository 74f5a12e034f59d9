from django.db import models
from django.db.models import F, Q

from evaluations.models.studies import Study
from evaluations.models.votes import Vote


class LedgerEntry(models.Model):
    """A vote's or a decision's place in the one total order. Insert-only (trigger).

    - positions are gapless from 0: each entry names the one before it, which exists;
    - a vote has one entry at most, and only once it is final (trigger);
    - leaf_hash is the RFC 6962 leaf hash of record, a canonical JSON text (RFC 8785).
    """

    class Kind(models.TextChoices):
        STUDY_OPENED = "study_opened"
        STUDY_AMENDED = "study_amended"
        STUDY_PAUSED = "study_paused"
        STUDY_RESUMED = "study_resumed"
        STUDY_CLOSED = "study_closed"
        RATER_EXCLUDED = "rater_excluded"
        RATER_RESTORED = "rater_restored"
        RATER_WITHDRAWN = "rater_withdrawn"
        VOTE = "vote"

    position = models.BigIntegerField(primary_key=True)
    previous = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="next")
    kind = models.CharField(max_length=32, choices=Kind)
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="ledger_entries")
    vote = models.OneToOneField(Vote, null=True, on_delete=models.PROTECT, related_name="ledger_entry")
    record = models.TextField()
    leaf_hash = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()

    class Meta:
        ordering = ["position"]
        verbose_name_plural = "ledger entries"
        constraints = [
            models.CheckConstraint(
                condition=Q(position=0, previous__isnull=True)
                | Q(position__gt=0, previous__isnull=False, previous=F("position") - 1),
                name="ledger_entry_follows_the_one_before",
            ),
            models.CheckConstraint(
                condition=Q(kind="vote", vote__isnull=False) | (~Q(kind="vote") & Q(vote__isnull=True)),
                name="ledger_entry_of_a_vote_names_it",
            ),
        ]
