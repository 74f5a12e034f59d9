"""One JSON object from its text, and what is wrong with it. Pure: no Django."""

import json
from collections.abc import Sequence
from typing import Any, NoReturn

from evaluations.ingest.faults import Fault, Report, SourceFile, show_text
from evaluations.ingest.records import Record


class _BadJsonError(ValueError):
    """JSON that Python takes and we don't: NaN, or a key twice."""

    def __init__(self, message: str, says: str) -> None:
        super().__init__(message)
        self.message, self.says = message, says


def read_object(*, source: SourceFile, text: str, line: int, report: Report) -> Record | None:
    """The object as a record; None, and a fault, for anything else."""
    try:
        value = json.loads(text, object_pairs_hook=_make_object, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        message, says, values = _describe(text, error)
    else:
        if isinstance(value, dict):
            return Record(line=line, values=value)
        message, says, values = "not_object", text, {}
    shown = show_text(says.strip())
    report(Fault(message=message, file=source.name, line=line, says=shown, values=values))
    return None


def _make_object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _BadJsonError("duplicate_key", next(key for key in keys if keys.count(key) > 1))
    return values


def _refuse_constant(constant: str) -> NoReturn:
    raise _BadJsonError("bad_number", constant)


def _describe(text: str, error: Exception) -> tuple[str, str, dict[str, object]]:
    match error:
        case _BadJsonError():
            return error.message, error.says, {}
        case RecursionError():
            return "nested_too_deep", text, {"limit": 20}
        case json.JSONDecodeError():
            near = text[max(0, error.pos - 30) : error.pos + 60]
            return "bad_json", near, {"reason": error.msg, "position": error.pos + 1}
        # Python refuses to read an integer of more than 4,300 digits.
        case _:
            return "bad_number", text, {}
