"""The shapes of the API's answers, as its schema shows them."""

from rest_framework import serializers


class RankedModelSerializer(serializers.Serializer[object]):
    model = serializers.CharField(source="model.name")
    slug = serializers.CharField(source="model.slug")
    maker = serializers.CharField(source="model.maker")
    licence = serializers.CharField(source="model.licence")
    rank_low = serializers.IntegerField(help_text="The best place that the votes allow.")
    rank_high = serializers.IntegerField(help_text="The worst place that the votes allow.")
    strength = serializers.FloatField(help_text="Bradley–Terry log-ability; the strengths sum to zero.")
    score = serializers.FloatField(help_text="1000 + 400/ln 10 times the strength, in points.")
    lower = serializers.FloatField(help_text="Lower end of the score's interval.")
    upper = serializers.FloatField(help_text="Upper end of the score's interval.")
    votes = serializers.IntegerField()
    wins = serializers.IntegerField()
    losses = serializers.IntegerField()
    ties = serializers.IntegerField()
    both_bad = serializers.IntegerField()
    win_rate = serializers.FloatField(help_text="Share of votes won, ties as halves.")


class UnplacedModelSerializer(serializers.Serializer[object]):
    model = serializers.CharField(source="model.name")
    slug = serializers.CharField(source="model.slug")
    reason = serializers.CharField()
    votes = serializers.IntegerField()


class SnapshotSummarySerializer(serializers.Serializer[object]):
    ledger_size = serializers.IntegerField(
        help_text="The snapshot reads the ledger's entries 0 to this, less one."
    )
    created_at = serializers.DateTimeField()
    code_version = serializers.CharField()
    input_digest = serializers.CharField(help_text="SHA-256 of the votes read.")
    result_digest = serializers.CharField(help_text="SHA-256 of the snapshot's document; its address.")


class LeaderboardSummarySerializer(serializers.Serializer[object]):
    slug = serializers.SlugField()
    title = serializers.CharField()
    study = serializers.CharField(source="study.slug")
    simulated = serializers.BooleanField(source="study.simulated")
    recorded = serializers.BooleanField(source="study.recorded")


class BoardSerializer(serializers.Serializer[object]):
    slug = serializers.SlugField(source="leaderboard.slug")
    title = serializers.CharField(source="leaderboard.title")
    study = serializers.SlugField(source="study.slug")
    simulated = serializers.BooleanField(source="study.simulated")
    recorded = serializers.BooleanField(source="study.recorded")
    provisional = serializers.BooleanField()
    snapshot = SnapshotSummarySerializer(allow_null=True)
    parameters = serializers.DictField()
    votes = serializers.DictField(child=serializers.IntegerField())
    ranking = RankedModelSerializer(many=True, source="rows")
    unplaced = UnplacedModelSerializer(many=True)
