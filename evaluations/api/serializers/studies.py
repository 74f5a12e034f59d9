"""Studies: their settings while they are drafts, and what may still be amended of an open one."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from evaluations.api.serializers.briefings import (
    ComprehensionSerializer,
    KeptComprehensionSerializer,
    PracticeSerializer,
)
from evaluations.api.serializers.fields import ModelField, NameOf, PromptSetField
from evaluations.api.serializers.models import UniqueName
from evaluations.models import Amendment, Outcome, PromptSet, Study
from evaluations.studies.promises import find_others_fault
from evaluations.studies.reason_tags import LONGEST_TAG, MOST_TAGS, clean_tags, find_tag_faults

LONGEST_TEXT = 20_000
RESERVED = {"new"}


def check_slug(value: str) -> None:
    if value in RESERVED:
        raise serializers.ValidationError(_("This name is taken by a page. Choose another."))


class LimitsSerializer(serializers.Serializer[Any]):
    """Limits that flag a rater for a person to look at. Shares are in [0, 1]."""

    fastest_seconds = serializers.FloatField(min_value=0, max_value=600, required=False)
    one_side = serializers.FloatField(min_value=0, max_value=1, required=False)
    checks = serializers.FloatField(min_value=0, max_value=1, required=False)
    agreement = serializers.FloatField(min_value=0, max_value=1, required=False)
    repeats = serializers.FloatField(min_value=0, max_value=1, required=False)


class StoppingSerializer(serializers.Serializer[Any]):
    """The first that holds ends the study."""

    votes = serializers.BooleanField(required=False, help_text="When the votes wanted are in.")
    ends_on = serializers.DateField(required=False, allow_null=True, help_text="With this day, UTC.")
    half_width = serializers.FloatField(
        required=False,
        allow_null=True,
        min_value=0.1,
        max_value=2000,
        help_text="When every interval is within ± this many points.",
    )

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        read: dict[str, Any] = super().to_internal_value(data)
        if read.get("ends_on"):
            read["ends_on"] = read["ends_on"].isoformat()
        return read


class EndSerializer(serializers.Serializer[Any]):
    """What an amendment may change too: how many votes, until when, how long a session, whom to look at, how raters are
    briefed."""

    session_length = serializers.IntegerField(min_value=1, max_value=500, required=False)
    target_votes = serializers.IntegerField(min_value=1, max_value=10_000_000, required=False)
    minimum_votes = serializers.IntegerField(min_value=1, max_value=10_000_000, required=False)
    stopping = StoppingSerializer(required=False)
    limits = LimitsSerializer(required=False)
    instructions = serializers.CharField(
        max_length=LONGEST_TEXT,
        required=False,
        allow_blank=True,
        help_text="Markdown. Empty: the usual ones.",
    )
    consent = serializers.CharField(
        max_length=LONGEST_TEXT, required=False, allow_blank=True, help_text="Markdown. Empty: the usual one."
    )
    practice = PracticeSerializer(required=False, allow_null=True)
    comprehension = ComprehensionSerializer(required=False)


class NewStudySerializer(serializers.Serializer[Any]):
    """A draft, with every model that answered a prompt of the set."""

    slug = serializers.SlugField(max_length=80, validators=[UniqueName(Study.objects.all()), check_slug])
    title = serializers.CharField(max_length=200)
    prompt_set = PromptSetField()
    question = serializers.CharField(max_length=200, required=False, allow_blank=True)
    description = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class ChangesSerializer(EndSerializer):
    """Settings of a draft or a pilot; what is left out stays as it is."""

    title = serializers.CharField(max_length=200, required=False)
    prompt_set = PromptSetField(required=False)
    question = serializers.CharField(max_length=200, required=False, allow_blank=True)
    description = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    models = ModelField(many=True, required=False, allow_empty=False)
    outcomes = serializers.ListField(
        child=serializers.ChoiceField(choices=Outcome.values),
        required=False,
        help_text="Left and right are always offered.",
    )
    reason_tags = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_TAG),
        required=False,
        max_length=MOST_TAGS,
        help_text="A tag that begins with + is shown among the good ones, with - among the bad ones.",
    )
    reveal = serializers.ChoiceField(choices=Study.Reveal.choices, required=False)
    shows_others = serializers.BooleanField(
        required=False, help_text="How others voted, after the names; only with `reveal` after the vote."
    )
    withdrawal = serializers.ChoiceField(
        choices=Study.Withdrawal.choices,
        required=False,
        help_text="What becomes of the votes of a rater who withdraws. Fixed once the study is open.",
    )
    undo_seconds = serializers.IntegerField(min_value=0, max_value=60, required=False)
    repeat_rate = serializers.FloatField(min_value=0, max_value=0.5, required=False)
    check_rate = serializers.FloatField(min_value=0, max_value=0.5, required=False)
    sampling = serializers.ChoiceField(choices=Study.Sampling.choices, required=False)
    votes_per_item = serializers.IntegerField(
        min_value=1, max_value=1000, required=False, allow_null=True, help_text="For designed sampling."
    )
    access = serializers.ChoiceField(choices=Study.Access.choices, required=False)

    def validate_reason_tags(self, value: list[str]) -> list[str]:
        tags = clean_tags(value)
        if faults := find_tag_faults(tags=tags):
            raise serializers.ValidationError(faults)
        return tags

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        study: Study = self.context["view"].study
        sampling = attrs.get("sampling", study.sampling)
        if sampling == Study.Sampling.DESIGNED and not attrs.get("votes_per_item", study.votes_per_item):
            raise serializers.ValidationError(
                {"votes_per_item": _("Say how many votes each pair of responses gets.")}
            )
        policy = {name: attrs.get(name, getattr(study, name)) for name in ("reveal", "shows_others")}
        if fault := find_others_fault(**policy):
            raise serializers.ValidationError({"shows_others": fault})
        if "models" in attrs:
            check_models(attrs["models"], prompt_set=attrs.get("prompt_set", study.prompt_set))
        return attrs


def check_models(models: list[Any], *, prompt_set: PromptSet) -> None:
    """Raises ValidationError unless they are two at least, and each answered a prompt of the set."""
    if len({model.pk for model in models}) < 2:
        raise serializers.ValidationError({"models": _("Choose two models at least.")})
    for model in models:
        if not model.responses.filter(prompt__prompt_set=prompt_set).exists():
            sentence = _("%(name)s has no response to these prompts.") % {"name": model.name}
            raise serializers.ValidationError({"models": sentence})


class EntrySerializer(serializers.Serializer[Any]):
    model = serializers.CharField(source="model.slug")
    entered_at = serializers.DateTimeField()
    retired_at = serializers.DateTimeField(allow_null=True)


class GapSerializer(serializers.Serializer[Any]):
    """Something that the study lacks; a blocking one keeps it from being opened."""

    sentence = serializers.CharField()
    blocking = serializers.BooleanField()


class StudySerializer(serializers.ModelSerializer[Study]):
    prompt_set = PromptSetField()

    class Meta:
        model = Study
        fields = [
            *("slug", "title", "state", "prompt_set", "simulated", "recorded", "created_at"),
            *("piloted_at", "opened_at", "paused_at", "closed_at", "protocol_hash"),
        ]
        read_only_fields = fields


class StudyDetailSerializer(StudySerializer):
    outcomes = serializers.ListField(child=serializers.CharField())
    reason_tags = serializers.ListField(child=serializers.CharField())
    limits = LimitsSerializer()
    stopping = StoppingSerializer()
    models = EntrySerializer(many=True)
    practice = PracticeSerializer(allow_null=True)
    comprehension = KeptComprehensionSerializer(allow_null=True)
    instructions = serializers.CharField(allow_blank=True)
    consent = serializers.CharField(allow_blank=True)
    gaps = GapSerializer(many=True)
    role = serializers.CharField(help_text="That of who asks.")

    class Meta(StudySerializer.Meta):
        fields = [
            *StudySerializer.Meta.fields,
            *("question", "description", "models", "outcomes", "reason_tags", "reveal", "shows_others"),
            *("withdrawal", "practice", "comprehension", "sampling"),
            *("votes_per_item", "access", "session_length", "undo_seconds", "repeat_rate", "check_rate"),
            *("target_votes", "minimum_votes", "stopping", "limits", "source", "instructions", "consent"),
            *("gaps", "role"),
        ]
        read_only_fields = fields


class CloseSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class AmendmentRequestSerializer(EndSerializer):
    """A change of an open study, and why: readers and raters see the reason."""

    enter = ModelField(many=True, required=False)
    retire = ModelField(many=True, required=False)
    reason = serializers.CharField(max_length=2000)


class AmendmentSerializer(serializers.ModelSerializer[Amendment]):
    made_by = NameOf("username", allow_null=True)

    class Meta:
        model = Amendment
        fields = ["number", "reason", "protocol_hash", "made_at", "made_by"]
        read_only_fields = fields
