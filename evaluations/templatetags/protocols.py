"""A frozen protocol in words, for everyone."""

from django import template

from evaluations.models import Study
from evaluations.web.protocol_words import Term, describe_terms

register = template.Library()


@register.simple_tag
def protocol_terms(study: Study) -> list[Term]:
    """What an opened study was frozen with; nothing of a draft."""
    return describe_terms(protocol=study.protocol) if study.opened_at and study.protocol else []
