from django.db import models
from django.db.models import F, Q

from evaluations.models.battles import Battle
from evaluations.models.prompts import Prompt
from evaluations.models.raters import Rater
from evaluations.models.responses import Response
from evaluations.models.studies import Study


class Item(models.Model):
    """In a designed study: two responses to one prompt, to be judged a given number of times.

    - (study, first, second) is unique; the responses differ, and both answer the prompt (composite foreign keys).
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="items")
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="+")
    first = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "first", "second"], name="item_once_per_study"),
            models.CheckConstraint(condition=~Q(first=F("second")), name="item_responses_differ"),
        ]


class Slot(models.Model):
    """A place for one vote on an item: free, leased to a rater, or voted. There are as many as votes are asked for.

    - (item, number) is unique, and so is (item, rater): nobody judges an item twice;
    - a battle has one slot at most; a leased slot has its rater, its battle and the lease's end.
    """

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="slots")
    number = models.PositiveSmallIntegerField()
    rater = models.ForeignKey(Rater, null=True, on_delete=models.PROTECT, related_name="slots")
    battle = models.OneToOneField(Battle, null=True, on_delete=models.PROTECT, related_name="slot")
    leased_until = models.DateTimeField(null=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="slot_number_unique_in_item"),
            models.UniqueConstraint(fields=["item", "rater"], name="slot_once_per_rater_and_item"),
            models.CheckConstraint(
                condition=Q(rater__isnull=True, battle__isnull=True, leased_until__isnull=True)
                | Q(rater__isnull=False, battle__isnull=False, leased_until__isnull=False),
                name="slot_leased_says_to_whom",
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

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "better", "worse"], name="known_answer_once_per_study"),
            models.CheckConstraint(condition=~Q(better=F("worse")), name="known_answer_responses_differ"),
        ]
