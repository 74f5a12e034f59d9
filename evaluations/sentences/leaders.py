"""The one sentence that says what a ranking shows, true to its rank ranges.

Leaders are the models whose range of ranks reaches 1: no model is significantly better than they are, so
that the votes can't separate one leader from another. Elo's ranges hold over the orders of the votes alone, so that
its sentences speak of these, and never of what the votes can separate.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from evaluations.boards import BoardRow
from evaluations.publishing.analyses import Method
from evaluations.sentences.numbers import join_names, write_number
from evaluations.sentences.parts import capitalise
from evaluations.sentences.vote_kinds import VoteKind, name_votes

MOST_NAMES: Final = 3
NAMES: Final = "%(names)s"


def summarise(
    *,
    rows: Sequence[BoardRow],
    counted: int,
    minimum: int = 0,
    kinds: Mapping[VoteKind, int] = MappingProxyType({}),
    method: Method = "bradley-terry",
    part: str = "",
    provisional: bool = False,
) -> str:
    """What the ranking shows. rows: the ranked models; counted: votes behind it; minimum: votes for a result; kinds:
    how many votes there are of each in all, blind ones where it does not say; part: which votes and on what terms, as
    `describe_part` says it; provisional: the study has too few for a result."""
    leaders = [row for row in rows if row.rank_low == 1]
    values = {
        "names": join_names([row.model.name for row in leaders]),
        "votes": name_votes(counted=counted, kinds=kinds),
        "others": write_number(len(rows) - 1),
        "models": write_number(len(rows)),
        "leaders": write_number(len(leaders)),
    }
    if rows and method == "elo":
        template = _choose_elo_sentence(rows=rows, leaders=leaders)
    else:
        template = _choose_sentence(rows=rows, leaders=leaders, counted=counted, minimum=minimum)
    return place_sentence(template, part=part, provisional=provisional) % values


def place_sentence(template: str, *, part: str = "", provisional: bool = False) -> str:
    """A sentence, still with the places for its values, behind whether it may change and what it is about."""
    words = ", ".join(word for word in (_("provisionally") if provisional else "", part) if word)
    if not words:
        return template
    placed = _("%(part)s, %(sentence)s")
    return capitalise(placed % {"part": words.replace("%", "%%"), "sentence": _lower_first(template)})


def _lower_first(template: str) -> str:
    """The name of a model begins as it is written."""
    return template if template.startswith(NAMES) else template[:1].lower() + template[1:]


def describe_leaders(*, rows: Sequence[BoardRow], ties_out: bool = False) -> str:
    """How often the leaders win, or nothing where that would be a list of numbers. ties_out: the rates are of the
    votes that decide."""
    leaders = [row for row in rows if row.rank_low == 1]
    if not 0 < len(leaders) <= MOST_NAMES or len(leaders) == len(rows):
        return ""
    rates = [write_number(100 * row.win_rate) for row in leaders]
    values = {"rate": rates[0], "rates": join_names(rates)}
    if ties_out:
        return _say_rates_without_ties(leaders=leaders, rates=rates) % values
    if len(leaders) == 1:
        return _("It wins about %(rate)s of 100 comparisons, a tie counting as half a win.") % values
    if len(set(rates)) == 1:
        return _("Each wins about %(rate)s of 100 comparisons, a tie counting as half a win.") % values
    return _("They win about %(rates)s of 100 comparisons, a tie counting as half a win.") % values


def _say_rates_without_ties(*, leaders: Sequence[BoardRow], rates: Sequence[str]) -> str:
    if len(leaders) == 1:
        return _("It wins about %(rate)s of 100 comparisons that are no tie.")
    if len(set(rates)) == 1:
        return _("Each wins about %(rate)s of 100 comparisons that are no tie.")
    return _("They win about %(rates)s of 100 comparisons that are no tie.")


def _choose_sentence(
    *, rows: Sequence[BoardRow], leaders: Sequence[BoardRow], counted: int, minimum: int
) -> str:
    if not rows:
        return _say_nothing_yet(counted=counted, minimum=minimum)
    if len(rows) == 1:
        return _say_alone()
    if len(leaders) == 1:
        return _say_one_leads(leader=leaders[0], counted=counted)
    if len(leaders) == len(rows) == 2:
        return ngettext(
            "%(names)s are level: %(votes)s cannot separate them.",
            "%(names)s are level: %(votes)s cannot separate them.",
            counted,
        )
    if len(leaders) == len(rows):
        return ngettext(
            "No model leads: after %(votes)s, any of the %(models)s models could be first.",
            "No model leads: after %(votes)s, any of the %(models)s models could be first.",
            len(rows),
        )
    if len(leaders) <= MOST_NAMES:
        return ngettext(
            "%(names)s lead, and %(votes)s cannot separate them.",
            "%(names)s lead, and %(votes)s cannot separate them.",
            counted,
        )
    shared = ngettext(
        "%(leaders)s models share the lead, and %%(votes)s cannot separate them.",
        "%(leaders)s models share the lead, and %%(votes)s cannot separate them.",
        counted,
    )
    return shared % {"leaders": _spell_number(len(leaders))}


def _say_alone() -> str:
    return _("%(names)s is the only model with a place so far, so there is nothing to compare it with.")


def _choose_elo_sentence(*, rows: Sequence[BoardRow], leaders: Sequence[BoardRow]) -> str:
    if len(rows) == 1:
        return _say_alone()
    if len(leaders) == 1:
        return _("%(names)s comes first, averaged over random orders of %(votes)s.")
    if len(leaders) <= MOST_NAMES:
        return _("%(names)s can each come first, depending on the order in which %(votes)s are taken.")
    return _("Any of %(leaders)s models can come first, depending on the order in which %(votes)s are taken.")


def _say_one_leads(*, leader: BoardRow, counted: int) -> str:
    if leader.rank_high > 1:
        return _("%(names)s leads: on %(votes)s, no other model can be first.")
    return ngettext(
        "%(names)s leads: %(votes)s place it ahead of every other model.",
        "%(names)s leads: %(votes)s place it ahead of every other model.",
        counted,
    )


def _say_nothing_yet(*, counted: int, minimum: int) -> str:
    if counted >= minimum:
        return _("No result yet: %(votes)s do not place any model.")
    progress = ngettext(
        "No result yet: %(counted)s of %(minimum)s vote.",
        "No result yet: %(counted)s of %(minimum)s votes.",
        minimum,
    )
    return progress % {"counted": write_number(counted), "minimum": write_number(minimum)}


def _spell_number(number: int) -> str:
    """A number at the start of a sentence: a word up to twelve."""
    words = {
        4: pgettext("models share the lead", "Four"),
        5: pgettext("models share the lead", "Five"),
        6: pgettext("models share the lead", "Six"),
        7: pgettext("models share the lead", "Seven"),
        8: pgettext("models share the lead", "Eight"),
        9: pgettext("models share the lead", "Nine"),
        10: pgettext("models share the lead", "Ten"),
        11: pgettext("models share the lead", "Eleven"),
        12: pgettext("models share the lead", "Twelve"),
    }
    return words.get(number, write_number(number))
