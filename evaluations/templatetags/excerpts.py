"""Excerpts: the words that matter marked, or only the first ones; escaping is the template's."""

from django import template
from django.utils.text import Truncator

from evaluations.models import Finding, Prompt

register = template.Library()
LONGEST_BEGINNING = 80


@register.filter
def mark_words(finding: Finding) -> list[tuple[str, bool]]:
    """The excerpt in parts, each with whether it is the words that were found."""
    before, words, after = (
        finding.excerpt.partition(finding.says) if finding.says else (finding.excerpt, "", "")
    )
    return [(text, marked) for text, marked in ((before, False), (words, True), (after, False)) if text]


@register.filter
def first_words(prompt: Prompt) -> str:
    """How the prompt begins, by which people know it: of what the user says first, on one line."""
    said = [message["content"] for message in prompt.messages if message["role"] == "user"]
    text = said[0] if said else prompt.messages[0]["content"]
    return Truncator(" ".join(text.split())).chars(LONGEST_BEGINNING)
