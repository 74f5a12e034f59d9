"""A board as a file: its rows with every interval and range, and what they rest on."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import pyarrow as pa
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from evaluations.boards import Board, BoardRow
from evaluations.exports.codebook import CODEBOOK, list_lines
from evaluations.exports.columns import Column, Row, Words, read_row
from evaluations.exports.files import CSV, MARKDOWN, PARQUET, FileFormat
from evaluations.exports.public import PUBLIC_FILES
from evaluations.models import LanguageModel
from evaluations.publicity import name_licence
from evaluations.sentences import is_provisional, name_kind

FORMAT: Final = "arena-board/1"


@dataclass(frozen=True, kw_only=True)
class BoardLine:
    """A model of the board: with its row, or with the reason why it has none. kind: of the votes; interval: as the
    ranking's parameters have it."""

    model: LanguageModel
    kind: str
    level: float | None
    votes: int | None
    interval: str | None = None
    row: BoardRow | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class BoardFile:
    """A file in one piece."""

    filename: str
    content_type: str
    data: bytes


def _figure(
    name: str, type: pa.DataType, means: Words, *, unit: Words = "", made: Words = "", values: Words = ""
) -> Column:
    """A figure that only a model with a place has."""
    return Column(
        name=name,
        type=type,
        read=lambda line: None if line.row is None else getattr(line.row, name),
        means=means,
        unit=unit,
        made=made,
        values=values,
    )


BOARD: Final = (
    _figure("rank_low", pa.int32(), _("The best rank that the votes allow.")),
    _figure(
        "rank_high",
        pa.int32(),
        _("The worst rank that the votes allow."),
        made=_("All ranges of a board hold together, at its level."),
    ),
    Column(
        name="model", type=pa.string(), read=lambda line: line.model.slug, means=_("The model’s short name.")
    ),
    Column(name="name", type=pa.string(), read=lambda line: line.model.name, means=_("The model’s name.")),
    Column(
        name="maker",
        type=pa.string(),
        read=lambda line: line.model.maker or None,
        means=_("Who makes the model."),
    ),
    Column(
        name="licence",
        type=pa.string(),
        read=lambda line: line.model.licence or None,
        means=_("The model’s licence."),
    ),
    _figure("score", pa.float64(), _("The model’s score."), unit=_("points")),
    _figure("lower", pa.float64(), _("The lower end of the score’s interval."), unit=_("points")),
    _figure("upper", pa.float64(), _("The upper end of the score’s interval."), unit=_("points")),
    Column(
        name="level",
        type=pa.float64(),
        read=lambda line: line.level,
        means=_("How often such intervals hold the score; of Elo, which share of the orders."),
        values=_("a share: 0.95 is 95 times in 100"),
    ),
    Column(
        name="interval",
        type=pa.string(),
        read=lambda line: line.interval,
        means=_("How the interval is made."),
        values=_(
            "sandwich, bootstrap: a confidence interval; orderings: Elo’s spread over random orders of the same votes, "
            "which is none"
        ),
    ),
    _figure(
        "strength",
        pa.float64(),
        _("The score before it is put on the scale of points."),
        unit=_("log-odds"),
        made=_("Score = 1000 + 400 / ln 10 × strength, unless a model is set at 1000 points."),
    ),
    Column(
        name="votes",
        type=pa.int64(),
        read=lambda line: line.votes,
        means=_("How many votes on the model count in this ranking."),
        unit=_("votes"),
    ),
    _figure("wins", pa.int64(), _("How many of them it won."), unit=_("votes")),
    _figure("losses", pa.int64(), _("How many of them it lost."), unit=_("votes")),
    _figure("ties", pa.int64(), _("How many of them are ties."), unit=_("votes")),
    _figure(
        "both_bad",
        pa.int64(),
        _("How many votes on the model call both responses bad."),
        unit=_("votes"),
        made=_("Where the ranking leaves them out, they are not among its votes."),
    ),
    _figure(
        "win_rate",
        pa.float64(),
        _("The share of comparisons that it won, a tie as half a win."),
        values=_("from 0 to 1"),
    ),
    Column(
        name="unplaced",
        type=pa.string(),
        read=lambda line: line.reason,
        means=_("Why the votes give the model no place. Empty where it has one."),
    ),
    Column(
        name="vote_kind",
        type=pa.string(),
        read=lambda line: line.kind,
        means=_("What votes the board counts."),
        values=_(
            "blind: cast here; recorded: some come from elsewhere; simulated: a program cast some of them"
        ),
    ),
)
DESCRIBED: Final = (("board", BOARD), *((each.file.name, each.file.columns) for each in PUBLIC_FILES))

# By the end of the file's name. JSON is one document, with what the rows rest on.
BOARD_FORMATS: Final = {"csv": CSV, "parquet": PARQUET}
CODEBOOK_FORMATS: Final = {"csv": CSV, "md": MARKDOWN}
# Votes come as exports make them; named here so that one place knows what a leaderboard's files are called.
VOTE_FORMATS: Final = {
    "votes.csv": "csv",
    "votes.jsonl": "jsonl",
    "votes.parquet": "parquet",
    "lmarena.jsonl": "lmarena",
    "lmarena.parquet": "lmarena-parquet",
}


def write_board(*, board: Board, suffix: str) -> BoardFile:
    """The board as CSV, JSON or Parquet. Raises KeyError for other ends."""
    filename = f"{'-'.join(_name_parts(board))}.{suffix}"
    if suffix == "json":
        data = json.dumps(describe_board_file(board=board), ensure_ascii=False, indent=1).encode()
        return BoardFile(filename=filename, content_type="application/json", data=data)
    written: FileFormat = BOARD_FORMATS[suffix]
    pages = [list_rows(board=board)]
    chunks = written.write(columns=BOARD, pages=pages, metadata=_describe_as_text(board))
    return BoardFile(filename=filename, content_type=written.content_type, data=b"".join(chunks))


def write_codebook(*, suffix: str) -> BoardFile:
    """Each column of each public file, in the reader's language. Raises KeyError for other ends than csv and md."""
    written: FileFormat = CODEBOOK_FORMATS[suffix]
    pages = list_lines(files=DESCRIBED, columns=CODEBOOK)
    data = b"".join(written.write(columns=CODEBOOK, pages=pages, metadata={}))
    return BoardFile(filename=f"codebook.{suffix}", content_type=written.content_type, data=data)


def list_rows(*, board: Board) -> list[Row]:
    """Every model of the board: those with a place in their order, then the others."""
    return [read_row(columns=BOARD, source=line) for line in _list_lines(board)]


def describe_board_file(*, board: Board) -> dict[str, Any]:
    """The JSON document."""
    return {
        "format": FORMAT,
        **_describe(board),
        "refused": board.refused or None,
        "rows": list_rows(board=board),
        "effects": [dict(effect) for effect in board.effects],
        "cautions": [{"model": name, "caution": caution} for name, caution in board.cautions],
    }


def _list_lines(board: Board) -> Iterator[BoardLine]:
    kind = name_kind(board)
    level, interval = board.parameters.get("level"), board.parameters.get("interval")
    for row in board.rows:
        yield BoardLine(model=row.model, kind=kind, level=level, interval=interval, votes=row.votes, row=row)
    for item in board.unplaced:
        yield BoardLine(model=item.model, kind=kind, level=None, votes=item.votes, reason=item.reason)


def _describe(board: Board) -> dict[str, Any]:
    """What the rows rest on: which votes, by which analysis, of which snapshot."""
    snapshot, (licence, address) = board.snapshot, name_licence()
    return {
        "leaderboard": board.leaderboard.slug,
        "study": board.study.slug,
        "protocol_hash": board.study.protocol_hash,
        "snapshot": snapshot.result_digest if snapshot else None,
        "ledger_size": snapshot.ledger_size if snapshot else 0,
        "published_at": snapshot.created_at.isoformat() if snapshot else None,
        "code_version": snapshot.code_version if snapshot else None,
        "analysis": asdict(board.analysis),
        "parameters": dict(board.parameters),
        "votes": dict(board.votes),
        "vote_kind": name_kind(board),
        "exclusions": dict(board.exclusions),
        "provisional": is_provisional(board),
        "licence": licence or None,
        "licence_address": address or None,
    }


def _describe_as_text(board: Board) -> dict[str, str]:
    """The same where values are texts: in a Parquet file's metadata."""
    described = {"format": FORMAT, **_describe(board)}
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in described.items()
        if value is not None
    }


def _name_parts(board: Board) -> Sequence[str]:
    """The words of the file's name: what it is of, and all that is not as usual."""
    chosen = [slugify(f"{name} {value}") for name, value in board.analysis.as_query().items()]
    kind = name_kind(board)
    also = [] if kind == "blind" else [kind]
    raw = ["raw"] if board.is_raw else []
    size = board.snapshot.ledger_size if board.snapshot else 0
    return ["board", board.leaderboard.slug, "ledger", str(size), *chosen, *raw, *also]
