"""The votes of a snapshot as CSV, and back: every column that a figure is computed from, in words and numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from evaluations.errors import BundleUnreadable
from evaluations.publishing.row_blocks import read_row_blocks
from evaluations.publishing.votes import NONE, CountedVotes, number_by_first
from evaluations.ranking import STYLE_FEATURES
from evaluations.ranking.reports.texts import make_printable
from evaluations.spreadsheets import defuse_cell

# By code, as CountedVotes has them.
OUTCOMES: Final = ("left", "right", "tie", "both_bad")
ORIGINS: Final = ("shown", "recorded", "simulated")
SIDES: Final = ("left", "right")

NUMBERS: Final = ("position", "rater", "prompt")
NAMES: Final = ("left", "right", "outcome", "category", "language", "origin")
STYLES: Final = tuple(f"{side}_{feature}" for side in SIDES for feature in STYLE_FEATURES)
COLUMNS: Final = (
    *("position", "left", "right", "outcome", "rater", "prompt"),
    *("category", "language", "origin", "probability"),
    *STYLES,
)
ROWS: Final = 50_000  # written at a time
MOST_SAID: Final = 200  # letters of a fault that another library words


def write_votes(votes: CountedVotes) -> Iterator[bytes]:
    """UTF-8 CSV with a header, a part at a time. Memory does not grow with the number of votes.

    An empty cell stands for no category, no language, and a pair that was not drawn here. Probabilities are written
    so that reading them gives the same double. A name that a spreadsheet would run has an apostrophe before it.
    """
    yield _join_rows([COLUMNS])
    names = _list_names(votes)
    for start in range(0, len(votes), ROWS):
        columns = _spell_columns(votes, part=slice(start, start + ROWS), names=names)
        yield _join_rows(zip(*(columns[name] for name in COLUMNS), strict=True))


def read_votes(file: IO[bytes], *, models: Sequence[str]) -> CountedVotes:
    """The votes as they were counted. models: all models of the snapshot, which the codes count in this order.

    Raises BundleUnreadable, with the row where there is one.
    """
    table = _read_table(file)
    if not len(table):
        return _build(table, models=models, categories=(), languages=())
    categories, languages = (_list_sorted(table, name) for name in ("category", "language"))
    return _build(table, models=models, categories=categories, languages=languages)


def count_origins(votes: CountedVotes) -> dict[str, int]:
    return {name: int((votes.origin == code).sum()) for code, name in enumerate(ORIGINS)}


def _list_names(votes: CountedVotes) -> Mapping[str, NDArray[np.object_]]:
    """By column, the cells of its codes; the last one is that of no name, which the code −1 finds."""
    models = (*votes.models, "")
    said = {
        "left": models,
        "right": models,
        "outcome": OUTCOMES,
        "category": (*votes.categories, ""),
        "language": (*votes.languages, ""),
        "origin": ORIGINS,
    }
    return {
        name: np.array([defuse_cell(text) for text in texts], dtype=object) for name, texts in said.items()
    }


def _spell_columns(
    votes: CountedVotes, *, part: slice, names: Mapping[str, NDArray[np.object_]]
) -> dict[str, list[Any]]:
    styles = np.concatenate([votes.left_style[part], votes.right_style[part]], axis=1)
    chances = votes.probability[part].tolist()
    return {
        **{name: getattr(votes, name)[part].tolist() for name in NUMBERS},
        **{name: cells[getattr(votes, name)[part]].tolist() for name, cells in names.items()},
        "probability": ["" if chance != chance else repr(chance) for chance in chances],
        **dict(zip(STYLES, styles.T.tolist(), strict=True)),
    }


def _join_rows(rows: Any) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def _read_table(file: IO[bytes]) -> pa.Table:
    tables: list[pa.Table] = []
    for block in read_row_blocks(file):
        tables.append(_parse_block(block, names=list(COLUMNS) if tables else None))
        if tuple(tables[-1].column_names) != COLUMNS:
            raise BundleUnreadable(
                f"votes.csv has other columns than those of a bundle: {', '.join(COLUMNS)}."
            )
    if not tables:
        raise BundleUnreadable("votes.csv is no table of votes: it is empty.")
    table = pa.concat_tables(tables)
    for name in (*NUMBERS, *STYLES):
        _require_all(table[name].is_valid().to_numpy(), f"has no {name}")
    return table


def _parse_block(block: bytes, *, names: Sequence[str] | None) -> pa.Table:
    """names: of the columns; None is what the first row says. Raises BundleUnreadable."""
    types = {
        **dict.fromkeys((*NUMBERS, *STYLES), pa.int64()),
        **dict.fromkeys(NAMES, pa.dictionary(pa.int32(), pa.string())),
        "probability": pa.float64(),
    }
    # Arrow's threads may outlive a fault, and none of them may need Python by then: not to read on in a file of ours
    # (a program that ends meanwhile is aborted), nor to give the memory back, so that it is Arrow's own.
    memory = pa.BufferOutputStream()
    memory.write(block)
    try:
        return arrow_csv.read_csv(
            pa.BufferReader(memory.getvalue()),
            read_options=arrow_csv.ReadOptions(block_size=len(block), column_names=names),
            parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(column_types=types, null_values=[""]),
        )
    except pa.ArrowException as error:
        raise BundleUnreadable(f"votes.csv is no table of votes: {_shorten(str(error))}") from error


def _build(
    table: pa.Table, *, models: Sequence[str], categories: Sequence[str], languages: Sequence[str]
) -> CountedVotes:
    codes = {
        name: _look_up(table, name, among=among)
        for name, among in {
            "left": models,
            "right": models,
            "outcome": OUTCOMES,
            "category": categories,
            "language": languages,
            "origin": ORIGINS,
        }.items()
    }
    return CountedVotes(
        models=tuple(models),
        categories=tuple(categories),
        languages=tuple(languages),
        position=_read_positions(table),
        **codes,
        **{name: _read_numbered(table, name) for name in ("rater", "prompt")},
        probability=_read_chances(table),
        **{f"{side}_style": _read_styles(table, side) for side in SIDES},
    )


def _list_sorted(table: pa.Table, name: str) -> list[str]:
    return sorted({_take_off(text) for text in table[name].unique().to_pylist() if text})


def _look_up(table: pa.Table, name: str, *, among: Sequence[str]) -> NDArray[np.int64]:
    """(N,) codes of the names in a column; −1 for an empty cell where one may be empty."""
    if not len(table):
        return np.empty(0, dtype=np.int64)
    column = table[name].unify_dictionaries().combine_chunks()
    known = {text: code for code, text in enumerate(among)}
    if name in ("category", "language"):
        known[""] = NONE
    said = column.dictionary.to_pylist()
    codes = np.array([known.get(_take_off(text), -2) for text in said], dtype=np.int64)
    found: NDArray[np.int64] = codes[column.indices.to_numpy()]
    _require_all(found != -2, f"has an unknown {name}")
    return found


def _take_off(text: str) -> str:
    """The name that `defuse_cell` made this cell of."""
    return text[1:] if text.startswith("'") and defuse_cell(text[1:]) == text else text


def _read_positions(table: pa.Table) -> NDArray[np.int64]:
    position: NDArray[np.int64] = table["position"].to_numpy()
    _require_all(position >= 0, "has a position below 0")
    _require_all(np.diff(position, prepend=-1) > 0, "is not behind the vote before it in the ledger")
    return position


def _read_numbered(table: pa.Table, name: str) -> NDArray[np.int64]:
    numbers: NDArray[np.int64] = table[name].to_numpy()
    expected = number_by_first(numbers) if len(numbers) else numbers
    _require_all(
        numbers == expected, f"has another {name} than the next one: they count from 0, by first vote"
    )
    return numbers


def _read_chances(table: pa.Table) -> NDArray[np.float64]:
    """NaN where the cell is empty; a number that is none is refused."""
    cells = table["probability"]
    chances: NDArray[np.float64] = cells.to_numpy()
    fits = (chances > 0) & (chances <= 1)
    _require_all(fits | ~cells.is_valid().to_numpy(), "has a probability that is not above 0 and at most 1")
    return chances


def _read_styles(table: pa.Table, side: str) -> NDArray[np.int64]:
    columns = [table[f"{side}_{feature}"].to_numpy() for feature in STYLE_FEATURES]
    return np.stack(columns, axis=1)


def _require_all(good: NDArray[np.bool_], fault: str) -> None:
    if not good.all():
        raise BundleUnreadable(f"Vote {int(np.flatnonzero(~good)[0]) + 1:,} of votes.csv {fault}.")


def _shorten(said: str) -> str:
    line = make_printable(said.splitlines()[0] if said else "it cannot be read")
    return line if len(line) <= MOST_SAID else f"{line[:MOST_SAID]}…"
