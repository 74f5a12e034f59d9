"""One cell: what a column of each kind takes, and the value the house keeps. Pure: no Django."""

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from evaluations.ingest.layouts import Column, Kind
from evaluations.ingest.records import BadCell

LARGEST_INTEGER = 2**53 - 1
DEEPEST_JSON = 20
ROLES = ("system", "user", "assistant")
WINNERS = {
    "left": "left",
    "right": "right",
    "tie": "tie",
    "both_bad": "both_bad",
    "both bad": "both_bad",
    "tie (bothbad)": "both_bad",
}
LANGUAGE_CODE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")
LANGUAGE_NAMES = {
    "ar": ("arabic", "arabe"),
    "de": ("german", "allemand", "deutsch"),
    "en": ("english", "anglais"),
    "es": ("spanish", "espagnol", "español"),
    "fr": ("french", "français", "francais"),
    "it": ("italian", "italien", "italiano"),
    "ja": ("japanese", "japonais"),
    "nl": ("dutch", "néerlandais", "nederlands"),
    "pt": ("portuguese", "portugais", "português"),
    "ru": ("russian", "russe"),
    "zh": ("chinese", "chinois"),
}
LANGUAGES_BY_NAME = {name: code for code, names in LANGUAGE_NAMES.items() for name in names}
# UTF-8 once read as Windows-1252. The general test (encode, decode, see) would refuse good text, such as "É"
# before a no-break space. Hence these leads only, and after a capital only what no word is followed by.
FOLLOWS_A_WORD = "\u00a0\u00ab\u00bb…‘’“”–—"
FOLLOWS_NO_WORD = "\u0080-\u009f\u00a1-\u00aa\u00ac-\u00ba\u00bc-\u00bf€‚ƒ„†‡ˆ‰Š‹ŒŽ•˜™š›œžŸ"
DAMAGED = re.compile(
    rf"[ÃÂ][{FOLLOWS_NO_WORD}]|(?<![A-ZÀ-Ý])[ÃÂ][{FOLLOWS_A_WORD}]"
    rf"|â€[{FOLLOWS_NO_WORD}{FOLLOWS_A_WORD}]?|ðŸ[{FOLLOWS_NO_WORD}{FOLLOWS_A_WORD}]{{2}}"
)
DAMAGED_LEADS = ("Ã", "Â", "â€", "ðŸ")
SURROGATE = re.compile("[\ud800-\udfff]")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class BadValueError(Exception):
    """Why a cell can't be taken: the name of the message, the part of the cell to show, its values."""

    def __init__(self, message: str, *, says: Any = None, **values: object) -> None:
        super().__init__(message)
        self.message, self.says, self.values = message, says, values


def clean_value(*, column: Column, value: Any) -> Any:
    """The value as the house keeps it. Raises BadValueError."""
    if isinstance(value, BadCell):
        raise BadValueError(value.message, says=value.says, **value.values)
    cleaned = CLEANERS[column.kind](value)
    if isinstance(cleaned, str):
        if column.needed and not column.may_be_empty and not cleaned.strip():
            raise BadValueError("prompt_missing" if column.kind is Kind.TEXT else "missing_value")
        if column.kind is not Kind.TEXT and len(cleaned) > column.longest:
            raise BadValueError("too_long", limit=column.longest)
    return cleaned


def clean_text(value: Any) -> str:
    """Text as it is written, spaces included. BadValueError for what can't be stored or was damaged."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadValueError("not_text_value")
    if "\x00" in value:
        raise BadValueError("nul", says=_cut_around(value, value.index("\x00")))
    if not value.isascii():
        _check_characters(value)
    return value


def _check_characters(value: str) -> None:
    if lone := SURROGATE.search(value):
        raise BadValueError("half_character", says=_cut_around(value, lone.start()))
    if any(lead in value for lead in DAMAGED_LEADS) and (found := DAMAGED.search(value)):
        meant = _mend(found.group())
        raise BadValueError(
            "damaged_accents", says=_cut_around(value, found.start()), found=found.group(), meant=meant
        )


def _mend(damaged: str) -> str:
    """What the characters were before they were read wrongly. Windows-1252 leaves five bytes unnamed."""
    raw = b"".join(c.encode("latin-1") if ord(c) < 256 else c.encode("cp1252") for c in damaged)
    return raw.decode("utf-8", "replace")


def _cut_around(value: str, position: int) -> str:
    start = max(0, position - 20)
    return ("…" if start else "") + value[start : position + 60]


def clean_key(value: Any) -> str:
    """A short text on one line, without spaces around it. A whole number is taken as its digits."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    text = clean_text(value).strip()
    if CONTROL.search(text):
        raise BadValueError("control_character")
    return text


def clean_language(value: Any) -> str:
    text = clean_key(value)
    code = LANGUAGES_BY_NAME.get(text.lower()) or (text.lower() if len(text) == 2 else "")
    if text and not (LANGUAGE_CODE.fullmatch(text) and len(text) <= 16):
        if LANGUAGE_CODE.fullmatch(code):
            raise BadValueError("named_language", code=code)
        raise BadValueError("unknown_language")
    return text


def clean_winner(value: Any) -> str:
    text = clean_key(value).lower()
    if text and text not in WINNERS:
        raise BadValueError("unknown_winner")
    return WINNERS.get(text, "")


def clean_metadata(value: Any) -> dict[str, Any]:
    metadata = _parse_cell(value, "bad_metadata")
    if metadata in (None, ""):
        return {}
    if not isinstance(metadata, dict):
        raise BadValueError("bad_metadata")
    check_json(metadata)
    return metadata


def clean_messages(value: Any) -> list[dict[str, str]]:
    """A conversation that ends with the user's turn. Empty where the cell is."""
    messages = _parse_cell(value, "messages_not_list")
    if messages in (None, ""):
        return []
    if not isinstance(messages, list) or not messages:
        raise BadValueError("messages_not_list")
    cleaned = [_clean_message(message, number) for number, message in enumerate(messages, start=1)]
    if cleaned[-1]["role"] != "user":
        raise BadValueError("messages_end", says=cleaned[-1]["role"])
    return cleaned


def _clean_message(message: Any, number: int) -> dict[str, str]:
    if not isinstance(message, dict) or set(message) != {"role", "content"}:
        raise BadValueError("message_shape", says=message, number=number)
    if message["role"] not in ROLES:
        raise BadValueError("message_role", says=message["role"], number=number)
    content = clean_text(message["content"])
    if not content.strip():
        raise BadValueError("message_empty", says=message, number=number)
    return {"role": message["role"], "content": content}


def _parse_cell(value: Any, message: str) -> Any:
    """JSON in a cell of a CSV; in JSONL it is parsed already."""
    if not isinstance(value, str) or not value.strip():
        return value
    try:
        return json.loads(value, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadValueError(message) from error


def _refuse_constant(constant: str) -> NoReturn:
    raise BadValueError("bad_number", says=constant)


def check_json(value: Any, *, depth: int = 0) -> None:
    """Raise BadValueError for what neither the database nor canonical JSON can say."""
    if depth > DEEPEST_JSON:
        raise BadValueError("nested_too_deep", limit=DEEPEST_JSON)
    match value:
        case str():
            clean_text(value)
        case bool() | None:
            pass
        case int() | float():
            if abs(value) > LARGEST_INTEGER or not math.isfinite(value):
                raise BadValueError("bad_number", says=value)
        case dict():
            for key, item in value.items():
                clean_text(key)
                check_json(item, depth=depth + 1)
        case list():
            for item in value:
                check_json(item, depth=depth + 1)
        case BadCell():
            raise BadValueError(value.message, says=value.says, **value.values)
        # A date or bytes inside a value of a Parquet file.
        case _:
            raise BadValueError("not_text_value", says=str(value))


CLEANERS: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.KEY: clean_key,
    Kind.NAME: clean_key,
    Kind.TEXT: clean_text,
    Kind.LANGUAGE: clean_language,
    Kind.MESSAGES: clean_messages,
    Kind.METADATA: clean_metadata,
    Kind.WINNER: clean_winner,
}
