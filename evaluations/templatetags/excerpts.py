"""Excerpts with the words that matter marked; escaping is the template's."""

from django import template

from evaluations.models import Finding

register = template.Library()


@register.filter
def mark_words(finding: Finding) -> list[tuple[str, bool]]:
    """The excerpt in parts, each with whether it is the words that were found."""
    before, words, after = (
        finding.excerpt.partition(finding.says) if finding.says else (finding.excerpt, "", "")
    )
    return [(text, marked) for text, marked in ((before, False), (words, True), (after, False)) if text]
