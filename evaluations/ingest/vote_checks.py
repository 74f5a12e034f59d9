"""A file of recorded votes, checked against the prompt set it is about. Pure: no Django."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from evaluations.ingest.faults import CheckStoppedError, FaultTally, Report, SourceFile
from evaluations.ingest.layouts import Role
from evaluations.ingest.prompt_checks import Mappings, open_sheets, shift_progress
from evaluations.ingest.references import Suggester
from evaluations.ingest.rows import Row, Sheet, read_rows
from evaluations.ingest.streams import Progress

VOTE_ROLES = (Role.VOTES,)


@dataclass(frozen=True, kw_only=True)
class KnownResponses:
    """What votes may name: prompts by id, models by id, name or slug; and the responses of (prompt, slug)."""

    prompts: Mapping[str, int]
    models: Mapping[str, str]
    responses: Mapping[tuple[str, str], int]


@dataclass(frozen=True, kw_only=True)
class VoteSummary:
    """What the file holds."""

    votes: int = 0
    raters: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)


def check_vote_files(
    *,
    sources: Sequence[SourceFile],
    known: KnownResponses,
    max_mb: int,
    report: FaultTally,
    mappings: Mappings | None = None,
    progress: Progress | None = None,
) -> tuple[list[Sheet], VoteSummary]:
    """Check every vote of every file. `progress` is told the bytes read so far, of all the files."""
    check = _VoteCheck(known=known, report=report)
    sheets: list[Sheet] = []
    try:
        sheets = open_sheets(
            sources=sources,
            max_mb=max_mb,
            roles=VOTE_ROLES,
            stranger="not_votes",
            report=report,
            mappings=mappings,
        )
        done = 0
        for sheet in sheets:
            for row in read_rows(sheet=sheet, report=report, progress=shift_progress(progress, by=done)):
                check.check_vote(row)
            done += sheet.source.path.stat().st_size
    except CheckStoppedError:
        pass
    return sheets, check.summarise()


class _VoteCheck:
    def __init__(self, *, known: KnownResponses, report: Report) -> None:
        self.known, self.report = known, report
        self.suggester = Suggester()
        self.outcomes: Counter[str] = Counter()
        self.raters: set[str] = set()

    def summarise(self) -> VoteSummary:
        outcomes = dict(self.outcomes)
        return VoteSummary(votes=self.outcomes.total(), raters=len(self.raters), outcomes=outcomes)

    def check_vote(self, row: Row) -> None:
        self.outcomes[row.get("winner")] += 1
        self.raters.add(row.get("rater"))
        sound = self._names_one_of(row, field="prompt", noun="prompt", known=self.known.prompts)
        for side in ("left", "right"):
            named = self._names_one_of(row, field=side, noun="model", known=self.known.models)
            if sound and named:
                self._check_response(row, side=side)
        left, right = (self.known.models.get(row.get(side)) for side in ("left", "right"))
        if left is not None and left == right:
            self.report(row.fault("same_model", field="right"))

    def _names_one_of(self, row: Row, *, field: str, noun: str, known: Mapping[str, object]) -> bool:
        if row.has(field) and row.get(field) not in known:
            self.report(self.suggester.describe(row=row, field=field, noun=noun, known=known))
        return row.has(field) and row.get(field) in known

    def _check_response(self, row: Row, *, side: str) -> None:
        model = self.known.models[row.get(side)]
        if (row.get("prompt"), model) not in self.known.responses:
            self.report(row.fault("no_response", field=side, prompt=row.get("prompt")))
