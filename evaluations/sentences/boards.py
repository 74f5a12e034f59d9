"""A board in sentences: what its analysis shows of the votes it counts, or why it shows nothing."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from evaluations.boards import Board, leaves_out_both_bad
from evaluations.publishing.documents import MOST_PARTS
from evaluations.sentences.followers import describe_followers
from evaluations.sentences.leaders import describe_leaders, place_sentence, summarise
from evaluations.sentences.numbers import join_names, write_number
from evaluations.sentences.parts import describe_part
from evaluations.sentences.reasons import AHEAD
from evaluations.sentences.refusals import describe_reason_of_refusal
from evaluations.sentences.vote_kinds import BoardKind, VoteKind, name_votes

# By the name of their count in a snapshot.
KINDS: Final[Mapping[str, VoteKind]] = {"simulated": "simulated", "recorded": "recorded", "shown": "blind"}


def summarise_board(board: Board) -> str:
    """The sentence that anyone may quote: it names the part of the votes, and whether it may still change."""
    part = describe_part(board.analysis, raw=board.is_raw)
    if board.rows and (ahead := list_ahead(board)):
        behind = _("behind %(names)s, which lost to no model with a place") % {"names": join_names(ahead)}
        part = ", ".join(filter(None, [part, behind]))
    if board.refused:
        return place_sentence(describe_refusal(board).replace("%", "%%"), part=part) % {}
    return summarise(
        rows=board.rows,
        counted=count_deciding(board),
        minimum=0 if board.analysis.part.key else board.study.minimum_votes,
        kinds=count_kinds(board),
        method=board.analysis.method,
        part=part,
        provisional=bool(board.rows) and is_provisional(board),
    )


def list_ahead(board: Board) -> list[str]:
    """Names of models that have no place because none that has one ever beat them."""
    return [item.model.name for item in board.unplaced if item.reason in AHEAD]


def describe_board_leaders(board: Board) -> str:
    """What follows the sentence: how often the leaders win, who comes behind; of Elo, what its spread is not."""
    if not board.rows:
        return ""
    if board.analysis.method == "elo":
        return _(
            "The spread over these orders is not a confidence interval: it leaves out that other votes could have "
            "been cast."
        )
    said = [
        # The rates are of the votes as they came; the sentence before them is of styles held equal.
        ""
        if board.analysis.style
        else describe_leaders(rows=board.rows, ties_out=board.analysis.ties == "out"),
        describe_followers(rows=board.rows),
    ]
    return " ".join(sentence for sentence in said if sentence)


def describe_refusal(board: Board) -> str:
    """Why there is no ranking by this analysis; "" where there is one."""
    match board.refused:
        case "":
            return ""
        case "too few votes":
            return _describe_too_few(board)
        case "style never differs in these votes":
            return _("No ranking: the two responses of a vote never differ in style.")
        case reason:
            return describe_reason_of_refusal(reason)


def _describe_too_few(board: Board) -> str:
    document = board.document
    if "analyses" not in document:
        return _(
            "No ranking: the code %(version)s, which made this snapshot, ranked all votes in one way."
        ) % {"version": document["code_version"]}
    parts = [(part["category"], part["language"]) for part in document["parts"]]
    asked = board.analysis.category, board.analysis.language
    if asked not in parts and len(parts) >= MOST_PARTS:
        return _("No ranking: a snapshot ranks its %(number)s largest parts, and this is none of them.") % {
            "number": write_number(MOST_PARTS)
        }
    return _("Too few votes: %(counted)s of %(fewest)s needed.") % {
        "counted": write_number(board.votes["counted"]),
        "fewest": write_number(document["fewest"]),
    }


def count_deciding(board: Board) -> int:
    """The votes that count in this ranking."""
    return int(board.votes.get("counted", 0)) - sum(count_left_out(board).values())


def count_left_out(board: Board) -> dict[str, int]:
    """Of the votes counted, those that say of neither response that it is better, where the ranking leaves them out:
    ties, both_bad."""
    ties_out = board.analysis.ties == "out"
    return {
        "ties": board.votes.get("ties", 0) if ties_out else 0,
        "both_bad": board.votes.get("both_bad", 0)
        if ties_out or leaves_out_both_bad(board.parameters)
        else 0,
    }


def is_provisional(board: Board) -> bool:
    """Whether the study, not the part of it that is shown, has fewer votes than a result needs."""
    return bool(read_all_votes(board).get("counted", 0) < board.study.minimum_votes)


def name_kind(board: Board) -> BoardKind:
    """One simulated vote makes a board a simulated one; one from elsewhere takes the word “blind” away."""
    votes = read_all_votes(board)
    if board.study.simulated or votes.get("simulated"):
        return "simulated"
    return "recorded" if board.study.recorded or votes.get("recorded") else "blind"


def count_kinds(board: Board) -> dict[VoteKind, int]:
    """How many of the snapshot's votes are of each kind."""
    votes = read_all_votes(board)
    kinds = {**KINDS, "shown": "visitor"} if board.study.simulated else KINDS
    found: dict[VoteKind, int] = {kind: votes[origin] for origin, kind in kinds.items() if votes.get(origin)}
    # Before the first vote it is the study that says what its votes will be.
    return found or {name_kind(board): 0}


def name_board_votes(board: Board, *, counted: int | None = None) -> str:
    """“18,420 blind votes”: those that count in this ranking, or as many of them as are counted."""
    number = count_deciding(board) if counted is None else counted
    return name_votes(counted=number, kinds=count_kinds(board))


def read_all_votes(board: Board) -> dict[str, Any]:
    """Counts of the snapshot's votes, whatever part of them is shown: where they come from is counted in all only."""
    return dict(board.document.get("votes", board.votes))
