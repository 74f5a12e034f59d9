"""The last step of the wizard: when the study ends, what it is to show, and what that will take."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from evaluations.models import Claim, LanguageModel, Study
from evaluations.studies import drafts
from evaluations.studies.drafts import ClaimPlan
from evaluations.web.study_fields import HouseForm, PercentField
from evaluations.web.study_forms import StepForm

KINDS = [
    ("superior", _("is better than")),
    ("non_inferior", _("is not worse than")),
    ("equivalent", _("is as good as")),
]
BLANK_CLAIMS = 2
MOST_CLAIMS = 20


class ClaimForm(HouseForm):
    """A row of claims; left blank it claims nothing."""

    model = forms.ModelChoiceField(label=_("Model"), queryset=LanguageModel.objects.none(), empty_label="–")
    kind = forms.ChoiceField(label=_("Claim"), choices=KINDS, initial="superior")
    rival = forms.ModelChoiceField(
        label=_("Other model"), queryset=LanguageModel.objects.none(), empty_label="–"
    )
    margin = forms.FloatField(label=_("Margin, points"), min_value=0, max_value=2000, initial=0)
    alpha = PercentField(label=_("Risk, %"), most=49, initial=0.05)

    def __init__(self, *args: Any, models: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("model", "rival"):
            self.fields[name].queryset = models  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("model") and cleaned.get("model") == cleaned.get("rival"):
            self.add_error("rival", gettext("Choose another model."))
        if cleaned.get("kind") != Claim.Kind.SUPERIOR and cleaned.get("margin") == 0:
            self.add_error("margin", gettext("Give a margin above 0."))
        if cleaned.get("alpha") == 0:
            self.add_error("alpha", gettext("Give a risk above 0."))
        return cleaned


ClaimFormSet = forms.formset_factory(
    ClaimForm, extra=BLANK_CLAIMS, can_delete=True, max_num=MOST_CLAIMS, absolute_max=MOST_CLAIMS
)


class EndFields(HouseForm):
    stop_at_votes = forms.BooleanField(label=_("End it when the votes wanted are in"), required=False)
    target_votes = forms.IntegerField(label=_("Votes wanted"), min_value=1, max_value=10_000_000)
    minimum_votes = forms.IntegerField(
        label=_("Provisional until this many votes"), min_value=1, max_value=10_000_000
    )
    ends_on = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Optional. The study ends with this day, UTC."),
    )
    half_width = forms.FloatField(
        label=_("End it when every interval is within ± this many points"),
        required=False,
        min_value=0.1,
        max_value=2000,
        help_text=_("Optional. Counted from the votes of “Provisional until” on."),
    )

    @staticmethod
    def read_end(study: Study) -> dict[str, Any]:
        rule = study.stopping
        return {
            "target_votes": study.target_votes,
            "minimum_votes": study.minimum_votes,
            "stop_at_votes": rule.get("votes", False),
            "ends_on": rule.get("ends_on"),
            "half_width": rule.get("half_width"),
        }

    def collect_end(self) -> dict[str, Any]:
        """Values of Study."""
        given = self.cleaned_data
        return {
            "target_votes": given["target_votes"],
            "minimum_votes": given["minimum_votes"],
            "stopping": {
                "votes": given["stop_at_votes"],
                "ends_on": given["ends_on"].isoformat() if given["ends_on"] else None,
                "half_width": given["half_width"],
            },
        }


class StoppingForm(EndFields, StepForm):
    def __init__(self, data: Any = None, *, study: Study) -> None:
        super().__init__(data, study=study)
        entered = LanguageModel.objects.filter(entries__study=study, entries__retired_at__isnull=True)
        claims = study.claims.values("model", "kind", "rival", "margin", "alpha")
        self.claims = ClaimFormSet(
            data, initial=list(claims), prefix="claims", form_kwargs={"models": entered}
        )

    def read(self) -> dict[str, Any]:
        return self.read_end(self.study)

    def is_valid(self) -> bool:
        return all([super().is_valid(), self.claims.is_valid()])

    def save(self, *, now: datetime) -> Study:
        plans = [self._plan(row) for row in self.claims.cleaned_data if row and not row.pop("DELETE", False)]
        drafts.edit_draft(study=self.study, changes=self.collect_end())
        return drafts.register_claims(study=self.study, claims=plans, now=now)

    @staticmethod
    def _plan(row: dict[str, Any]) -> ClaimPlan:
        return ClaimPlan(**{name: row[name] for name in ("kind", "model", "rival", "margin", "alpha")})
