"""A study's own words to its raters, rendered safely."""

from django import template
from django.utils.safestring import SafeString

from evaluations.models import Study
from evaluations.rendering import render_markdown
from evaluations.studies.texts import fetch_text

register = template.Library()


@register.simple_tag
def study_text(study: Study, kind: str) -> SafeString | str:
    """Instructions or consent as raters read them; empty where the study has none of its own."""
    text = fetch_text(study=study, kind=kind)
    return render_markdown(text.text) if text else ""
