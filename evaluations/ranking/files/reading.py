"""Recorded votes from a file, without a database: CSV, JSON Lines or Parquet, in the layouts of `layouts.LAYOUTS`.

Only the columns that are asked for are kept in memory, and no text is kept twice. A fault is told with the line
of the vote (the row, in Parquet); an answer that is not known is an error, and never a tie.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from evaluations.errors import BadVotes, UnsupportedParameter
from evaluations.ranking.files.csv_files import CsvFile
from evaluations.ranking.files.json_files import JsonFile
from evaluations.ranking.files.layouts import NAME_ONE, choose_layout
from evaluations.ranking.files.parquet_files import ParquetFile
from evaluations.ranking.files.sources import Source, VoteSource, open_source
from evaluations.ranking.files.uncounted import choose_uncounted
from evaluations.ranking.files.vote_tables import Incomplete, Plan, VoteTable, build_table
from evaluations.ranking.reports.texts import make_printable

VoteFile: TypeAlias = CsvFile | JsonFile | ParquetFile

RESPONSES: Final = ("response_a", "response_b")
COUNTS: Final = (
    ("sum_assistant_a_tokens", "header_count_a", "bold_count_a", "list_count_a"),
    ("sum_assistant_b_tokens", "header_count_b", "bold_count_b", "list_count_b"),
)


def read_votes(
    votes: VoteSource,
    *,
    raters: bool | None = None,
    prompts: bool | None = None,
    columns: Mapping[str, str] | None = None,
    outcomes: Mapping[str, str] | None = None,
    covariates: Sequence[str] = (),
    slices: Sequence[str] = (),
    style: bool = False,
    incomplete: Incomplete = "refuse",
    everything: bool = False,
) -> VoteTable:
    """The votes of a file: a path, a stream of bytes or text (sys.stdin), or lines of text, gzipped or not.

    What it holds is told by its first bytes, what its columns are called by `choose_layout`; columns and
    outcomes are `named` and `labels` there. A field inside an object (JSON Lines, Parquet) is a column too, as
    category_tag.math_v0.1.math. raters: read who voted, or do not; None reads it where there is a column for
    it. prompts: the same, but None reads it where columns names one. covariates: columns of numbers.
    slices: columns whose values name parts of the votes. style: read LMArena's counts of each response, as two
    (N, 4) tables of length (tokens), headings, bold spans and list items, the last three summed over their
    kinds; where there are none, the columns response_a and response_b, as they are.
    incomplete: what is done with a vote that does not say who met, who won, or who voted. everything:
    keep what Arena's leaderboards do not count (repeats, checks, excluded raters) where the file is its export.

    Raises BadVotes and UnknownOutcome, with the line of the first fault; UnsupportedParameter; OSError.
    """
    if incomplete not in ("refuse", "leave out"):
        raise UnsupportedParameter(f'incomplete is "refuse" or "leave out", not {incomplete!r}.')
    try:
        with open_source(votes) as source:
            file = _open_file(source)
            named = columns or {}
            layout = choose_layout(columns=file.names, named=named, labels=outcomes or {}, head=file.head)
            by_name = "prompt" in named if prompts is None else prompts
            _check_columns(file, [*named.values(), *layout.needed, *covariates, *slices])
            plan = Plan(
                layout=layout,
                rater=_choose(file, layout.raters, "raters", raters is not False, bool(raters)),
                prompt=_choose(file, layout.prompts, "prompts", by_name, bool(prompts)),
                covariates=tuple(covariates),
                slices=tuple(slices),
                uncounted=() if everything else choose_uncounted(file),
                **_choose_style(file, style),
            )
            read = file.read(plan.names, plan.responses)
            return build_table(read=read, plan=plan, incomplete=incomplete)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BadVotes(f"The gzipped file is damaged or cut short: {error}.") from error


def _open_file(source: Source) -> VoteFile:
    match source.format:
        case "csv":
            return CsvFile(source)
        case "jsonl":
            return JsonFile(source)
        case "parquet":
            return ParquetFile(source)


def _choose(file: VoteFile, known: Sequence[str], noun: str, wanted: bool, required: bool) -> str | None:
    """The first of the known columns that is there, if it is to be read at all."""
    found = next((name for name in known if file.has(name)), None)
    if required and found is None:
        would = f"it would be {' or '.join(known)}" if known else f"this layout has none; {NAME_ONE}"
        raise BadVotes(f"{file.head} has no column of {noun}: {would}.")
    return found if wanted else None


def _choose_style(file: VoteFile, style: bool) -> dict[str, Any]:
    if not style:
        return {"counts": (), "responses": ()}
    for prefix in ("conv_metadata.", ""):
        counts = tuple(tuple(prefix + name for name in side) for side in COUNTS)
        if all(file.has(name) for side in counts for name in side):
            return {"counts": counts, "responses": ()}
    if all(map(file.has, RESPONSES)):
        return {"counts": (), "responses": RESPONSES}
    raise BadVotes(
        f"{file.head} names nothing to take style from: that is conv_metadata, with LMArena's counts, "
        "or the texts in response_a and response_b."
    )


def _check_columns(file: VoteFile, names: Sequence[str]) -> None:
    for name in names:
        if not file.has(name):
            raise BadVotes(
                f"{file.head} has no column {name!r}; it has {make_printable(', '.join(file.names))}."
            )
