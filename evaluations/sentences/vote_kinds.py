"""What votes may be called: by where they come from, each kind with its number."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal, TypeAlias

from django.utils.translation import ngettext

from evaluations.sentences.numbers import join_names, write_number

# Where the votes come from decides what they may be called: only votes cast here are known to be blind, and those of
# visitors to a demonstration are not, since it shows from its first day who wrote what.
BoardKind: TypeAlias = Literal["blind", "recorded", "simulated"]
VoteKind: TypeAlias = BoardKind | Literal["visitor"]
# What a reader has to know first comes first.
ORDER: Final[Sequence[VoteKind]] = ("simulated", "recorded", "blind", "visitor")


def name_votes(*, counted: int, kinds: Mapping[VoteKind, int]) -> str:
    """“18,420 blind votes”, “1,800 simulated votes and 1 blind vote”. kinds: how many of each there are in all; of a
    part of several kinds nobody knows how many are of which: “650 simulated or blind votes”."""
    named = [kind for kind in ORDER if kinds.get(kind)]
    if len(named) < 2:
        return _name_one_kind(number=counted, kind=named[0] if named else next(iter(kinds), "blind"))
    if sum(kinds.values()) == counted:
        return join_names([_name_one_kind(number=kinds[kind], kind=kind) for kind in named])
    return _name_some_kinds(number=counted, kinds=named)


def _name_one_kind(*, number: int, kind: VoteKind) -> str:
    values = {"number": write_number(number)}
    match kind:
        case "blind":
            return ngettext("%(number)s blind vote", "%(number)s blind votes", number) % values
        case "recorded":
            return ngettext("%(number)s recorded vote", "%(number)s recorded votes", number) % values
        case "simulated":
            return ngettext("%(number)s simulated vote", "%(number)s simulated votes", number) % values
        case "visitor":
            return ngettext("%(number)s visitor’s vote", "%(number)s visitors’ votes", number) % values


def _name_some_kinds(*, number: int, kinds: Sequence[VoteKind]) -> str:
    """kinds: two or three, in their order."""
    values = {"number": write_number(number)}
    match tuple(kinds):
        case ("simulated", "blind"):
            said = ngettext(
                "%(number)s simulated or blind vote", "%(number)s simulated or blind votes", number
            )
        case ("simulated", "visitor"):
            said = ngettext(
                "%(number)s vote, simulated or a visitor’s",
                "%(number)s votes, simulated or visitors’",
                number,
            )
        case ("recorded", "blind"):
            said = ngettext("%(number)s recorded or blind vote", "%(number)s recorded or blind votes", number)
        case ("simulated", "recorded"):
            said = ngettext(
                "%(number)s simulated or recorded vote", "%(number)s simulated or recorded votes", number
            )
        case _all:
            said = ngettext(
                "%(number)s simulated, recorded or blind vote",
                "%(number)s simulated, recorded or blind votes",
                number,
            )
    return said % values
