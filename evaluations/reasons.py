"""What a rater says beside the vote: reasons, a comment, the time it took. All may be missing, none is trusted."""

import re
from collections.abc import Mapping, Sequence

LONGEST_COMMENT = 1000
LONGEST_ACTIVE_MS = 3_600_000
SIDES = ("left", "right")
# All controls but the line feed; and halves of characters, which PostgreSQL keeps as little as a NUL.
UNWRITTEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def choose_reasons(
    *, given: Mapping[str, Sequence[str]] | None, offered: Sequence[str]
) -> dict[str, list[str]] | None:
    """Of the words given for each side those that the study offers, in its order. None where none is left."""
    chosen = {side: [tag for tag in offered if tag in (given or {}).get(side, ())] for side in SIDES}
    return chosen if any(chosen.values()) else None


def clean_comment(text: str) -> str:
    """The comment without control characters, its lines kept, cut at its greatest length."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return UNWRITTEN.sub("", lines).strip()[:LONGEST_COMMENT].rstrip()


def check_active_ms(milliseconds: int | None) -> int | None:
    """The time as the browser measured it; None where it says nothing that can be."""
    if milliseconds is None or not 0 <= milliseconds <= LONGEST_ACTIVE_MS:
        return None
    return milliseconds
