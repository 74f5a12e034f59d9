"""Style control's effect in sentences, each true to the intervals: whose rank moves, what style the votes favour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluations.boards import BoardRow
from evaluations.sentences import join_names
from evaluations.web.charts.words import IN_SENTENCE, shorten_name, write_change, write_points

# Names that a sentence bears.
MOST_NAMES = 3
# Points from one end of an interval to the other at which a model may win nearly all comparisons or nearly none.
VAGUE = 800


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A model on the board with style held equal, and on the one as the votes come."""

    on: BoardRow
    off: BoardRow

    @property
    def change(self) -> float:
        return self.on.score - self.off.score

    @property
    def leaves(self) -> bool:
        """Whether the score without lies outside the interval of the one with style held equal."""
        return not self.on.lower <= self.off.score <= self.on.upper

    @property
    def moves(self) -> bool:
        """Whether the two ranges of ranks have nothing in common."""
        return self.on.rank_low > self.off.rank_high or self.on.rank_high < self.off.rank_low

    @property
    def differs(self) -> bool:
        return (self.on.rank_low, self.on.rank_high) != (self.off.rank_low, self.off.rank_high)


def find_moves(pairs: Sequence[Pair]) -> str:
    """True to the ranges of ranks: a model moves where the two of it have no rank in common."""
    moved = [shorten_name(pair.on.model.name, most=IN_SENTENCE) for pair in pairs if pair.moves]
    if 0 < len(moved) <= MOST_NAMES:
        return ngettext(
            "Style changes the rank of %(names)s", "Style changes the ranks of %(names)s", len(moved)
        ) % {"names": join_names(moved)}
    if moved:
        return ngettext(
            "Style changes the rank of %(number)s model",
            "Style changes the ranks of %(number)s models",
            len(moved),
        ) % {"number": write_points(len(moved))}
    if any(pair.differs for pair in pairs):
        return _("Style changes no rank for certain")
    return _("Style changes no rank")


def say_what_is_measured(pairs: Sequence[Pair], *, effects: Sequence[Mapping[str, Any]], elo: bool) -> str:
    return " ".join(
        part
        for part in (
            _("Scores with length, headings, bold and lists held equal, and without."),
            _("By Bradley–Terry, which the board above is not: Elo has no style control.") if elo else "",
            describe_effects(effects),
            _describe_change(pairs),
            _warn_of_width(pairs),
        )
        if part
    )


def _describe_change(pairs: Sequence[Pair]) -> str:
    """The largest change that is more than its interval allows for."""
    left = [pair for pair in pairs if pair.leaves]
    if not left:
        return _("No model’s score leaves its interval.")
    most = max(left, key=lambda pair: abs(pair.change))
    return _(
        "The largest change is that of %(model)s, %(change)s points, to %(score)s (%(lower)s–%(upper)s)."
    ) % {
        "model": shorten_name(most.on.model.name, most=IN_SENTENCE),
        "change": write_change(most.change),
        "score": write_points(most.on.score),
        "lower": write_points(most.on.lower),
        "upper": write_points(most.on.upper),
    }


def _warn_of_width(pairs: Sequence[Pair]) -> str:
    if max(pair.on.upper - pair.on.lower for pair in pairs) <= VAGUE:
        return ""
    return _(
        "The intervals are so wide that these scores say next to nothing: so few votes do not tell style and the "
        "models apart."
    )


def describe_effects(effects: Sequence[Mapping[str, Any]]) -> str:
    """What style the votes favour: only where the whole interval lies on one side of zero."""
    words = {
        "length": _("length"),
        "headings": _("headings"),
        "bold": _("bold"),
        "lists": _("lists"),
    }
    known = [effect for effect in effects if effect["name"] in words]
    liked = [words[effect["name"]] for effect in known if effect["lower"] > 0]
    disliked = [words[effect["name"]] for effect in known if effect["upper"] < 0]
    sentences = []
    if liked:
        sentences.append(_("What gains votes: %(names)s.") % {"names": join_names(liked)})
    if disliked:
        sentences.append(_("What costs votes: %(names)s.") % {"names": join_names(disliked)})
    if known and not sentences:
        sentences.append(_("None of these is certain to gain or to cost votes."))
    return " ".join(sentences)
