"""Figures as a reader's language writes them. A template shows no number without one of these."""

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.utils.formats import date_format
from django.utils.translation import pgettext

from evaluations.boards import BoardRow
from evaluations.sentences import write_number, write_percent

register = template.Library()


@register.filter
def number(value: float, decimals: int = 0) -> str:
    """18,420"""
    return write_number(value, decimals=decimals)


@register.filter
def money(amount: Decimal, decimals: int = 2) -> str:
    """1,234.50, without its currency; 0.0034 where cents would hide it."""
    shown = decimals if not amount or abs(amount) >= 1 else max(decimals, 4)
    return write_number(float(amount), decimals=shown)


@register.filter
def percent(share: float, decimals: int = 0) -> str:
    """61.0%, from a share in [0, 1]"""
    return write_percent(share, decimals=decimals)


@register.filter
def plain(value: float) -> str:
    """A number for an attribute, which no reader's language may touch."""
    return str(value)


@register.filter
def ranks(row: BoardRow) -> str:
    """1–2, or 3 where the votes allow one rank only"""
    low, high = write_number(row.rank_low), write_number(row.rank_high)
    return low if low == high else f"{low}–{high}"


@register.filter
def share_of(part: float, whole: float) -> str:
    """78%: a part of a whole, never more than all of it"""
    return write_percent(min(part / whole, 1.0) if whole else 0.0)


@register.filter
def day(value: date) -> str:
    """21 November 2026"""
    if value.day == 1:
        return date_format(value, pgettext("format of a date, first of the month", "j F Y"))
    return date_format(value, pgettext("format of a date", "j F Y"))


@register.filter
def moment(value: datetime) -> str:
    """21 November 2026, 06:00 UTC"""
    return f"{day(value)}, {date_format(value, 'H:i e')}"


@register.filter
def digest(value: str) -> str:
    """A digest in groups of eight, so that two of them can be compared by eye"""
    return " ".join(value[start : start + 8] for start in range(0, len(value), 8))
