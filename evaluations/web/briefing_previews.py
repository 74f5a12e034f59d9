"""What raters would read, from a form that is not saved yet."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.safestring import SafeString

from evaluations.models import StudyText
from evaluations.rendering import render_markdown
from evaluations.web.briefing_forms import BriefingFields


@dataclass(frozen=True, kw_only=True)
class Preview:
    """A text as raters read it."""

    label: str
    html: SafeString


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A choice of a question, and whether it is the right one."""

    words: str
    is_right: bool


def preview_texts(form: forms.Form) -> list[Preview]:
    """Instructions and consent, where they say something."""
    fields = [form[kind] for kind in StudyText.Kind.values]
    return [
        Preview(label=str(field.label), html=render_markdown(field.value()))
        for field in fields
        if field.value()
    ]


def preview_briefing(form: BriefingFields) -> dict[str, Any]:
    """The practice comparison, and the questions where they can be read."""
    form.full_clean()
    practice = form.collect_practice(form.cleaned_data)
    return {
        "is_preview": True,
        "practice": {
            name: words if name == "better" else render_markdown(words) for name, words in practice.items()
        },
        "questions": [
            {
                "question": question["question"],
                "choices": [
                    Choice(words=words, is_right=place == question["correct"])
                    for place, words in enumerate(question["choices"])
                ],
            }
            for question in form.cleaned_data.get("comprehension", [])
        ],
    }
