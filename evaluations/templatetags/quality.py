"""Figures about raters and votes, as staff read them."""

from datetime import date

from django import template
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evaluations.models import Battle, Outcome, RaterDecision, Vote
from evaluations.ranking import Figure
from evaluations.sentences import write_number, write_percent
from evaluations.web.rater_words import write_seconds

register = template.Library()


@register.filter
def point(figure: Figure) -> str:
    """92%, or a dash where nothing is known; never shown without `range`"""
    return "–" if figure.value is None else write_percent(figure.value)


@register.filter(name="range")
def show_range(figure: Figure) -> str:
    """(90–94%), or nothing where the interval is unknown"""
    if figure.lower is None or figure.upper is None:
        return ""
    return f" ({write_number(100 * figure.lower)}–{write_percent(figure.upper)})"


@register.filter
def seconds(value: float | None) -> str:
    """48 s"""
    return write_seconds(value)


@register.filter
def short_day(value: date) -> str:
    """24 Oct"""
    return date_format(value, pgettext("format of a day and a short month", "j M"))


@register.filter
def outcome_word(outcome: str) -> str:
    words = {
        Outcome.LEFT: _("A is better"),
        Outcome.RIGHT: _("B is better"),
        Outcome.TIE: _("Tie"),
        Outcome.BOTH_BAD: _("Both bad"),
    }
    return words[Outcome(outcome)]


@register.filter
def kind_word(vote: Vote) -> str:
    """What the vote was asked for; of a check, whether the known answer was given"""
    battle = vote.battle
    if battle.kind == Battle.Kind.CHECK:
        return _("Check, correct") if vote.outcome == battle.expected else _("Check, missed")
    return _("Repeat") if battle.kind == Battle.Kind.REPEAT else _("Comparison")


@register.filter
def vote_seconds(vote: Vote) -> str:
    """The time that it took, where that is known"""
    if vote.battle.origin == Battle.Origin.RECORDED:
        return "–"
    if vote.active_ms is not None:
        return write_seconds(vote.active_ms / 1000)
    return write_seconds((vote.cast_at - vote.battle.created_at).total_seconds())


@register.filter
def decision_word(decision: str) -> str:
    words = {
        RaterDecision.Decision.EXCLUDE: _("Votes left out"),
        RaterDecision.Decision.KEEP: _("Votes kept"),
        RaterDecision.Decision.RESTORE: _("Votes taken back in"),
    }
    return words[RaterDecision.Decision(decision)]
