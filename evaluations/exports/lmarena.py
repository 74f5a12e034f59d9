"""The file with the columns of LMArena's public votes (lmarena-ai/arena-human-preference-140k).

Names and types are those of its data card, so that what reads that file reads this one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from evaluations.exports.columns import Column, Row, read_row
from evaluations.exports.ledger_votes import LedgerVote
from evaluations.exports.messages import MESSAGE_IN_PARTS, PARTS, answer, list_turns, split_in_parts
from evaluations.exports.pages import read_votes
from evaluations.exports.sources import Source
from evaluations.models import LedgerEntry, Outcome
from evaluations.ranking.style import MarkupCounts, count_markup, count_words

WINNERS = {
    Outcome.LEFT: "model_a",
    Outcome.RIGHT: "model_b",
    Outcome.TIE: "tie",
    Outcome.BOTH_BAD: "both_bad",
}
# How many texts' counts are remembered: a study shows a response more than once.
MOST_MEASURED = 20_000

LEVELS = pa.struct([(f"h{level}", pa.int64()) for level in range(1, 7)])
LISTS = pa.struct([("ordered", pa.int64()), ("unordered", pa.int64())])
BOLD = pa.struct([("**", pa.int64()), ("__", pa.int64())])
CRITERIA = (
    *("complexity", "creativity", "domain_knowledge", "problem_solving"),
    *("real_world", "specificity", "technical_accuracy"),
)
METADATA = pa.struct(
    [
        field
        for side in "ab"
        for field in (
            (f"sum_assistant_{side}_tokens", pa.int32()),
            (f"header_count_{side}", LEVELS),
            (f"list_count_{side}", LISTS),
            (f"bold_count_{side}", BOLD),
            (f"context_{side}_tokens", pa.int32()),
        )
    ]
    + [("sum_user_tokens", pa.int32()), ("turns", pa.int32())]
)
TAGS = pa.struct(
    [
        ("creative_writing_v0.1", pa.struct([("creative_writing", pa.bool_()), ("score", pa.string())])),
        ("criteria_v0.1", pa.struct([(name, pa.bool_()) for name in CRITERIA])),
        ("if_v0.1", pa.struct([("if", pa.bool_()), ("score", pa.int64())])),
        ("math_v0.1", pa.struct([("math", pa.bool_())])),
    ]
)
# The data card has num_tokens on side b only.
MESSAGE_B = pa.struct([("role", pa.string()), ("content", PARTS), ("num_tokens", pa.int32())])
TURN = pa.struct([(side, MESSAGE_IN_PARTS) for side in ("user", "model_side_a", "model_side_b")])


@dataclass(frozen=True, kw_only=True)
class Measures:
    """Words, and what markup there is, of one text or of a prompt's messages."""

    words: int
    markup: MarkupCounts


@dataclass(frozen=True, kw_only=True)
class MeasuredVote:
    vote: LedgerVote
    left: Measures
    right: Measures
    prompt: Measures

    @property
    def metadata(self) -> dict[str, Any]:
        """The counts of both sides, as LMArena names them."""
        said = [message["content"] for message in self.vote.messages if message["role"] == "user"]
        sides: dict[str, Any] = {}
        for side, measures in (("a", self.left), ("b", self.right)):
            sides |= {
                f"sum_assistant_{side}_tokens": measures.words,
                f"header_count_{side}": measures.markup.headings,
                f"list_count_{side}": measures.markup.lists,
                f"bold_count_{side}": measures.markup.bold,
                f"context_{side}_tokens": self.prompt.words,
            }
        return {**sides, "sum_user_tokens": sum(map(count_words, said)), "turns": len(said)}

    @property
    def is_code(self) -> bool:
        return any(measures.markup.code for measures in (self.left, self.right, self.prompt))

    def list_messages(self, text: str) -> list[dict[str, Any]]:
        return [split_in_parts(message) for message in [*self.vote.messages, answer(text)]]

    @property
    def conversation_b(self) -> list[dict[str, Any]]:
        return [{**message, "num_tokens": None} for message in self.list_messages(self.vote.right_text)]


LMARENA = (
    Column(
        name="id",
        type=pa.string(),
        read=lambda row: row.vote.leaf_hash.hex(),
        means=_("The hash of the vote’s entry in the ledger."),
    ),
    Column(
        name="model_a",
        type=pa.string(),
        read=lambda row: row.vote.said["left"],
        means=_("The model whose response was shown on the left."),
    ),
    Column(
        name="model_b",
        type=pa.string(),
        read=lambda row: row.vote.said["right"],
        means=_("The model whose response was shown on the right."),
    ),
    Column(
        name="winner",
        type=pa.string(),
        read=lambda row: WINNERS[row.vote.said["outcome"]],
        means=_("The outcome of the vote."),
        values="model_a; model_b; tie; both_bad",
    ),
    Column(
        name="evaluation_session_id",
        type=pa.string(),
        read=lambda row: row.vote.rater,
        means=_("The rater’s pseudonym in this study, as in the file of votes."),
    ),
    Column(
        name="evaluation_order",
        type=pa.int32(),
        read=lambda row: row.vote.beside["number"],
        means=_("Which comparison of this rater’s it was, from 1."),
    ),
    Column(
        name="conversation_a",
        type=pa.list_(MESSAGE_IN_PARTS),
        read=lambda row: row.list_messages(row.vote.left_text),
        means=_("The prompt’s messages and the response on the left."),
    ),
    Column(
        name="conversation_b",
        type=pa.list_(MESSAGE_B),
        read=lambda row: row.conversation_b,
        means=_("The prompt’s messages and the response on the right."),
        made=_("num_tokens is empty: nothing is cut into tokens here."),
    ),
    Column(
        name="full_conversation",
        type=pa.list_(TURN),
        read=lambda row: list_turns(
            messages=row.vote.messages, left=row.vote.left_text, right=row.vote.right_text
        ),
        means=_("The same by turn, with both sides in one."),
        made=_(
            "Earlier answers are part of the prompt, and the same on both sides. System messages are left out."
        ),
    ),
    Column(
        name="conv_metadata",
        type=METADATA,
        read=lambda row: row.metadata,
        means=_("Length and markup of both responses, for style control."),
        unit=_("words, where the name says tokens; else counts"),
        made=_("Counted as on our boards with style control: by word, whatever a model’s tokens are."),
    ),
    Column(
        name="category_tag",
        type=TAGS,
        read=lambda row: None,
        means=_("Empty: prompts are not classified in LMArena’s categories here."),
    ),
    Column(
        name="language",
        type=pa.string(),
        read=lambda row: row.vote.beside["language"] or None,
        means=_("The prompt’s language."),
    ),
    Column(
        name="is_code",
        type=pa.bool_(),
        read=lambda row: row.is_code,
        means=_("Whether the prompt or a response holds a block of code."),
    ),
    Column(
        name="timestamp",
        type=pa.timestamp("us"),
        read=lambda row: row.vote.cast_at.replace(tzinfo=None),
        means=_("When the vote was cast, to the minute, in UTC."),
    ),
)


def count_lmarena(source: Source) -> int:
    return _find_votes(source).count()


def list_lmarena(source: Source, columns: Sequence[Column]) -> Iterator[list[Row]]:
    kept: dict[tuple[str, int], Measures] = {}

    def measure(kind: str, pk: int, *texts: str) -> Measures:
        if (kind, pk) not in kept:
            if len(kept) >= MOST_MEASURED:
                kept.clear()
            text = "\n\n".join(texts)
            kept[kind, pk] = Measures(words=count_words(text), markup=count_markup(text))
        return kept[kind, pk]

    for page in read_votes(source=source, votes=_find_votes(source), with_texts=True):
        rows = (
            MeasuredVote(
                vote=vote,
                left=measure("response", vote.beside["left_id"], vote.left_text),
                right=measure("response", vote.beside["right_id"], vote.right_text),
                prompt=measure("prompt", vote.beside["prompt_id"], *(m["content"] for m in vote.messages)),
            )
            for vote in page
        )
        yield [read_row(columns=columns, source=row) for row in rows]


def _find_votes(source: Source) -> QuerySet[LedgerEntry]:
    """What a ranking counts."""
    return source.find_votes(normal_only=True, kept_only=True)
