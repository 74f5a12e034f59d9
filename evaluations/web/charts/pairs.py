"""How often each model won against each other, from a snapshot's table of pairs."""

from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from evaluations.boards import Board
from evaluations.web.kept import Kept

# Wins in 100 from which each of the seven steps begins, after the first; mirrored around 50.
EDGES = (25, 35, 45, 56, 66, 76)

# Wins in 100 battles, ties half, by (model, rival), in both directions; nothing for two that never met.
Shares: TypeAlias = Mapping[tuple[str, str], int]
# Wins less losses of the same: above zero is more than half, which a share of 50 or 51, rounded, is not sure to say.
Leads: TypeAlias = Mapping[tuple[str, str], int]

# Of the snapshots that were shown last.
KEPT: Final[Kept[tuple[Shares, Leads]]] = Kept(most=4)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What counts half a win for either side; what does not is left out."""

    ties: bool
    both_bad: bool


def read_rule(board: Board) -> Rule:
    """As the analysis on the board takes them."""
    return Rule(ties=board.analysis.ties != "out", both_bad=board.parameters.get("both_bad") == "tie")


def count_wins(board: Board, *, rule: Rule) -> tuple[Shares, Leads]:
    """Every analysis of a snapshot has the same battles: counted once in a process."""
    version = (board.snapshot and board.snapshot.pk, board.short_digest, rule)
    counted = KEPT.find(version)
    if counted is None:
        pairs = board.document["pairs"]
        shares = list_shares(pairs, rule=rule)
        counted = (shares, list_leads(pairs, shares=shares))
        KEPT.keep(version, counted)
    return counted


def list_shares(pairs: Sequence[Sequence[Any]], *, rule: Rule) -> Shares:
    """pairs: [model, rival, wins, losses, ties, both bad], as a snapshot has them."""
    found: dict[tuple[str, str], int] = {}
    for model, rival, *counts in pairs:
        share = compute_share(*counts, rule=rule)
        if share is not None:
            found[model, rival], found[rival, model] = share, 100 - share
    return found


def list_leads(pairs: Sequence[Sequence[Any]], *, shares: Shares) -> Leads:
    """Of the pairs that have a share, exactly: halves go to both sides, and change no lead."""
    found: dict[tuple[str, str], int] = {}
    for model, rival, wins, losses, *_halves in pairs:
        if (model, rival) in shares:
            found[model, rival], found[rival, model] = wins - losses, losses - wins
    return found


def compute_share(wins: int, losses: int, ties: int, both_bad: int, *, rule: Rule) -> int | None:
    """Wins in 100, rounded half to even, so that the two sides add up to 100; None where nothing counts."""
    halves = ties * rule.ties + both_bad * rule.both_bad
    votes = wins + losses + halves
    return round(100 * (wins + halves / 2) / votes) if votes else None


def choose_step(share: int) -> int:
    """1, rarely wins, to 7, often wins."""
    return bisect(EDGES, share) + 1
