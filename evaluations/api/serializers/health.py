"""A study's health: the figures of its page."""

from typing import Any

from rest_framework import serializers

from evaluations.api.serializers.fields import FigureSerializer


class AgreementSerializer(serializers.Serializer[Any]):
    raw = FigureSerializer()
    alpha = FigureSerializer(help_text="Krippendorff’s.")
    items = serializers.IntegerField()
    raters = serializers.IntegerField()
    votes = serializers.IntegerField()


class PaceSerializer(serializers.Serializer[Any]):
    """Votes a day over the last days, and where that leads."""

    per_day = serializers.FloatField()
    early = serializers.BooleanField(help_text="Too early to say.")
    ends_on = serializers.DateField(allow_null=True)
    deadline = serializers.DateField(allow_null=True)
    needed = serializers.FloatField(allow_null=True, help_text="Votes a day until the deadline.")
    expected = serializers.IntegerField(allow_null=True, help_text="Votes there will be on the deadline.")
    late = serializers.BooleanField(source="is_late")


class DaySerializer(serializers.Serializer[Any]):
    day = serializers.DateField()
    votes = serializers.IntegerField()


class PairSerializer(serializers.Serializer[Any]):
    one = serializers.CharField()
    other = serializers.CharField()
    votes = serializers.IntegerField()
    level = serializers.CharField(help_text="full, most, low, or none where nothing is asked.")


class PairsSerializer(serializers.Serializer[Any]):
    needed = serializers.IntegerField(help_text="Votes that the plan asks of each pair.")
    low = serializers.IntegerField(help_text="Below it a pair lacks votes now.")
    lacking = serializers.IntegerField(help_text="How many pairs do.")
    pairs = PairSerializer(many=True, help_text="Of many models only those with the fewest votes.")


class ItemsSerializer(serializers.Serializer[Any]):
    """How far a designed study is."""

    items = serializers.IntegerField()
    items_done = serializers.IntegerField()
    slots = serializers.IntegerField()
    taken = serializers.IntegerField()
    voted = serializers.IntegerField()


class WorkSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    state = serializers.CharField(help_text="working, idle, slow or down.")
    running = serializers.IntegerField()
    waiting = serializers.IntegerField()
    last_at = serializers.DateTimeField(allow_null=True)
    seconds = serializers.FloatField(allow_null=True)
    problem = serializers.CharField(allow_blank=True)


class HealthSerializer(serializers.Serializer[Any]):
    state = serializers.CharField()
    ledger_size = serializers.IntegerField(
        help_text="All figures are of the ledger’s entries 0 to this, less one."
    )
    received = serializers.IntegerField()
    counted = serializers.IntegerField(help_text="Without the votes of excluded raters.")
    target_votes = serializers.IntegerField()
    raters = serializers.IntegerField()
    active = serializers.IntegerField(help_text="Raters of the last seven days.")
    excluded = serializers.IntegerField()
    waiting = serializers.IntegerField(help_text="Raters with flags that nobody has decided about.")
    seconds = serializers.FloatField(allow_null=True, help_text="The median of a vote.")
    agreement = AgreementSerializer()
    conformity = FigureSerializer(help_text="How often raters vote as others do.")
    checks = FigureSerializer()
    repeats = FigureSerializer()
    pace = PaceSerializer(allow_null=True)
    days = DaySerializer(many=True)
    pairs = PairsSerializer()
    items = ItemsSerializer(allow_null=True)
    work = WorkSerializer(many=True)
