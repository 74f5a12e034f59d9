"""What an export is made from: a study, a prefix of the ledger, and what was asked for."""

import json
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import JSONField, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from evaluations.models import Battle, Consent, LedgerEntry, Study

# What the file says instead of a person's reason. A word of the format, in no language.
WITHDREW = "withdrew"


@dataclass(frozen=True, kw_only=True)
class ExportOptions:
    """texts: prompts and responses beside the votes. kept_only: without the votes of excluded raters. normal_only:
    without repeats and checks. publishable_only: without the votes of raters who did not agree that theirs be
    published. by_pair: one preference for each pair of responses, by the majority of at least `minimum_votes`."""

    texts: bool = False
    kept_only: bool = False
    normal_only: bool = False
    publishable_only: bool = False
    by_pair: bool = False
    minimum_votes: int = 3

    def list_words(self) -> list[str]:
        """What is not as usual, for the name of the file."""
        named = [("texts", self.texts), ("kept", self.kept_only), ("normal", self.normal_only)]
        words = [word for word, asked in [*named, ("publishable", self.publishable_only)] if asked]
        return [*words, f"pairs-of-{self.minimum_votes}"] if self.by_pair else words


@dataclass(frozen=True, kw_only=True)
class Source:
    """A study's votes in the first `ledger_size` entries of the ledger. limit: rows at most, for a sample.

    The ledger only grows, so that every read of one prefix finds the same votes.
    """

    study: Study
    ledger_size: int
    options: ExportOptions = field(default_factory=ExportOptions)
    limit: int | None = None

    @cached_property
    def exclusions(self) -> dict[str, str]:
        """The reason by excluded rater, each as the ledger names raters; the newest decision in the prefix holds, and
        a withdrawal against any."""
        reasons: dict[str, str] = {}
        for kind, said in self._read_decisions(
            LedgerEntry.Kind.RATER_EXCLUDED, LedgerEntry.Kind.RATER_RESTORED
        ):
            reasons.pop(said["rater"], None)
            if kind == LedgerEntry.Kind.RATER_EXCLUDED:
                reasons[said["rater"]] = said["reason"]
        return {**reasons, **dict.fromkeys(self.withdrawn, WITHDREW)}

    @cached_property
    def withdrawn(self) -> set[str]:
        """Raters who withdrew and took their votes along, as the ledger names them."""
        return {said["rater"] for _kind, said in self._read_decisions(LedgerEntry.Kind.RATER_WITHDRAWN)}

    @cached_property
    def withdrawn_by_now(self) -> set[str]:
        """The same of the whole ledger: like a consent, what may be published is asked now, not of the prefix."""
        kinds = (LedgerEntry.Kind.RATER_WITHDRAWN,)
        return {said["rater"] for _kind, said in self._read_decisions(*kinds, by_now=True)}

    def _read_decisions(self, *kinds: str, by_now: bool = False) -> list[tuple[str, dict[str, str]]]:
        decisions = LedgerEntry.objects.filter(study=self.study, kind__in=kinds).order_by("position")
        if not by_now:
            decisions = decisions.filter(position__lt=self.ledger_size)
        return [(kind, json.loads(record)) for kind, record in decisions.values_list("kind", "record")]

    @cached_property
    def consents(self) -> dict[int, bool]:
        """Whether a rater agreed that the votes be published; the newest consent holds."""
        return dict(self._newest_consents().values_list("rater_id", "may_publish").iterator())

    def _newest_consents(self) -> QuerySet[Consent]:
        given = Consent.objects.filter(study=self.study).order_by("rater", "-text_version", "-pk")
        return Consent.objects.filter(pk__in=given.distinct("rater").values("pk"))

    def find_votes(self, *, normal_only: bool, kept_only: bool) -> QuerySet[LedgerEntry]:
        """The entries of the votes that the file is about."""
        votes = LedgerEntry.objects.filter(
            study=self.study, kind=LedgerEntry.Kind.VOTE, position__lt=self.ledger_size
        )
        if normal_only:
            votes = votes.filter(vote__battle__kind=Battle.Kind.NORMAL)
        if self.options.publishable_only:
            agreed = Q(
                vote__battle__rater_id__in=self._newest_consents().filter(may_publish=True).values("rater")
            )
            # Votes that were recorded elsewhere, or simulated, came without a consent that could be asked for here.
            votes = votes.filter(agreed | ~Q(vote__battle__origin=Battle.Origin.SHOWN))
        left_out = set(self.exclusions) if kept_only else set()
        if self.options.publishable_only:
            left_out |= self.withdrawn_by_now
        if left_out:
            said = KeyTextTransform("rater", Cast("record", JSONField()))
            votes = votes.annotate(said=said).exclude(said__in=list(left_out))
        return votes
