"""Raters: who votes, by pseudonym only."""

import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Any

from django.db import transaction

from evaluations.errors import LedgerError
from evaluations.models import Consent, Rater, Study, StudyText


def create_rater(
    *, now: datetime, kind: str = Rater.Kind.VISITOR, code: str | None = None, run_by: Any = None
) -> Rater:
    """A new rater; with a code, the one who has it already if there is one. run_by: whose program votes for them."""
    values: dict[str, Any] = {
        "salt": secrets.token_bytes(16),
        "kind": kind,
        "created_at": now,
        "run_by": run_by,
    }
    if code is None:
        return Rater.objects.create(code=make_code(), **values)
    return Rater.objects.get_or_create(code=code, defaults=values)[0]


def make_code() -> str:
    return secrets.token_urlsafe(16)


def find_rater(*, code: str | None) -> Rater | None:
    """The rater whose browser holds this code, if there is one."""
    return Rater.objects.filter(code=code).first() if code else None


def commit_to_rater(*, study: str, salt: bytes, code: str) -> str:
    """What the ledger says instead of the rater: HMAC-SHA-256 (RFC 2104) over the study's slug and the rater's code.

    Equal for one rater's votes in a study, another in each study, meaningless once the salt, its key, is erased.
    Raises LedgerError without a salt: with an empty key anyone could make the commitment again.
    """
    if not salt:
        raise LedgerError("This rater was erased: no commitment can be made any more.")
    return hmac.new(salt, f"{study}\n{code}".encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def give_consent(
    *, rater: Rater | None, study: Study, may_publish: bool, uses_keys: bool, now: datetime
) -> Rater:
    """Record that this visitor agrees to the study's terms; a first-time visitor becomes a rater. Returns the rater."""
    rater = rater or create_rater(now=now)
    Consent.objects.get_or_create(
        rater=rater,
        study=study,
        text_version=find_text_version(study=study),
        defaults={
            "protocol_hash": study.protocol_hash,
            "may_publish": may_publish,
            "uses_keys": uses_keys,
            "agreed_at": now,
        },
    )
    return rater


def find_text_version(*, study: Study) -> int:
    """The version of the consent text that raters are shown now; 0 where the study has none of its own."""
    newest = StudyText.objects.filter(study=study, kind=StudyText.Kind.CONSENT).order_by("-version").first()
    return newest.version if newest else 0


def find_consent(*, rater: Rater, study: Study) -> Consent | None:
    version = find_text_version(study=study)
    return Consent.objects.filter(rater=rater, study=study, text_version=version).first()
