"""Decisions about raters: a person leaves a rater's votes out, keeps them, or takes them back in, and says why.

Nobody is excluded by a machine, nothing is deleted: an exclusion is an entry of the ledger, and so is what takes it
back. Rankings follow from the ledger (`exclusions`); what anyone decided stays on the record.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.audit import record_event
from evaluations.errors import DecisionRefused
from evaluations.ledger import append_decision
from evaluations.models import LedgerEntry, Rater, RaterDecision, Study, Withdrawal
from evaluations.quality.exclusions import name_rater
from evaluations.quality.flags import Flag
from evaluations.quality.raters import RaterQuality
from evaluations.raters import commit_to_rater

LONGEST_REASON = 500
Decision = RaterDecision.Decision
ENTRIES: dict[str, str] = {
    Decision.EXCLUDE: LedgerEntry.Kind.RATER_EXCLUDED,
    Decision.RESTORE: LedgerEntry.Kind.RATER_RESTORED,
}


@transaction.atomic
def decide_rater(
    *,
    study: Study,
    rater: Rater,
    number: int,
    decision: str,
    reason: str,
    flags: Sequence[Flag],
    after: int,
    user: Any,
    now: datetime,
) -> RaterDecision:
    """Write the decision down: in its table, in the ledger unless nothing changes by it, in the audit log.

    `number` is the rater's in the study; `after` the decision that was the newest when this one was taken, 0 for none.
    A form sent twice is one decision. Raises DecisionRefused.
    """
    # Decisions about a rater come one after the other; votes, which refer to the row, don't wait for this.
    rater = Rater.objects.select_for_update(no_key=True).get(pk=rater.pk)
    newest = find_newest(study=study, rater=rater)
    if newest is not None and newest.pk != after and newest.decision == decision:
        return newest
    reason = " ".join(reason.split())
    _check(study=study, newest=newest, decision=decision, reason=reason, after=after)
    if Withdrawal.objects.filter(study=study, rater=rater, rule=Study.Withdrawal.REMOVE).exists():
        raise DecisionRefused(
            _("This rater withdrew, and the votes with them. There is nothing left to decide.")
        )
    code = name_rater(number)
    entry = None
    if decision in ENTRIES:
        record = {
            "study": study.slug,
            "rater": _name_in_ledger(study=study, rater=rater),
            "code": code,
            "reason": reason,
            "at": now.isoformat(),
        }
        entry = append_decision(kind=ENTRIES[decision], study=study, record=record, now=now)
    details = {"reason": reason, "flags": [flag.kind for flag in flags]}
    record_event(
        kind=f"rater_{decision}", user=user, now=now, study=study, subject=f"rater {code}", details=details
    )
    return RaterDecision.objects.create(
        study=study,
        rater=rater,
        decision=decision,
        reason=reason,
        entry=entry,
        flags=[asdict(flag) for flag in flags],
        made_at=now,
        made_by=user,
    )


def _check(*, study: Study, newest: RaterDecision | None, decision: str, reason: str, after: int) -> None:
    if study.state not in {Study.State.OPEN, Study.State.CLOSED}:
        raise DecisionRefused(_("Votes of a pilot never count. There is nothing to decide yet."))
    if (newest.pk if newest else 0) != after:
        raise DecisionRefused(_("Somebody decided about this rater meanwhile. Look at that decision first."))
    if decision not in Decision.values:
        raise DecisionRefused(_("This is no decision that can be taken about a rater."))
    excluded = newest is not None and newest.decision == Decision.EXCLUDE
    if excluded != (decision == Decision.RESTORE):
        raise DecisionRefused(
            _("The votes of this rater are left out already.")
            if excluded
            else _("The votes of this rater are counted already.")
        )
    if not reason:
        raise DecisionRefused(_("A decision needs a reason. Write one, then decide again."))
    if len(reason) > LONGEST_REASON:
        raise DecisionRefused(
            _("The reason is longer than %(most)s characters. Shorten it, then decide again.")
            % {"most": LONGEST_REASON}
        )


def _name_in_ledger(*, study: Study, rater: Rater) -> str:
    """The commitment; of a rater who withdrew, and has no salt to make it again, as an earlier entry has it."""
    if rater.erased_at is None:
        return commit_to_rater(study=study.slug, salt=bytes(rater.salt), code=rater.code)
    entries = LedgerEntry.objects.filter(study=study, vote__battle__rater=rater).order_by("position")
    record = entries.values_list("record", flat=True).first()
    if record is None:
        raise DecisionRefused(_("This rater withdrew and left no vote. There is nothing left to decide."))
    return str(json.loads(record)["rater"])


def find_newest(*, study: Study, rater: Rater) -> RaterDecision | None:
    """The decision that holds."""
    return RaterDecision.objects.filter(study=study, rater=rater).order_by("-pk").first()


def fetch_newest(*, study: Study) -> dict[int, RaterDecision]:
    """The decision that holds, by rater's id."""
    decisions = RaterDecision.objects.filter(study=study).order_by("rater", "-pk").distinct("rater")
    return {decision.rater_id: decision for decision in decisions.select_related("made_by")}


def list_waiting(
    *, raters: Iterable[RaterQuality], newest: dict[int, RaterDecision]
) -> list[tuple[RaterQuality, tuple[Flag, ...]]]:
    """Raters with flags that nobody has decided about, most votes first, each with the flags that are new."""
    waiting = []
    for rater in raters:
        decided = newest.get(rater.rater_id)
        if rater.withdrew or (decided is not None and decided.decision == Decision.EXCLUDE):
            continue
        known = {flag["kind"] for flag in decided.flags} if decided else set()
        new = tuple(flag for flag in rater.flags if flag.kind not in known)
        if new:
            waiting.append((rater, new))
    return sorted(waiting, key=lambda item: (-item[0].votes, item[0].number))
