"""Columns of a JSON Lines file. The json module says what is right; pyarrow is the fast way."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, TypeAlias

import pyarrow as pa
from pyarrow import json as arrow_json

from evaluations.errors import BadVotes
from evaluations.ranking.files.columns import Columns, follow_field, spell_number
from evaluations.ranking.files.sources import BLOCK, Source
from evaluations.ranking.reports.texts import make_printable

EXAMPLES: Final = 100  # objects looked at for the names of the columns

Path: TypeAlias = tuple[str, ...]
Object: TypeAlias = dict[str, Any]


class JsonFile:
    """A JSON Lines file; the first objects name its columns. Raises BadVotes when the first cannot be read."""

    head = "Line 1"

    def __init__(self, source: Source) -> None:
        self._source = source
        self._examples: list[Object] = []
        try:
            self._examples.extend(value for _, value in islice(self._objects(), EXAMPLES))
        except BadVotes:
            if not self._examples:  # else it is told when its line is read, after the faults above it
                raise
        self.names = tuple(dict.fromkeys(name for value in self._examples for name in value))

    def has(self, name: str) -> bool:
        """Whether the first objects have this field, or a field at this path, as a.b."""
        return self._path(name) is not None

    def read(self, names: Sequence[str], texts: Sequence[str] = ()) -> Columns:
        """These columns of every object; faults of the file come after the objects before them."""
        paths = {name: self._path(name) or (name,) for name in (*names, *texts)}
        return self._read_fast(paths) or self._read_slowly(paths)

    def place(self, row: int) -> str:
        """Where the object with this number, from 0, is: "Line 7"."""
        return f"Line {next(islice(self._objects(), row, None))[0]}"

    def _objects(self) -> Iterator[tuple[int, Object]]:
        """Each object, and its line. Raises BadVotes at the first line that is not one."""
        text = io.TextIOWrapper(self._source.rewound(), encoding="utf-8-sig", newline="\n")
        line = 0
        try:
            for line, said in enumerate(text, 1):
                if not said.isspace():
                    yield line, _object(said, line)
        except UnicodeDecodeError as error:
            raise self._source.find_bytes_that_are_no_text() from error
        finally:
            text.detach()  # else the wrapper closes the file below when it goes

    def _path(self, name: str) -> Path | None:
        paths = (find_path(name=name, names=value.keys(), inside=value.get) for value in self._examples)
        return next((path for path in paths if path), None)

    def _read_slowly(self, paths: Mapping[str, Path]) -> Columns:
        picked: dict[str, list[Any]] = {name: [] for name in paths}
        fault = None
        try:
            for line, value in self._objects():
                labels = {name: _label(_field(value, path)) for name, path in paths.items()}
                _check_texts(labels, line)
                for name, label in labels.items():
                    picked[name].append(label)
        except BadVotes as error:
            fault = error
        return Columns(
            arrays={name: _array(values, name) for name, values in picked.items()},
            place=self.place,
            fault=fault,
        )

    def _read_fast(self, paths: Mapping[str, Path]) -> Columns | None:
        """None where pyarrow finds a fault, or a value of another type: the slow way is right about those."""
        try:
            fields = {name: self._type(path) for name, path in paths.items()}
            if any(pa.types.is_nested(kind) for kind in fields.values()):
                return None  # a field that the first objects do not have would be lost
            for _ in self._source.blocks():  # pyarrow does not look whether it is UTF-8
                pass
            table = arrow_json.open_json(
                self._source.rewound(),
                read_options=arrow_json.ReadOptions(block_size=BLOCK),
                parse_options=arrow_json.ParseOptions(
                    explicit_schema=_schema({paths[name]: kind for name, kind in fields.items()}),
                    unexpected_field_behavior="ignore",
                ),
            ).read_all()
        except (pa.ArrowException, OverflowError, UnicodeError):
            return None
        arrays = {
            name: follow_field(column=table.column(path[0]), path=path[1:]) for name, path in paths.items()
        }
        return Columns(arrays=arrays, place=self.place)

    def _type(self, path: Path) -> pa.DataType:
        kind = pa.array([_field(value, path) for value in self._examples]).type
        return pa.string() if pa.types.is_null(kind) else kind


def find_path(*, name: str, names: Any, inside: Any) -> Path | None:
    """The names of fields that lead to a.b.c, where names may themselves have dots (math_v0.1); None if none do.

    names: the fields there are. inside: gives the value of a field, which is followed where it has fields.
    """
    if name in names:
        return (name,)
    for field in names:
        if name.startswith(f"{field}."):
            value = inside(field)
            if isinstance(value, dict):
                rest = find_path(name=name.removeprefix(f"{field}."), names=value.keys(), inside=value.get)
                if rest:
                    return (field, *rest)
    return None


def _object(said: str, line: int) -> Object:
    try:
        value = json.loads(said)
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadVotes(f"Line {line} is not JSON: {error}.") from error
    except ValueError as error:
        raise BadVotes(f"Line {line} has a whole number of too many digits to be read.") from error
    if not isinstance(value, dict):
        raise BadVotes(f"Line {line} is not a JSON object, with names of columns and their values.")
    return value


def _field(value: Any, path: Path) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _label(value: Any) -> Any:
    """Text of a single value, as the fast way writes it; objects and lists as they are."""
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            return spell_number(value)
        case int():
            return str(value)
        case _:
            return value


def _check_texts(labels: Mapping[str, Any], line: int) -> None:
    """Raise BadVotes where one has half of a pair of escapes (\\ud800), which is JSON and is no text."""
    for name, label in labels.items():
        text = json.dumps(label, ensure_ascii=False) if isinstance(label, dict | list) else label
        try:
            (text or "").encode()
        except UnicodeEncodeError as error:
            said = label if isinstance(label, str) else text
            raise BadVotes(
                f"Line {line} has {said!r} in {make_printable(name)}: a half of a character is no text."
            ) from error


def _array(values: list[Any], name: str) -> pa.Array:
    try:
        array = pa.array(values)
    except (pa.ArrowException, OverflowError) as error:
        raise BadVotes(f"The field {name} holds an object in one line, and a value in another.") from error
    return array.cast(pa.string()) if pa.types.is_null(array.type) else array


def _schema(kinds: Mapping[Path, pa.DataType]) -> pa.Schema:
    return pa.schema(_fields(kinds))


def _fields(kinds: Mapping[Path, pa.DataType]) -> list[pa.Field]:
    """The fields of the objects in which these paths lead to these types."""
    fields = []
    for name in dict.fromkeys(path[0] for path in kinds):
        inner = {path[1:]: kind for path, kind in kinds.items() if path[0] == name}
        fields.append(pa.field(name, inner[()] if () in inner else pa.struct(_fields(inner))))
    return fields
