"""What a check finds, on its way into tables: in batches, in the language of whoever imports."""

from datetime import datetime

from django.utils.translation import gettext as _

from evaluations.copying import copy_rows
from evaluations.findings import build_finding
from evaluations.imports.leases import CheckLease
from evaluations.ingest.faults import Fault, FaultTally
from evaluations.ingest.found_responses import FoundResponse
from evaluations.models import Finding, ImportFault

BATCH = 1_000

Decided = tuple[str, datetime | None, int | None]


class Recorder:
    """Writes faults and findings of one import while it holds the lease."""

    def __init__(self, *, lease: CheckLease, limit: int) -> None:
        self.lease = lease
        self.tally = FaultTally(report=self.record, limit=limit)
        self.messages: set[str] = set()
        self.faults: list[ImportFault] = []
        self.findings: list[Finding] = []
        self.decided: dict[tuple[str, str, str], Decided] = {}

    def clear(self) -> None:
        """Forget what an earlier check wrote, but what a person decided."""
        with self.lease.hold() as upload:
            earlier = upload.findings.exclude(decided_at=None)
            self.decided = {
                (kind, prompt, model): (decision, decided_at, decided_by)
                for kind, prompt, model, decision, decided_at, decided_by in earlier.values_list(
                    "kind", "prompt_key", "model_name", "decision", "decided_at", "decided_by"
                )
            }
            upload.findings.all().delete()
            upload.faults.all().delete()

    def record(self, fault: Fault) -> None:
        self.messages.add(fault.message)
        self.faults.append(
            ImportFault(
                upload_id=self.lease.pk,
                severity=fault.severity,
                file=fault.file,
                line=fault.line,
                column=fault.column,
                says=fault.says,
                problem=fault.describe_problem(_)[:400],
                remedy=fault.describe_remedy(_)[:400],
            )
        )
        if len(self.faults) >= BATCH:
            self.flush()

    def record_found(self, found: FoundResponse) -> None:
        """An answer that a person should look at, as the check gives it."""
        finding = build_finding(found=found)
        finding.upload_id = self.lease.pk
        place = (finding.kind, finding.prompt_key, finding.model_name)
        if place in self.decided:
            finding.decision, finding.decided_at, finding.decided_by_id = self.decided[place]
        self.findings.append(finding)
        if len(self.findings) >= BATCH:
            self.flush()

    def flush(self) -> None:
        if not self.faults and not self.findings:
            return
        with self.lease.hold():
            copy_rows(rows=self.faults)
            copy_rows(rows=self.findings)
        self.faults, self.findings = [], []
