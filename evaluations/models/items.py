import secrets

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Random

from evaluations.models.battles import Battle
from evaluations.models.prompts import Prompt
from evaluations.models.raters import Rater
from evaluations.models.responses import Response
from evaluations.models.studies import Study


def make_salt() -> str:
    return secrets.token_hex(16)


class Item(models.Model):
    """In a designed study: two responses to one prompt, to be judged a given number of times.

    - (study, first, second) is unique and first comes before second, so that a pair is one item whichever way round;
    - both answer the prompt (composite foreign keys).
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="items")
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="+")
    first = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "first", "second"], name="item_once_per_study"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="item_responses_in_order"),
            # Target of the foreign key that keeps a slot in its item's study.
            models.UniqueConstraint(fields=["id", "study"], name="item_id_with_study"),
        ]


class Slot(models.Model):
    """A place for one vote on an item: free, leased to a rater, or filled. There are as many as votes are asked for.

    - it is of its item's study (composite foreign key);
    - (item, number) is unique, and so is (item, rater): nobody judges an item twice;
    - a battle has one slot at most; a leased slot has its rater, its battle and the lease's end; only such a one is
      filled.
    """

    # The study again, and a place by lot: so that the next free slot is the first row of an index.
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="slots", db_index=False)
    lot = models.FloatField(db_default=Random())

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="slots")
    number = models.PositiveSmallIntegerField()
    rater = models.ForeignKey(Rater, null=True, on_delete=models.PROTECT, related_name="slots")
    battle = models.OneToOneField(Battle, null=True, on_delete=models.PROTECT, related_name="slot")
    leased_until = models.DateTimeField(null=True)
    # Its vote can no longer change: nobody need look at this slot again.
    filled = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="slot_number_unique_in_item"),
            models.UniqueConstraint(fields=["item", "rater"], name="slot_once_per_rater_and_item"),
            models.CheckConstraint(
                condition=Q(rater__isnull=True, battle__isnull=True, leased_until__isnull=True)
                | Q(rater__isnull=False, battle__isnull=False, leased_until__isnull=False),
                name="slot_leased_says_to_whom",
            ),
            models.CheckConstraint(
                condition=Q(filled=False) | Q(battle__isnull=False), name="slot_filled_has_its_battle"
            ),
        ]
        indexes = [
            models.Index(
                fields=["study", "number", "lot"], condition=Q(battle__isnull=True), name="slot_next_free"
            ),
            models.Index(
                fields=["study", "leased_until"],
                condition=Q(battle__isnull=False, filled=False),
                name="slot_out_on_lease",
            ),
        ]


class KnownAnswer(models.Model):
    """A check: two responses of which one is plainly better. Its votes are in no ranking.

    - (study, better, worse) is unique; the responses differ, and both answer the prompt (composite foreign keys).
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="known_answers")
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="+")
    better = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="+")
    worse = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="+")
    # Without it, whoever has the responses could find in the public protocol which of them are checks.
    salt = models.CharField(max_length=32, default=make_salt)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "better", "worse"], name="known_answer_once_per_study"),
            models.CheckConstraint(condition=~Q(better=F("worse")), name="known_answer_responses_differ"),
        ]
