"""Which part of the votes a sentence is about, and on what terms: “on prompts in French, with style held equal”."""

from functools import lru_cache

from babel import Locale, UnknownLocaleError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evaluations.publishing.analyses import Analysis


def describe_part(analysis: Analysis, *, raw: bool = False) -> str:
    """What is to be said before a sentence about this analysis, without a capital; "" for the primary one.

    raw: nobody's votes are excluded, where some are otherwise.
    """
    words = [_name_part(analysis)]
    if analysis.style:
        words.append(_("with style held equal"))
    if raw:
        words.append(_("without exclusions"))
    if analysis.method == "elo":
        words.append(_("by Elo"))
    return ", ".join(word for word in words if word)


def _name_part(analysis: Analysis) -> str:
    values = {"category": analysis.category, "language": name_language(analysis.language)}
    if analysis.category and analysis.language:
        return _("on prompts in %(language)s of the category “%(category)s”") % values
    if analysis.category:
        return _("on prompts of the category “%(category)s”") % values
    return _("on prompts in %(language)s") % values if analysis.language else ""


def name_language(code: str) -> str:
    """“French” of fr, as the reader's language writes it within a sentence; the code where it is nobody's."""
    return _name(code, get_language() or "en") if code else ""


@lru_cache(maxsize=1024)
def _name(code: str, reader: str) -> str:
    try:
        named = Locale.parse(code, sep="-").get_display_name(Locale.parse(reader, sep="-"))
    except (UnknownLocaleError, ValueError):
        return code
    return named or code


def capitalise(text: str) -> str:
    """The first letter as a sentence begins; the others as they are."""
    return text[:1].upper() + text[1:]
