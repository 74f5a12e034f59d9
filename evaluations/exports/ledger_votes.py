"""A sealed vote: what the ledger says of it, and what the tables know beside.

What the ledger says of a vote is taken from its entry, the very bytes that the leaf hash proves.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from evaluations.exports.sources import Source
from evaluations.models import Battle, Outcome


@dataclass(frozen=True, kw_only=True)
class Texts:
    """Messages by prompt and texts by response, of one page of votes."""

    messages: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    responses: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class LedgerVote:
    """One vote. said: the ledger's record. beside: what the tables hold of it, as `pages.look_up` finds it."""

    source: Source
    position: int
    leaf_hash: bytes
    said: dict[str, Any]
    beside: dict[str, Any]
    texts: Texts

    @property
    def kind(self) -> str:
        # Entries from before there were repeats and checks do not say it.
        return str(self.said.get("battle_kind", Battle.Kind.NORMAL))

    @property
    def winning_model(self) -> str | None:
        sides = {Outcome.LEFT: self.said["left"], Outcome.RIGHT: self.said["right"]}
        return sides.get(self.said["outcome"])

    @property
    def cast_at(self) -> datetime:
        """To the minute: exact times would find a person in the logs of other machines."""
        return datetime.fromisoformat(self.said["cast_at"]).replace(second=0, microsecond=0)

    @property
    def exclusion(self) -> str | None:
        return self.source.exclusions.get(self.said["rater"])

    @property
    def withdrew(self) -> bool:
        """Whether its rater took it along: then nothing is told but what the ledger says."""
        return self.said["rater"] in self.source.withdrawn

    @property
    def active_ms(self) -> int | None:
        return None if self.withdrew else self.beside["active_ms"]

    @property
    def may_publish(self) -> bool | None:
        """None where the vote was not cast here: nobody was asked here. Who takes a vote along said no since."""
        if self.withdrew:
            return False
        asked = self.said["origin"] == Battle.Origin.SHOWN
        return self.source.consents.get(self.beside["rater_id"], False if asked else None)

    @property
    def comment(self) -> str | None:
        return self.beside["comment"] or None if self.may_publish else None

    def reasons(self, side: str) -> list[str]:
        return [] if self.withdrew else list((self.beside["reasons"] or {}).get(side, []))

    @cached_property
    def rater(self) -> str:
        salt = bytes(self.beside["salt"])
        if not salt:
            return name_erased_rater(commitment=self.said["rater"])
        return name_rater(study=self.source.study.slug, rater_id=self.beside["rater_id"], salt=salt)

    @property
    def messages(self) -> list[dict[str, Any]]:
        return self.texts.messages[self.beside["prompt_id"]]

    @property
    def left_text(self) -> str:
        return self.texts.responses[self.beside["left_id"]]

    @property
    def right_text(self) -> str:
        return self.texts.responses[self.beside["right_id"]]


def name_rater(*, study: str, rater_id: int, salt: bytes) -> str:
    """A pseudonym: the same in every export of a study, and another one in each study.

    The key is the rater's salt, which no file and no cookie holds: without it nobody can tell that two pseudonyms
    are one person, nor find the ledger's name of the rater. Erasing the salt cuts the last tie.
    """
    name = hmac.new(salt, f"arena-export/1|{study}|{rater_id}".encode(), hashlib.sha256)
    return f"r-{name.hexdigest()[:20]}"


def name_erased_rater(*, commitment: str) -> str:
    """That of a rater without a salt: from what the ledger calls the rater in this study, which nothing ties to
    another study any more. An empty key would, since anyone can count through the raters' ids."""
    return f"r-{hashlib.sha256(f'arena-export/1|{commitment}'.encode()).hexdigest()[:20]}"
