"""How figures and lists are written in the reader's language."""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Final

from django.utils.formats import get_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

NO_BREAK, NARROW_NO_BREAK = "\u00a0", "\u202f"
# A board of a hundred models has some thousand figures, and most of them again in the next analysis.
MOST_WRITTEN: Final = 1 << 14


def join_names(names: Sequence[str]) -> str:
    """“A”, “A and B”, “A, B and C”."""
    if len(names) < 2:
        return "".join(names)
    comma = pgettext("between the names of a list", ", ")
    return _("%(names)s and %(last)s") % {"names": comma.join(names[:-1]), "last": names[-1]}


def write_number(value: float, *, decimals: int = 0, language: str | None = None) -> str:
    """18,420 in English; 18 420 in French, with a narrow no-break space.

    language: the reader's, from who writes a thousand figures and has asked for it once; asking takes longest.
    """
    # Rounding first, so that nothing is written as minus zero.
    return _write(round(value, decimals) + 0.0, decimals, language or get_language())


@lru_cache(maxsize=MOST_WRITTEN)
def _write(value: float, decimals: int, language: str | None) -> str:
    """With the language's own separators. Groups are of three digits in every language that there is."""
    group, point = _read_separators(language)
    whole, _point, rest = f"{value:,.{decimals}f}".partition(".")
    return whole.replace(",", group).replace("-", "−") + (point + rest if rest else "")


@cache
def _read_separators(language: str | None) -> tuple[str, str]:
    """Between groups of digits, and before decimals. Read once: Django looks them up again for each number."""
    group = get_format("THOUSAND_SEPARATOR", language, use_l10n=True)
    return group.replace(NO_BREAK, NARROW_NO_BREAK), get_format("DECIMAL_SEPARATOR", language, use_l10n=True)


def write_percent(share: float, *, decimals: int = 0, language: str | None = None) -> str:
    """61.0% in English; 61,0 % in French. share is in [0, 1]; language: as `write_number` takes it."""
    return _write_percent(round(100 * share, decimals) + 0.0, decimals, language or get_language())


@lru_cache(maxsize=MOST_WRITTEN)
def _write_percent(value: float, decimals: int, language: str | None) -> str:
    return _("%(number)s%%") % {"number": _write(value, decimals, language)}
