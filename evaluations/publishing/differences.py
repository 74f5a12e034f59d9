"""Where two values of JSON differ, by path, in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from evaluations.ranking.reports.texts import make_printable

MOST_LETTERS: Final = 100
SNAPSHOT_SAYS: Final = "the snapshot says"
VOTES_GIVE: Final = "the votes give"


class _Nothing:
    """What stands where one of the two has no value at all."""

    def __repr__(self) -> str:
        return "nothing"


NOTHING: Final = _Nothing()


@dataclass(frozen=True, kw_only=True)
class Difference:
    """path: as in “ranking[3].score”. said, found: the two values, of which NOTHING is none; by whom: said_by,
    found_by."""

    path: str
    said: Any
    found: Any
    said_by: str = SNAPSHOT_SAYS
    found_by: str = VOTES_GIVE

    @property
    def sentence(self) -> str:
        said, found = show_value(self.said), show_value(self.found)
        return f"{make_printable(self.path)}: {self.said_by} {said}, {self.found_by} {found}"

    def as_record(self) -> dict[str, Any]:
        values = {"said": self.said, "found": self.found}
        return {
            "path": self.path,
            **{name: value for name, value in values.items() if value is not NOTHING},
            "sentence": self.sentence,
        }


def list_differences(said: Any, found: Any, *, path: str = "") -> Iterator[Difference]:
    """Every place where two values of JSON are not the same, in order; true is not 1, and 1.0 is."""
    if isinstance(said, dict) and isinstance(found, dict):
        yield from _list_in_objects(said, found, path=path)
    elif isinstance(said, list) and isinstance(found, list):
        yield from _list_in_arrays(said, found, path=path)
    elif said != found or isinstance(said, bool) != isinstance(found, bool):
        yield Difference(path=path, said=said, found=found)


def show_value(value: Any) -> str:
    """Short, on one line, without what a terminal would obey."""
    if value is NOTHING:
        return "nothing"
    text = make_printable(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]}…"


def _list_in_objects(said: Mapping[str, Any], found: Mapping[str, Any], *, path: str) -> Iterator[Difference]:
    for name in [*said, *(name for name in found if name not in said)]:
        inner = f"{path}.{name}" if path else name
        yield from list_differences(said.get(name, NOTHING), found.get(name, NOTHING), path=inner)


def _list_in_arrays(said: Sequence[Any], found: Sequence[Any], *, path: str) -> Iterator[Difference]:
    for place in range(max(len(said), len(found))):
        pair = [values[place] if place < len(values) else NOTHING for values in (said, found)]
        yield from list_differences(*pair, path=f"{path}[{place}]")
