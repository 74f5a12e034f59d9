"""Limits that flag a rater for a person to look at, where a study sets none of its own. Part of the protocol."""

from typing import Final

LIMITS: Final = {
    # Seconds: a median below it is faster than anyone reads.
    "fastest_seconds": 8.0,
    # Share of votes for one side.
    "one_side": 0.8,
    # Shares of checks right, of votes as others voted, of repeats answered alike: below them is a flag.
    "checks": 0.6,
    "agreement": 0.4,
    "repeats": 0.5,
}
