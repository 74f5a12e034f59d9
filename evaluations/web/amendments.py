"""Amendments: an owner changes what may still change of an open study, and says why."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from evaluations.models import LanguageModel, Study
from evaluations.studies.amendments import amend_study, list_newcomers
from evaluations.studies.limits import LIMITS
from evaluations.web.briefing_forms import BriefingFields, TextFields
from evaluations.web.staff import study_role
from evaluations.web.stopping_forms import EndFields
from evaluations.web.study_forms import LimitFields


class AmendmentForm(EndFields, BriefingFields, TextFields, LimitFields):
    """All that an amendment may change, as it is now; what is left as it is stays."""

    session_length = forms.IntegerField(label=_("Comparisons in a session"), min_value=1, max_value=500)
    enter = forms.ModelMultipleChoiceField(
        label=_("Models to add"),
        queryset=LanguageModel.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    retire = forms.ModelMultipleChoiceField(
        label=_("Models to retire"),
        queryset=LanguageModel.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They are shown no more. Their votes and their place on the record stay."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Readers and raters see it, with the date."),
        error_messages={"required": _("Write why: readers of the study see it.")},
    )

    def __init__(self, data: Any = None, *, study: Study) -> None:
        self.study = study
        texts = {**self.read_texts(study), **self.read_briefing(study)}
        before = {**self.read_end(study), **texts, **LIMITS, **study.limits}
        super().__init__(data, initial={**before, "session_length": study.session_length})
        active = LanguageModel.objects.filter(entries__study=study, entries__retired_at__isnull=True)
        self.fields["enter"].queryset = list_newcomers(study=study)  # type: ignore[attr-defined]
        self.fields["retire"].queryset = active  # type: ignore[attr-defined]

    def list_plain(self) -> list[forms.BoundField]:
        """The fields that stand under no title of their own."""
        titled = {"reason", "enter", *BriefingFields.base_fields}
        return [field for field in self if field.name not in titled]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not self.collect_changes():
            raise forms.ValidationError(gettext("Nothing is changed yet."))
        return cleaned

    def collect_changes(self) -> dict[str, Any]:
        """What differs from the study as it is."""
        given = self.cleaned_data
        changed = set(self.changed_data) - {"reason"}
        end = {"target_votes", "minimum_votes", "stop_at_votes", "ends_on", "half_width"}
        others = changed - end - set(BriefingFields.base_fields) - set(LIMITS)
        changes = {name: given[name] for name in others}
        # Compared as the study keeps them: a browser writes line ends of its own.
        briefing = self.collect_briefing(before=self.study)
        changes |= {name: value for name, value in briefing.items() if value != getattr(self.study, name)}
        if changed & end:
            changes |= self.collect_end()
        if changed & set(LIMITS):
            changes["limits"] = self.collect_limits()
        return changes


@require_http_methods(["GET", "POST"])
@study_role("owner")
def amend(request: HttpRequest, study: Study) -> HttpResponse:
    if study.state != Study.State.OPEN:
        return redirect("study-settings", study.slug)
    data = request.POST if request.method == "POST" else None
    form = AmendmentForm(data, study=study)
    if data is None or not form.is_valid():
        context = {"study": study, "tab": "settings", "form": form}
        return render(request, "study_settings/amend.html", context, status=422 if data is not None else 200)
    reason = form.cleaned_data["reason"]
    changes = form.collect_changes()
    amend_study(study=study, changes=changes, reason=reason, user=request.user, now=timezone.now())
    return redirect("study-settings", study.slug)
