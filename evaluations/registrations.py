"""Where and when the claims of a study were registered: in the protocols that the ledger holds, and nowhere else."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from evaluations.models import LedgerEntry, Study

PROTOCOLS: Final = (LedgerEntry.Kind.STUDY_OPENED, LedgerEntry.Kind.STUDY_AMENDED)


@dataclass(frozen=True, kw_only=True)
class Registration:
    """A protocol that holds the claim. amendment: its number, 0 as the study was opened; position: in the ledger;
    protocol_hash: SHA-256, hexadecimal, of its canonical JSON; at: when it was written there."""

    amendment: int
    position: int
    protocol_hash: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class RegisteredClaim:
    """first: the protocol from which on the claim has said what it says. repeated: later ones that say the same, word
    for word."""

    first: Registration
    repeated: tuple[Registration, ...]


def fetch_registrations(*, study: Study) -> dict[int, RegisteredClaim]:
    """By number of the claim, as the newest protocol in the ledger has them. Empty before the study is opened."""
    found: dict[int, list[Registration]] = {}
    said: dict[int, Mapping[str, Any]] = {}
    for registration, claims in _read_protocols(study=study):
        for number, claim in claims.items():
            if said.get(number) != claim:
                found[number] = []
            found[number].append(registration)
        said = claims
    return {
        number: RegisteredClaim(first=found[number][0], repeated=tuple(found[number][1:])) for number in said
    }


def _read_protocols(*, study: Study) -> Iterator[tuple[Registration, dict[int, Mapping[str, Any]]]]:
    entries = LedgerEntry.objects.filter(study=study, kind__in=PROTOCOLS).order_by("position")
    for position, record in entries.values_list("position", "record"):
        said = json.loads(record)
        protocol = said["protocol"]
        yield (
            Registration(
                amendment=protocol.get("amendment", 0),
                position=position,
                protocol_hash=said["protocol_hash"],
                at=datetime.fromisoformat(said["at"]),
            ),
            {claim["number"]: claim for claim in protocol.get("claims", [])},
        )
