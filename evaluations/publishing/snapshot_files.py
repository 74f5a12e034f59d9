"""The files of JSON in a bundle, read by whoever trusts nobody: what is computed from is checked before it is used."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, Final, NoReturn
from urllib.parse import urlencode

import rfc8785

from evaluations.canonical import encode_canonical
from evaluations.errors import BundleUnreadable
from evaluations.publishing.analyses import Analysis
from evaluations.publishing.claims import KINDS
from evaluations.ranking import Parameters

Check = Callable[[Any], bool]

PARAMETERS: Final = frozenset(field.name for field in fields(Parameters))
# Of an analysis, in the order of its key.
QUERY: Final = tuple(field.name for field in fields(Analysis))
# What a claim's record says besides the registered claim: `judge_claims` makes it.
JUDGED: Final = frozenset(
    (
        *("level", "holds", "verdict", "lower", "upper", "lower_points", "upper_points"),
        *("mean", "votes", "observations", "still_needed"),
    )
)


def read_json(data: bytes, *, name: str) -> dict[str, Any]:
    """An object of canonical JSON, as its bytes are hashed. Raises BundleUnreadable."""
    try:
        value = json.loads(data, parse_constant=_refuse_constant)
        canonical = encode_canonical(value)
    except (ValueError, RecursionError, rfc8785.CanonicalizationError) as error:
        raise BundleUnreadable(f"{name} is no JSON that can be read.") from error
    if not isinstance(value, dict):
        raise BundleUnreadable(f"{name} is no JSON object.")
    if canonical != data:
        raise BundleUnreadable(f"{name} is not canonical JSON (RFC 8785), and so not as it was hashed.")
    return value


def read_analyses(data: bytes, *, name: str) -> dict[str, bytes]:
    """Canonical documents, one a line, by the key of the analysis that they say they are. Raises BundleUnreadable."""
    found: dict[str, bytes] = {}
    for number, line in enumerate(data.split(b"\n")[:-1], start=1):
        said = f"Line {number:,} of {name}"
        query = read_json(line, name=said).get("analysis")
        if (
            not isinstance(query, dict)
            or not query.keys() <= set(QUERY)
            or not all(map(_is_text, query.values()))
        ):
            raise BundleUnreadable(f"{said} does not say which analysis it is.")
        key = urlencode({part: query[part] for part in QUERY if part in query})
        if key in found:
            raise BundleUnreadable(f"{said} is of an analysis that came before.")
        found[key] = line
    return found


def check_head(document: Mapping[str, Any]) -> None:
    """Raise BundleUnreadable unless the snapshot says, whatever its format, which one it is."""
    for name in ("format", "leaderboard", "study", "code_version", "input_digest"):
        _require(document, name, _is_text)
    _require(document, "ledger_size", _is_whole)
    _require(document, "models", _is_list_of_names)
    _require(document, "votes", _is_object)
    _require(document["votes"], "counted", _is_whole)
    _require(document["votes"], "received", _is_whole)


def check_document(document: Mapping[str, Any]) -> None:
    """Raise BundleUnreadable unless all that the figures are computed from is there, and of its kind."""
    _require(document, "parameters", lambda value: _is_object(value) and value.keys() <= PARAMETERS)
    _require(document, "analyses", lambda value: _is_object(value) and all(map(_is_text, value.values())))
    _require(document, "exclusions", _is_object)
    for name in ("raters", "votes"):
        _require(document["exclusions"], name, _is_whole)
    _require(
        document["exclusions"], "withdrawn", lambda value: _is_object(value) and _is_whole(value.get("votes"))
    )
    _require(document["exclusions"], "positions", lambda value: isinstance(value, list))
    _require(document, "claims", lambda value: isinstance(value, list) and all(map(_is_object, value)))
    for claim in document["claims"]:
        _check_claim(claim, models=document["models"])


def strip_judgement(claim: Mapping[str, Any]) -> dict[str, Any]:
    """The claim as it was registered."""
    return {name: value for name, value in claim.items() if name not in JUDGED}


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _check_claim(claim: Mapping[str, Any], *, models: list[str]) -> None:
    _require(claim, "kind", lambda value: _is_text(value) and value in KINDS)
    _require(claim, "margin", _is_number)
    _require(claim, "alpha", lambda value: _is_number(value) and 0 < value < 1)
    for side in ("model", "rival"):
        _require(claim, side, lambda value: value in models)


def _require(record: Mapping[str, Any], name: str, holds: Check) -> None:
    if name not in record or not holds(record[name]):
        raise BundleUnreadable(
            f"snapshot.json is not what a snapshot is: its “{name}” is missing or of another kind."
        )


def _refuse_constant(_said: str) -> NoReturn:
    raise ValueError


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_list_of_names(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value)) and len(set(value)) == len(value)
