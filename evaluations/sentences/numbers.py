"""How figures and lists are written in the reader's language."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from django.utils.formats import number_format
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


def write_number(value: float, *, decimals: int = 0) -> str:
    """18,420 in English; 18 420 in French, with a narrow no-break space."""
    # Rounding first, so that nothing is written as minus zero.
    return _write(round(value, decimals) + 0.0, decimals, get_language())


@lru_cache(maxsize=MOST_WRITTEN)
def _write(value: float, decimals: int, language: str | None) -> str:
    """language: of the reader, which `number_format` reads by itself."""
    text = number_format(value, decimal_pos=decimals, use_l10n=True, force_grouping=True)
    return text.replace(NO_BREAK, NARROW_NO_BREAK).replace("-", "−")


def write_percent(share: float, *, decimals: int = 0) -> str:
    """61.0% in English; 61,0 % in French. share is in [0, 1]."""
    return _("%(number)s%%") % {"number": write_number(100 * share, decimals=decimals)}
