"""Names and figures as pictures write them: short enough for their place, and the same wherever they stand."""

import unicodedata
from functools import lru_cache

from django.utils.translation import gettext as _

from evaluations.sentences import write_number

# How many characters of a name stand in a sentence and beside a mark.
IN_SENTENCE, BESIDE_MARK = 40, 18
# Pixels across of a letter at 13 px in the broadest of the page's fonts, of a strong one, of one that fills its square.
LETTER, STRONG, SQUARE = 7.6, 8.6, 13.0
SIGNS = {"EUR": "€", "USD": "$", "GBP": "£"}


def clean_text(text: str) -> str:
    """Without what can't be seen: controls are no XML, and others turn the direction of what follows."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def shorten_name(name: str, *, most: int = BESIDE_MARK) -> str:
    cleaned = clean_text(name)
    return cleaned if len(cleaned) <= most else cleaned[: most - 1].rstrip() + "…"


def fit_name(name: str, *, room: float) -> str:
    """As much of it, in strong letters, as there is room for, in pixels."""
    most = len(name)
    while most > 1 and measure_text(shorten_name(name, most=most), strong=True) > room:
        most -= 1
    return shorten_name(name, most=most)


@lru_cache(maxsize=1024)
def measure_text(text: str, *, strong: bool = False) -> float:
    """About how many pixels it takes."""
    letter = STRONG if strong else LETTER
    return sum(SQUARE if unicodedata.east_asian_width(sign) in "WF" else letter for sign in text)


def write_points(value: float, *, language: str | None = None) -> str:
    """A score, or a part of one, in whole points. language: the reader's, from who has asked for it."""
    return write_number(round(value), language=language)


def write_change(value: float) -> str:
    """+12, −24 or 0."""
    return f"+{write_points(value)}" if round(value) > 0 else write_points(value)


def write_interval(lower: float, upper: float) -> str:
    return f"{write_points(lower)}–{write_points(upper)}"


def write_ranks(low: int, high: int) -> str:
    return write_points(low) if low == high else f"{write_points(low)}–{write_points(high)}"


def write_money(amount: float, *, currency: str, decimals: int | None = None) -> str:
    """€0.10, with two digits that say something where cents would hide it."""
    if decimals is None:
        decimals = next((places for places in (2, 3, 4, 5) if amount * 10**places >= 10), 6)
        decimals = 0 if amount >= 100 else decimals
    values = {
        "sign": SIGNS.get(currency, f"{currency}\u00a0"),
        "amount": write_number(amount, decimals=decimals),
    }
    # Translators: an amount of money after the sign of its currency
    return _("%(sign)s%(amount)s") % values
