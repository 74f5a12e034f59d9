"""Leaderboards as programs read them: rows, what the fit estimates besides, parts, where each can be checked."""

from typing import Any, get_args

from rest_framework import serializers

from evaluations.api.serializers.fields import MOST_INTEGER
from evaluations.models import Snapshot
from evaluations.publishing.analyses import ON, Method, Ties

SORTS = ("rank", "score", "votes", "win_rate", "model")
DIGEST = r"^[0-9a-f]{16,64}$"


class AnalysisQuerySerializer(serializers.Serializer[Any]):
    """How the votes are ranked, as in the address of the page."""

    category = serializers.CharField(
        required=False, allow_blank=True, help_text="One of the board’s `parts`."
    )
    language = serializers.CharField(
        required=False, allow_blank=True, help_text="One of the board’s `parts`."
    )
    method = serializers.ChoiceField(choices=get_args(Method), required=False)
    ties = serializers.ChoiceField(
        choices=get_args(Ties), required=False, help_text="Half a win each, by Davidson’s model, or left out."
    )
    style = serializers.ChoiceField(  # type: ignore[assignment]  # a field of that name hides nothing that is used
        choices=["off", ON], required=False, help_text="On: length, headings, bold and lists held equal."
    )


class BoardQuerySerializer(AnalysisQuerySerializer):
    exclusions = serializers.ChoiceField(
        choices=Snapshot.Exclusions.values,
        required=False,
        help_text="Without the votes of excluded raters, or with all votes.",
    )
    snapshot = serializers.RegexField(
        DIGEST,
        required=False,
        help_text="The digest of a snapshot, or its first 16 digits or more. Without it the newest one.",
    )
    sort = serializers.ChoiceField(
        choices=[sign + name for name in SORTS for sign in ("", "-")],
        required=False,
        help_text="Of the ranking; “-” turns the order around.",
    )


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
    votes = serializers.IntegerField(allow_null=True)


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
    state = serializers.CharField(source="study.state", help_text="Of the study.")
    simulated = serializers.BooleanField(source="study.simulated")
    recorded = serializers.BooleanField(source="study.recorded")


class LeaderboardQuerySerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=["open", "closed"], required=False, help_text="Of the study.")
    simulated = serializers.BooleanField(required=False, allow_null=True, default=None)
    recorded = serializers.BooleanField(required=False, allow_null=True, default=None)


class AnalysisSerializer(serializers.Serializer[Any]):
    category = serializers.CharField(allow_blank=True, help_text="Empty: all of them.")
    language = serializers.CharField(allow_blank=True, help_text="Empty: all of them.")
    method = serializers.CharField()
    ties = serializers.CharField()
    style = serializers.BooleanField(  # type: ignore[assignment]  # as above
        help_text="Whether style is held equal."
    )
    key = serializers.CharField(
        allow_blank=True, help_text="The query of its address; empty: the one in the protocol."
    )


class EffectSerializer(serializers.Serializer[Any]):
    """What else the fit estimates, in log-odds: of the left side, of style."""

    name = serializers.CharField()
    value = serializers.FloatField()
    standard_error = serializers.FloatField()
    lower = serializers.FloatField()
    upper = serializers.FloatField()


class PartSerializer(serializers.Serializer[Any]):
    category = serializers.CharField(allow_blank=True)
    language = serializers.CharField(allow_blank=True)
    votes = serializers.IntegerField()


class LeftOutSerializer(serializers.Serializer[Any]):
    raters = serializers.IntegerField()
    votes = serializers.IntegerField()


class ExclusionsSerializer(LeftOutSerializer):
    rule = serializers.CharField()
    positions = serializers.ListField(
        child=serializers.IntegerField(), help_text="Of the decisions, in the ledger."
    )
    withdrawn = LeftOutSerializer(help_text="Raters who took their votes along.")


class CautionSerializer(serializers.Serializer[Any]):
    model = serializers.CharField()
    caution = serializers.CharField()


class BoardLinksSerializer(serializers.Serializer[Any]):
    """Whole addresses. Null without a snapshot."""

    page = serializers.URLField()
    claims = serializers.URLField()
    snapshots = serializers.URLField()
    files = serializers.URLField()
    permanent = serializers.URLField(
        allow_null=True, help_text="This same answer of this snapshot, for good."
    )
    document = serializers.URLField(allow_null=True, help_text="The snapshot’s bytes.")
    analyses = serializers.URLField(allow_null=True)
    bundle = serializers.URLField(
        allow_null=True,
        help_text="All that the figures are computed from; 403 until single votes are public.",
    )


class BoardSerializer(serializers.Serializer[object]):
    slug = serializers.SlugField(source="leaderboard.slug")
    title = serializers.CharField(source="leaderboard.title")
    study = serializers.SlugField(source="study.slug")
    simulated = serializers.BooleanField(source="study.simulated")
    recorded = serializers.BooleanField(source="study.recorded")
    provisional = serializers.BooleanField(help_text="Whether it has fewer votes than its study asks for.")
    snapshot = SnapshotSummarySerializer(allow_null=True)
    analysis = AnalysisSerializer()
    refused = serializers.CharField(
        allow_blank=True, help_text="Why the votes can’t be ranked in this way; empty where they are."
    )
    parameters = serializers.DictField()
    votes = serializers.DictField(child=serializers.IntegerField())
    ranking = RankedModelSerializer(many=True, source="rows")
    unplaced = UnplacedModelSerializer(many=True)
    effects = EffectSerializer(many=True)
    cautions = CautionSerializer(many=True)
    exclusions = ExclusionsSerializer()
    parts = PartSerializer(many=True)
    fewest = serializers.IntegerField(allow_null=True, help_text="Votes that a part needs to be ranked.")
    links = BoardLinksSerializer()


class SnapshotQuerySerializer(serializers.Serializer[Any]):
    exclusions = serializers.ChoiceField(choices=Snapshot.Exclusions.values, required=False)
    since = serializers.DateTimeField(required=False, help_text="Published then or later.")
    until = serializers.DateTimeField(required=False, help_text="Published before.")
    smallest = serializers.IntegerField(
        required=False, min_value=0, max_value=MOST_INTEGER, help_text="Ledger size at least."
    )
    largest = serializers.IntegerField(
        required=False, min_value=0, max_value=MOST_INTEGER, help_text="Ledger size at most."
    )


class ListedSnapshotSerializer(SnapshotSummarySerializer):
    exclusions = serializers.CharField()
    document = serializers.SerializerMethodField(help_text="Its bytes.")

    def get_document(self, snapshot: Snapshot) -> str:
        return self.context["link"]("api-snapshot", snapshot.result_digest)  # type: ignore[no-any-return]


class ListedAnalysisSerializer(serializers.Serializer[Any]):
    key = serializers.CharField(help_text="The query of its address.")
    digest = serializers.CharField(
        allow_null=True,
        help_text="SHA-256 of its bytes: in the snapshot’s document for a part of the votes; of another way to rank "
        "them null until it is made.",
    )
    document = serializers.URLField()


class BoardFileSerializer(serializers.Serializer[Any]):
    file = serializers.CharField()
    is_public = serializers.BooleanField(
        help_text="False: 403 until the study shows its votes, or its texts."
    )
    address = serializers.URLField()
