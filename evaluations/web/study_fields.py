"""Fields of the forms about studies: with the house's classes, and shares written in per cent."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

CLASSES = {
    forms.TextInput: "text-input",
    forms.NumberInput: "text-input",
    forms.DateInput: "text-input",
    forms.Textarea: "text-input",
    forms.Select: "select",
}
REQUIRED = _("Fill this in.")


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
        return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


class HouseForm(forms.Form):
    """A form whose fields look like the house's, and say in its words what is missing."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            if field.error_messages["required"] == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = REQUIRED
            field.widget.attrs.setdefault("class", CLASSES.get(type(field.widget), ""))
