"""What a board says, in sentences that are true to its intervals, and how figures and names are written in them."""

from evaluations.sentences.boards import (
    count_deciding,
    count_kinds,
    count_left_out,
    describe_board_leaders,
    describe_refusal,
    is_provisional,
    list_ahead,
    name_board_votes,
    name_kind,
    summarise_board,
)
from evaluations.sentences.followers import describe_followers
from evaluations.sentences.leaders import describe_leaders, summarise
from evaluations.sentences.methods import describe_method
from evaluations.sentences.numbers import join_names, write_number, write_percent
from evaluations.sentences.parts import describe_part, name_language
from evaluations.sentences.reasons import CAUTIONS, REASONS, describe_reason
from evaluations.sentences.vote_kinds import VoteKind, name_votes

__all__ = [
    "CAUTIONS",
    "REASONS",
    "VoteKind",
    "count_deciding",
    "count_kinds",
    "count_left_out",
    "describe_board_leaders",
    "describe_followers",
    "describe_leaders",
    "describe_method",
    "describe_part",
    "describe_reason",
    "describe_refusal",
    "is_provisional",
    "join_names",
    "list_ahead",
    "name_board_votes",
    "name_kind",
    "name_language",
    "name_votes",
    "summarise",
    "summarise_board",
    "write_number",
    "write_percent",
]
