"""Withdrawal: the person goes, for good; the votes stay or go by the rule that each study stated before they were cast.

Nothing is deleted from the ledger. Where votes go, an entry says so, and every ranking from there on leaves them out;
what was published before stays as it was published. What is forgotten is whose they were: the salt, without which
nobody can tell that a commitment is this rater's, the code, the panel's ids, and the rater's own words.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from evaluations.items import return_slots_of_rater
from evaluations.ledger import append_decision, settle_votes
from evaluations.models import Admission, LedgerEntry, Rater, RaterIdentity, Study, Vote, Withdrawal
from evaluations.personal.parts import list_parts
from evaluations.raters import commit_to_rater, make_code


@transaction.atomic
def withdraw_rater(*, rater: Rater, now: datetime) -> list[Withdrawal]:
    """Withdraw from every study, and forget the person. Returns what became of the votes, by study.

    Doing it twice is doing it once. A vote that is on its way is in before this or refused after it.
    """
    # Votes, decisions and another withdrawal refer to this row, or wait for it.
    rater = Rater.objects.select_for_update().get(pk=rater.pk)
    if rater.erased_at is None:
        studies = [part.study for part in list_parts(rater=rater)]
        leaving = [study for study in studies if study.withdrawal == Study.Withdrawal.REMOVE]
        settle_votes(rater=rater, leaving=[study.pk for study in leaving], now=now)
        for study in studies:
            _withdraw_from(study=study, rater=rater, now=now)
        return_slots_of_rater(rater=rater)
        _forget(rater=rater, now=now)
    return list(Withdrawal.objects.filter(rater=rater).select_related("study"))


def find_withdrawn(*, study: Study) -> Collection[int]:
    """Ids of the raters who withdrew from the study, whatever became of their votes."""
    return set(Withdrawal.objects.filter(study=study).values_list("rater", flat=True))


def _withdraw_from(*, study: Study, rater: Rater, now: datetime) -> None:
    entry = None
    voted = LedgerEntry.objects.filter(study=study, vote__battle__rater=rater)
    if study.withdrawal == Study.Withdrawal.REMOVE and voted.exists():
        commitment = commit_to_rater(study=study.slug, salt=bytes(rater.salt), code=rater.code)
        record = {"study": study.slug, "rater": commitment, "at": now.isoformat()}
        entry = append_decision(kind=LedgerEntry.Kind.RATER_WITHDRAWN, study=study, record=record, now=now)
    Withdrawal.objects.create(study=study, rater=rater, rule=study.withdrawal, entry=entry, made_at=now)


def _forget(*, rater: Rater, now: datetime) -> None:
    """All that leads back to the person. The votes have their places: no commitment is needed any more."""
    RaterIdentity.objects.filter(rater=rater).delete()
    Admission.objects.filter(rater=rater).update(invitation=None)
    Vote.objects.filter(battle__rater=rater).exclude(comment="").update(comment="")
    rater.code, rater.salt, rater.erased_at = make_code(), b"", now
    rater.save(update_fields=["code", "salt", "erased_at"])
