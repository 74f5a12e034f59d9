"""The steps of a study's wizard as forms: each is filled from the draft, and saved to it at once."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from evaluations.models import LanguageModel, PromptSet, Study
from evaluations.studies import drafts
from evaluations.studies.limits import LIMITS
from evaluations.studies.promises import find_others_fault
from evaluations.studies.reason_tags import clean_tags, find_tag_faults
from evaluations.web.study_fields import HouseForm, LinesField, PercentField

REVEALS = [
    ("at_close", _("Hidden until the close")),
    ("after_vote", _("Shown after a vote, on request")),
]
SAMPLINGS = [
    ("balanced", _("Balanced: pairs with few votes come first")),
    ("adaptive", _("Adaptive: pairs that tell most about the ranks come first")),
    ("designed", _("Designed: every pair of responses gets the same number of votes")),
]
ACCESSES = [
    ("public", _("Public: anyone may rate")),
    ("invitation", _("By invitation: links that you hand out")),
    ("panel", _("Panel: people whom a panel sends")),
]


class StepForm(HouseForm):
    """A step. `save` writes it to the draft; raises StudyError, ProtocolFrozen."""

    def __init__(self, data: Any = None, *, study: Study) -> None:
        self.study = study
        super().__init__(data, initial=self.read())

    def read(self) -> dict[str, Any]:
        return {name: getattr(self.study, name) for name in self.base_fields if hasattr(self.study, name)}

    def save(self, *, now: datetime) -> Study:
        return drafts.edit_draft(study=self.study, changes=self.cleaned_data)


class AboutFields(HouseForm):
    prompt_set = forms.ModelChoiceField(
        label=_("Prompt set"),
        queryset=PromptSet.objects.order_by("title", "-version"),
        empty_label=None,
        error_messages={"required": _("Choose a prompt set.")},
    )
    title = forms.CharField(
        label=_("Title"),
        max_length=200,
        error_messages={"required": _("Write a title: raters and readers see it.")},
    )
    slug = forms.SlugField(
        label=_("Short name"),
        max_length=80,
        help_text=_("For the address: letters, digits and hyphens."),
        error_messages={
            "required": _("Write a short name."),
            "invalid": _("Use letters, digits, hyphens and underscores only."),
        },
    )
    question = forms.CharField(
        label=_("Question put to raters"),
        max_length=200,
        required=False,
        help_text=_("Empty: “Which response is better?”, in the rater’s language."),
    )
    description = forms.CharField(
        label=_("What it asks"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        study = getattr(self, "study", None)
        if Study.objects.filter(slug=slug).exclude(pk=study.pk if study else 0).exists():
            raise forms.ValidationError(gettext("There is a study of this name. Choose another."))
        # The address of the page that makes one.
        if slug == "new":
            raise forms.ValidationError(gettext("This name is taken by a page. Choose another."))
        return slug


class QuestionForm(AboutFields, StepForm):
    pass


class ModelsForm(StepForm):
    models = forms.ModelMultipleChoiceField(
        label=_("Models"),
        queryset=LanguageModel.objects.none(),
        error_messages={"required": _("Choose two models at least.")},
    )

    def __init__(self, data: Any = None, *, study: Study) -> None:
        self.coverage = drafts.count_coverage(study=study)
        super().__init__(data, study=study)
        known = LanguageModel.objects.filter(pk__in=[row["model"].pk for row in self.coverage])
        self.fields["models"].queryset = known  # type: ignore[attr-defined]
        for row in self.coverage:
            row["chosen"] = (str(row["model"].pk) in data.getlist("models")) if data else row["entered"]

    def read(self) -> dict[str, Any]:
        return {"models": [row["model"].pk for row in self.coverage if row["entered"]]}

    def clean_models(self) -> Any:
        models = self.cleaned_data["models"]
        if len(models) < 2:
            raise forms.ValidationError(gettext("Choose two models at least."))
        return models

    def save(self, *, now: datetime) -> Study:
        return drafts.choose_models(study=self.study, models=self.cleaned_data["models"], now=now)


class RatersForm(StepForm):
    tie = forms.BooleanField(label=_("Tie"), required=False)
    both_bad = forms.BooleanField(label=_("Both bad"), required=False)
    reveal = forms.ChoiceField(label=_("The names of the models"), choices=REVEALS, widget=forms.RadioSelect)
    shows_others = forms.BooleanField(
        label=_("Show how others voted"),
        required=False,
        help_text=_(
            "After the names, and from 20 votes of others on the same two responses. Only where the names are shown "
            "after a vote."
        ),
    )
    session_length = forms.IntegerField(label=_("Comparisons in a session"), min_value=1, max_value=500)
    undo_seconds = forms.IntegerField(
        label=_("Seconds in which a vote can be undone"), min_value=0, max_value=60
    )
    reason_tags = LinesField(
        label=_("Words that raters may give as reasons, one a line"),
        required=False,
        max_length=1000,
        help_text=_(
            "Optional, 12 at most. They are offered for each response before the names are shown. Words that begin "
            "with + stand together as good, words that begin with - as bad, for example “+Clear” and “-Too long”."
        ),
    )

    def read(self) -> dict[str, Any]:
        offered = self.study.outcomes
        return {**super().read(), "tie": "tie" in offered, "both_bad": "both_bad" in offered}

    def clean_reason_tags(self) -> list[str]:
        tags = clean_tags(self.cleaned_data["reason_tags"])
        if faults := find_tag_faults(tags=tags):
            raise forms.ValidationError(faults)
        return tags

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if fault := find_others_fault(reveal=cleaned.get("reveal", ""), shows_others=cleaned["shows_others"]):
            self.add_error("shows_others", fault)
        return cleaned

    def save(self, *, now: datetime) -> Study:
        changes = dict(self.cleaned_data)
        changes["outcomes"] = [name for name in ("tie", "both_bad") if changes.pop(name)]
        return drafts.edit_draft(study=self.study, changes=changes)


class ChecksForm(StepForm):
    repeat_rate = PercentField(
        label=_("Repeats, % of the comparisons"),
        most=50,
        help_text=_("An earlier comparison comes again with its sides swapped: does the rater say the same?"),
    )
    check_rate = PercentField(
        label=_("Checks, % of the comparisons"),
        most=50,
        help_text=_(
            "Comparisons of which one response is plainly better. Neither kind counts in the ranking."
        ),
    )


class LimitFields(HouseForm):
    """Limits that flag a rater for a person to look at; nobody is left out by them."""

    fastest_seconds = forms.FloatField(
        label=_("Median seconds for a vote"), min_value=0, max_value=600, help_text=_("Flagged below it.")
    )
    one_side = PercentField(label=_("Votes for one side, %"), help_text=_("Flagged above it."))
    checks = PercentField(label=_("Checks right, %"), help_text=_("Flagged below it."))
    agreement = PercentField(label=_("Votes as others voted, %"), help_text=_("Flagged below it."))
    repeats = PercentField(label=_("Repeats answered alike, %"), help_text=_("Flagged below it."))

    def collect_limits(self) -> dict[str, float]:
        return {name: self.cleaned_data[name] for name in LIMITS}


class SamplingForm(LimitFields, StepForm):
    sampling = forms.ChoiceField(
        label=_("Which pairs are shown"), choices=SAMPLINGS, widget=forms.RadioSelect
    )
    votes_per_item = forms.IntegerField(
        label=_("Votes for each pair of responses, if designed"), required=False, min_value=1, max_value=1000
    )
    access = forms.ChoiceField(label=_("Who may rate"), choices=ACCESSES, widget=forms.RadioSelect)

    def read(self) -> dict[str, Any]:
        return {**super().read(), **LIMITS, **self.study.limits}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("sampling") == Study.Sampling.DESIGNED and not cleaned.get("votes_per_item"):
            self.add_error("votes_per_item", gettext("Say how many votes each pair of responses gets."))
        return cleaned

    def save(self, *, now: datetime) -> Study:
        own = ("sampling", "votes_per_item", "access")
        changes = {name: self.cleaned_data[name] for name in own} | {"limits": self.collect_limits()}
        return drafts.edit_draft(study=self.study, changes=changes)


STEP_TITLES = {
    "question": gettext_noop("Question"),
    "models": gettext_noop("Models"),
    "raters": gettext_noop("Votes"),
    "texts": gettext_noop("Texts"),
    "briefing": gettext_noop("Practice and questions"),
    "checks": gettext_noop("Checks"),
    "sampling": gettext_noop("Sampling"),
    "stopping": gettext_noop("Claims and end"),
}
