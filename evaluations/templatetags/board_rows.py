"""The rows of a board, written in one go: a hundred models are a hundred rows of twenty figures each."""

from collections.abc import Hashable, Iterable, Iterator
from functools import lru_cache
from itertools import chain
from typing import Any, Final

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from evaluations.sentences import write_number, write_percent

register = template.Library()

MODEL: Final = (
    '<tr role="row">\n<td role="cell" class="rank"><span class="visually-hidden">{} </span>{}</td>\n'
    '<th role="rowheader" scope="row" class="model">{}{}</th>\n<td role="cell" class="maker">{}</td>\n'
)
SCORE: Final = (
    '<td role="cell" class="score">{}<small>{}–{}</small></td>\n'
    '<td role="cell" class="interval-cell"><svg class="chart" width="100%" height="28" role="img" aria-label="{}">'
    '<line class="interval" x1="{}" x2="{}" y1="14" y2="14"/><circle class="point" cx="{}" cy="14" r="4"/></svg></td>\n'
)
LICENCE: Final = '<td role="cell" class="maker">{}</td>\n'
# data-name: on a phone, where the columns have no head.
FIGURES: Final = 3 * '<td role="cell" class="number" data-name="{}">{}</td>\n'
TREND: Final = '<td role="cell" class="trend-cell" data-name="{}">{}</td>\n'
LINE: Final = (
    '<svg class="chart" viewBox="0 0 160 48" width="80" height="24" role="img" aria-label="{}">'
    '<polyline class="trend" points="{}"/></svg>'
)

# All analyses of a hundred models in two languages: some 40 MB at most.
MOST_KEPT: Final = 1 << 14
# By whether it has every column, and the last one too.
ROWS: Final = {
    (whole, trends): "".join(
        [MODEL, LICENCE * whole, SCORE, FIGURES * whole, TREND * (whole and trends), "</tr>\n"]
    )
    for whole in (False, True)
    for trends in (False, True)
}


@register.simple_tag
def write_rows(rows: Iterable[Any], *, whole: object = None, trends: object = None) -> SafeString:
    """rows: a board's lines, or marked rows. whole: every column, as on the leaderboard; trends: the last one too."""
    language = get_language() or ""
    return format_html_join(
        "", "{}", ((_write_row(language, *_read(item, bool(whole), bool(trends))),) for item in rows)
    )


def _read(item: Any, whole: bool, trends: bool) -> Iterator[Hashable]:
    """All that a row is made of."""
    row, mark, model = item.row, item.mark, item.row.model
    yield (whole, trends)
    yield (getattr(item, "address", ""), model.name, model.maker, model.licence)
    yield (row.rank_low, row.rank_high, row.score, row.lower, row.upper)
    yield (mark.low, mark.high, mark.point)
    yield (row.votes, row.win_rate, item.both_bad) if whole else ()
    yield (item.trend.words, item.trend.points) if whole and trends and item.trend else ()


@lru_cache(maxsize=MOST_KEPT)
def _write_row(
    language: str,
    columns: tuple[bool, bool],
    model: tuple[str, str, str, str],
    figures: tuple[float, ...],
    mark: tuple[str, str, str],
    shares: tuple[float, ...],
    trend: tuple[str, ...],
) -> SafeString:
    """A row, in this language, which is the reader's: kept, since boards in other orders have the same rows."""
    whole, trends = columns
    cells = [*_list_model(*model, ranks=figures[:2], language=language)]
    if whole:
        cells.append(model[3] or "–")
    cells += [*_list_score(*figures[2:], language=language), *mark]
    if whole:
        votes, *rates = shares
        names = (_("Votes"), _("Win rate"), pgettext("column", "Both bad"))
        written = (write_percent(rate, decimals=1, language=language) for rate in rates)
        cells += chain(*zip(names, (write_number(votes, language=language), *written), strict=True))
    if whole and trends:
        cells += [_("Trend"), format_html(LINE, *trend) if trend else "–"]
    return format_html(ROWS[columns], *cells)


def _list_model(
    address: str, name: str, maker: str, licence: str, *, ranks: tuple[float, ...], language: str
) -> Iterator[str]:
    low, high = (write_number(rank, language=language) for rank in ranks)
    yield _("Rank")
    yield low if low == high else f"{low}–{high}"
    yield format_html('<a href="{}">{}</a>', address, name) if address else name
    about = ", ".join(filter(None, [maker, licence]))
    yield format_html('<span class="model-note">{}</span>', about) if about else ""
    yield maker or "–"


def _list_score(score: float, lower: float, upper: float, *, language: str) -> Iterator[str]:
    written, low, high = (write_number(value, language=language) for value in (score, lower, upper))
    yield from (written, low, high)
    yield _("%(lower)s to %(upper)s") % {"lower": low, "upper": high}
