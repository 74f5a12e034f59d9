"""Findings: answers that a person should look at before anyone sees them, and what was decided about each."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from evaluations.audit import record_event
from evaluations.copying import copy_rows
from evaluations.errors import ImportDone, IngestError
from evaluations.ingest.faults import show_text
from evaluations.ingest.self_identification import (
    Match,
    Rules,
    find_self_identification,
    load_rules,
    mask_matches,
)
from evaluations.models import Finding, GenerationRun, Import, LanguageModel

LONGEST_EXCERPT = 400
LONGEST_WORDS = 200
# Where one answer has several findings, the decision that shows least of it holds.
STRONGEST = (Finding.Decision.LEAVE_OUT, Finding.Decision.MASK, Finding.Decision.KEEP)


class Found(Protocol):
    """What the check of a file, or of a generated answer, says of one answer."""

    @property
    def kind(self) -> str: ...
    @property
    def prompt_key(self) -> str: ...
    @property
    def model_name(self) -> str: ...
    @property
    def file(self) -> str: ...
    @property
    def line(self) -> int | None: ...
    @property
    def excerpt(self) -> str: ...
    @property
    def says(self) -> str: ...
    @property
    def rule(self) -> str: ...
    @property
    def other_model(self) -> str: ...


class TreatedText(NamedTuple):
    """An answer as it is kept, and the digest of what it said where it was masked."""

    text: str
    original_digest: str = ""


def build_finding(*, found: Found) -> Finding:
    """An unsaved row; the caller says which import or run it belongs to."""
    return Finding(
        kind=found.kind,
        prompt_key=found.prompt_key,
        model_name=found.model_name,
        file=found.file,
        line=found.line,
        excerpt=show_text(found.excerpt, longest=LONGEST_EXCERPT),
        says=show_text(found.says, longest=LONGEST_WORDS),
        rule=found.rule,
        other_model=found.other_model,
    )


def record_findings(
    *, upload: Import | None = None, run: GenerationRun | None = None, found: Iterable[Found]
) -> int:
    """Keep what was found in an import's or a run's answers. Returns how many."""
    rows = [build_finding(found=one) for one in found]
    for row in rows:
        row.upload, row.run = upload, run
    return len(copy_rows(rows=rows))


@lru_cache(maxsize=1)
def read_rules() -> Rules:
    """The rules of the house, read once a process."""
    return load_rules()


def list_names(*, model: LanguageModel) -> list[str]:
    """What a model must not call itself: its name and its maker's."""
    return [name for name in (model.name, model.maker) if name]


def find_in_text(*, text: str, model: LanguageModel, also: Iterable[str] = ()) -> list[Match]:
    """Where an answer names its author; `also` are other names for the model or its maker."""
    names = list(dict.fromkeys([*list_names(model=model), *filter(None, also)]))
    return find_self_identification(text=text, rules=read_rules(), names=names)


def apply_decision(
    *, decision: str, text: str, model: LanguageModel, also: Iterable[str] = ()
) -> TreatedText | None:
    """The answer as decided: as it is, masked, or None where it is left out."""
    if decision == Finding.Decision.LEAVE_OUT:
        return None
    if decision != Finding.Decision.MASK:
        return TreatedText(text)
    masked = mask_matches(text=text, matches=find_in_text(text=text, model=model, also=also))
    return TreatedText(masked, hashlib.sha256(text.encode()).hexdigest() if masked != text else "")


@dataclass(frozen=True, kw_only=True)
class Decisions:
    """What was decided about answers, by prompt and by model as the file names it. Nothing said: it is kept."""

    by_answer: Mapping[tuple[str, str], str]

    @classmethod
    def of_import(cls, *, upload: Import) -> "Decisions":
        decided: dict[tuple[str, str], str] = {}
        rows = upload.findings.filter(decision__in=STRONGEST[:2])
        for prompt, model, decision in rows.values_list("prompt_key", "model_name", "decision"):
            stronger = min(decision, decided.get((prompt, model), decision), key=STRONGEST.index)
            decided[prompt, model] = stronger
        return cls(by_answer=decided)

    def treat(
        self, *, prompt_key: str, named: str, model: LanguageModel, maker: str, text: str
    ) -> TreatedText | None:
        """The answer as it is to be stored; `named` is the model's name in the file, `maker` what the file says."""
        decision = self.by_answer.get((prompt_key, named), Finding.Decision.KEEP)
        return apply_decision(decision=decision, text=text, model=model, also=(named, maker))


def list_findings(
    *, upload: Import | None = None, run: GenerationRun | None = None, kind: str = "", undecided: bool = False
) -> QuerySet[Finding]:
    """Those that must be decided first, then the rest, each in the order of the files."""
    findings = Finding.objects.filter(upload=upload, run=run).select_related("decided_by")
    if kind in Finding.Kind.values:
        findings = findings.filter(kind=kind)
    if undecided:
        findings = findings.filter(decision=Finding.Decision.NONE)
    return findings.order_by("-kind", "id")


def count_undecided(*, upload: Import | None = None, run: GenerationRun | None = None) -> int:
    """Answers that name their author and have no decision yet. Empty and identical ones are kept unless decided."""
    waiting = Q(kind=Finding.Kind.SELF_IDENTIFICATION, decision=Finding.Decision.NONE)
    return Finding.objects.filter(waiting, upload=upload, run=run).count()


def count_left_out(*, upload: Import | None = None, run: GenerationRun | None = None) -> int:
    """Answers that are not going to be stored."""
    left_out = Finding.objects.filter(upload=upload, run=run, decision=Finding.Decision.LEAVE_OUT)
    return left_out.values("prompt_key", "model_name").distinct().count()


@transaction.atomic
def decide(*, finding_ids: Iterable[int], decision: str, user: Any, now: datetime) -> int:
    """Decide about findings, again if need be, until their answers are stored. Returns how many were decided.

    Only answers that name their author can be masked; others among them stay as they are. Raises IngestError.
    """
    if decision not in STRONGEST:
        raise IngestError(_("Choose what to do with the responses: keep, mask or leave out."))
    findings = Finding.objects.filter(pk__in=list(finding_ids))
    if decision == Finding.Decision.MASK:
        findings = findings.filter(kind=Finding.Kind.SELF_IDENTIFICATION)
    _lock_open_sources(findings)
    signed_in = user if user is not None and user.is_authenticated else None
    decided = findings.update(decision=decision, decided_at=now, decided_by=signed_in)
    record_event(
        kind="findings_decided",
        user=user,
        now=now,
        subject=_describe_source(findings),
        details={"decision": decision, "findings": decided},
    )
    return decided


def _lock_open_sources(findings: QuerySet[Finding]) -> None:
    """Nothing may be stored while a decision about it changes, and what is stored has been decided."""
    ids = list(findings.order_by().values_list("upload_id", "run_id").distinct())
    uploads = Import.objects.filter(pk__in=[upload for upload, _run in ids if upload]).select_for_update(
        of=("self",)
    )
    runs = GenerationRun.objects.filter(pk__in=[run for _upload, run in ids if run]).select_for_update(
        of=("self",)
    )
    stored = any(upload.state in {Import.State.IMPORTING, Import.State.IMPORTED} for upload in uploads)
    if stored or any(run.published_at is not None for run in runs):
        raise ImportDone(_("These responses are stored already. What was decided about them stands."))


def _describe_source(findings: QuerySet[Finding]) -> str:
    first = findings.select_related("upload", "run").first()
    if first is None:
        return ""
    return (
        f"import {first.upload.token}"
        if first.upload
        else f"generation {first.run.token if first.run else ''}"
    )
