"""The steps about what raters read and try before the first comparison: texts, practice, questions."""

from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from evaluations.models import Study, StudyText
from evaluations.studies import drafts
from evaluations.studies.practice import LONGEST, complete_practice, list_missing
from evaluations.studies.promises import WITHDRAWAL_PROMISES
from evaluations.studies.questions import commit_questions
from evaluations.studies.texts import fetch_text
from evaluations.web.study_fields import HouseForm, QuestionsField
from evaluations.web.study_forms import StepForm

BETTER = [("left", _("A is better")), ("right", _("B is better"))]
# The fields of a form have one name each; the study keeps these without it.
PREFIX = "practice_"


class TextFields(HouseForm):
    instructions = forms.CharField(
        label=_("Instructions"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("Markdown. Empty: the usual instructions."),
    )
    consent = forms.CharField(
        label=_("Consent"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("Markdown, above the box that raters tick. A new version asks every rater again."),
    )

    @staticmethod
    def read_texts(study: Study) -> dict[str, Any]:
        found = {kind: fetch_text(study=study, kind=kind) for kind in StudyText.Kind.values}
        return {kind: text.text if text else "" for kind, text in found.items()}


class TextsForm(TextFields, StepForm):
    withdrawal = forms.ChoiceField(
        label=_("When a rater withdraws"),
        choices=list(WITHDRAWAL_PROMISES.items()),
        widget=forms.RadioSelect,
        help_text=_("Raters read this sentence before they agree. It can not change once the study is open."),
    )

    def read(self) -> dict[str, Any]:
        return {**super().read(), **self.read_texts(self.study)}

    @transaction.atomic
    def save(self, *, now: datetime) -> Study:
        texts = dict(self.cleaned_data)
        drafts.edit_draft(study=self.study, changes={"withdrawal": texts.pop("withdrawal")})
        return drafts.write_texts(study=self.study, texts=texts, now=now)


class BriefingFields(HouseForm):
    """The study's own practice comparison, all of it or none, and its questions about the instructions."""

    practice_prompt = forms.CharField(
        label=_("Prompt"),
        required=False,
        max_length=LONGEST["prompt"],
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    practice_left = forms.CharField(
        label=_("Response A"),
        required=False,
        max_length=LONGEST["left"],
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    practice_right = forms.CharField(
        label=_("Response B"),
        required=False,
        max_length=LONGEST["right"],
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    practice_better = forms.ChoiceField(
        label=_("What you would say"), required=False, choices=BETTER, widget=forms.RadioSelect
    )
    practice_explanation = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=LONGEST["explanation"],
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Raters read it once they have chosen."),
    )
    comprehension = QuestionsField(
        label=_("Questions and choices"),
        widget=forms.Textarea(attrs={"rows": 12, "class": "text-input text-input-code"}),
        help_text=_("Optional. 10 questions at most, with 2 to 6 choices each, in plain words."),
    )

    def list_practice(self) -> list[forms.BoundField]:
        return [field for field in self if field.name.startswith(PREFIX)]

    @staticmethod
    def read_briefing(study: Study) -> dict[str, Any]:
        practice = {f"{PREFIX}{name}": words for name, words in study.practice.items()}
        return {**practice, "comprehension": study.comprehension.get("questions", [])}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in list_missing(practice=self.collect_practice(cleaned)):
            field = f"{PREFIX}{name}"
            if field not in self.errors:
                self.add_error(field, gettext("Fill this in, or leave the whole example empty."))
        return cleaned

    def collect_practice(self, cleaned: dict[str, Any]) -> dict[str, str]:
        own = {name.removeprefix(PREFIX): value for name, value in cleaned.items() if name.startswith(PREFIX)}
        return complete_practice(given=own)

    def collect_briefing(self, *, before: Study) -> dict[str, Any]:
        """Values of Study."""
        questions = self.cleaned_data["comprehension"]
        return {
            "practice": self.collect_practice(self.cleaned_data),
            "comprehension": commit_questions(questions=questions, before=before.comprehension),
        }


class BriefingForm(BriefingFields, StepForm):
    def read(self) -> dict[str, Any]:
        return self.read_briefing(self.study)

    def save(self, *, now: datetime) -> Study:
        return drafts.edit_draft(study=self.study, changes=self.collect_briefing(before=self.study))
