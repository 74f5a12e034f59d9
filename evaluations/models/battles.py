from django.db import models
from django.db.models import F, Q

from evaluations.models.prompts import Prompt
from evaluations.models.raters import Rater
from evaluations.models.responses import Response
from evaluations.models.studies import Study


class Battle(models.Model):
    """One pair of responses to one prompt, shown to one rater, with a left and a right side.

    - token is unguessable and unique;
    - the two responses differ, and both answer the battle's prompt (composite foreign keys);
    - a rater's battles in a study are numbered from 1, each number once;
    - probability is that of the pair's draw, in (0, 1]; none where the draw was not ours;
    - kind is one of four; only normal ones are in a ranking. A repeat names the battle it repeats;
    - pilot: shown before the study was opened; its vote never reaches the ledger (trigger).
    """

    class Origin(models.TextChoices):
        SHOWN = "shown"
        RECORDED = "recorded"
        SIMULATED = "simulated"

    class Kind(models.TextChoices):
        NORMAL = "normal"
        REPEAT = "repeat"
        CHECK = "check"
        PRACTICE = "practice"

    token = models.CharField(max_length=32, unique=True)
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="battles")
    rater = models.ForeignKey(Rater, on_delete=models.PROTECT, related_name="battles")
    number = models.PositiveIntegerField()
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT)
    left = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="+")
    right = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="+")
    probability = models.FloatField(null=True)
    origin = models.CharField(max_length=16, choices=Origin, default=Origin.SHOWN)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.NORMAL)
    pilot = models.BooleanField(default=False)
    repeats = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="repeated_by")
    # Of a check: the side whose response is known to be better.
    expected = models.CharField(max_length=8, blank=True, default="")
    # That of its study when it was made: an amendment changes none of the votes before it. Written by a trigger.
    protocol_hash = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study", "rater", "number"], name="battle_number_unique_for_rater"
            ),
            models.CheckConstraint(condition=~Q(left=F("right")), name="battle_responses_differ"),
            models.CheckConstraint(condition=Q(number__gte=1), name="battle_number_counts_from_one"),
            models.CheckConstraint(
                condition=Q(probability__isnull=True) | Q(probability__gt=0, probability__lte=1),
                name="battle_probability_is_one",
            ),
            models.CheckConstraint(
                condition=Q(kind="repeat", repeats__isnull=False)
                | (~Q(kind="repeat") & Q(repeats__isnull=True)),
                name="battle_repeat_names_the_first",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["check", "practice"], expected__in=["left", "right"])
                | (~Q(kind__in=["check", "practice"]) & Q(expected="")),
                name="battle_check_has_its_answer",
            ),
        ]


class Skip(models.Model):
    """The rater passed over a battle. Kept: what is skipped says something too. Insert-only.

    - the reason, if one was given, is one of four.
    """

    class Reason(models.TextChoices):
        NONE = "", "–"
        LANGUAGE = "language"
        CANNOT_JUDGE = "cannot_judge"
        BROKEN = "broken"
        OFFENSIVE = "offensive"

    battle = models.OneToOneField(Battle, on_delete=models.PROTECT, related_name="skip")
    reason = models.CharField(max_length=40, choices=Reason, blank=True, default=Reason.NONE)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=["", "language", "cannot_judge", "broken", "offensive"]),
                name="skip_reason_is_known",
            ),
        ]
