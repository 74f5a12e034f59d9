"""Fields of the forms about studies: with the house's classes, and shares written in per cent."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from evaluations.studies.questions import LONGEST_TEXT, format_questions, parse_questions

CLASSES = {
    forms.TextInput: "text-input",
    forms.NumberInput: "text-input",
    forms.DateInput: "text-input",
    forms.Textarea: "text-input",
    forms.Select: "select",
}
REQUIRED = _("Fill this in.")
# More would be no help: the first ones are mended first.
MOST_FAULTS = 10


class PercentField(forms.FloatField):
    """A share, kept in [0, 1], read and written in per cent."""

    def __init__(self, *, most: float = 100, **options: Any) -> None:
        super().__init__(min_value=0, max_value=most, step_size=None, **options)
        self.widget.attrs["step"] = "any"

    def prepare_value(self, value: Any) -> Any:
        return f"{100 * value:g}" if isinstance(value, float | int) and not isinstance(value, bool) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        written = round(100 * initial, 6) if isinstance(initial, float | int) else initial
        return super().has_changed(written, data)

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        return None if cleaned is None else round(cleaned / 100, 6)


class LinesField(forms.CharField):
    """A list of short words, one a line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return [line.strip() for line in text.splitlines() if line.strip()]


class QuestionsField(forms.CharField):
    """Questions in the format of `studies.questions`: read as a list, each fault told by its line."""

    widget = forms.Textarea

    def __init__(self, **options: Any) -> None:
        # Not stripped: the lines are counted as they are seen.
        super().__init__(max_length=LONGEST_TEXT, strip=False, required=False, **options)

    def prepare_value(self, value: Any) -> Any:
        return format_questions(questions=value) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        questions, faults = parse_questions(text=data or "")
        return bool(faults) or questions != (initial or [])

    def clean(self, value: Any) -> Any:
        questions, faults = parse_questions(text=super().clean(value))
        line = gettext("Line %(line)s: %(fault)s")
        if faults:
            sentences = [line % {"line": fault.line, "fault": fault.sentence} for fault in faults]
            raise forms.ValidationError(sentences[:MOST_FAULTS])
        return questions


class HouseForm(forms.Form):
    """A form whose fields look like the house's, and say in its words what is missing."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            if field.error_messages["required"] == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = REQUIRED
            field.widget.attrs.setdefault("class", CLASSES.get(type(field.widget), ""))
