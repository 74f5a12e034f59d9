from django.db import models
from django.db.models import Q

from evaluations.models.battles import Battle


class Outcome(models.TextChoices):
    LEFT = "left"
    RIGHT = "right"
    TIE = "tie"
    BOTH_BAD = "both_bad"


class Vote(models.Model):
    """The rater's answer. Its INSERT is the only act that counts. Insert-only (trigger): what alone may still be taken
    out is the comment, of a rater who withdraws; it is no part of the ledger.

    - (battle, revision) is unique: a double click, a replay, a second tab land on the same row;
    - a revision after the first exists only where the one before was undone (trigger);
    - the outcome is one of four;
    - the receipt is unique;
    - reasons are {"left": [tags], "right": [tags]}; active_ms is the time that the rater worked, not the tab's.
    """

    battle = models.ForeignKey(Battle, on_delete=models.PROTECT, related_name="votes")
    revision = models.PositiveSmallIntegerField(default=0)
    outcome = models.CharField(max_length=8, choices=Outcome)
    receipt = models.CharField(max_length=16, unique=True)
    cast_at = models.DateTimeField(db_index=True)
    reasons = models.JSONField(null=True)
    comment = models.TextField(blank=True, default="", db_default="")
    active_ms = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["battle", "revision"], name="vote_revision_unique_in_battle"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="vote_outcome_is_known"),
        ]


class VoteEnding(models.Model):
    """How a vote stopped being changeable: undone, or final because names were shown or it was sealed.

    - one ending a vote, the first one to come: undo, reveal and sealer race for this row, and no lock is needed;
    - insert-only (trigger).
    """

    class Ending(models.TextChoices):
        UNDONE = "undone"
        REVEALED = "revealed"
        SEALED = "sealed"

    vote = models.OneToOneField(Vote, on_delete=models.PROTECT, primary_key=True, related_name="ending")
    ending = models.CharField(max_length=8, choices=Ending)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ending__in=["undone", "revealed", "sealed"]), name="vote_ending_is_known"
            ),
        ]


class NamesShown(models.Model):
    """The rater asked for the names when the ledger already had the vote, whose one ending is another. Insert-only
    (trigger).

    - the vote is sealed (trigger): what may still be taken back shows no names.
    """

    vote = models.OneToOneField(Vote, on_delete=models.PROTECT, primary_key=True, related_name="names_shown")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "names shown"
