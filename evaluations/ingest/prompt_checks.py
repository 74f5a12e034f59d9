"""A prompt set's files, checked as a whole: what must be unique, what must exist. Pure: no Django."""

from collections.abc import Callable, Mapping, Sequence

from evaluations.ingest.coverage import PromptSetSummary
from evaluations.ingest.faults import CheckStoppedError, Fault, FaultTally, SourceFile
from evaluations.ingest.found_responses import FoundResponse, ResponseExaminer
from evaluations.ingest.layouts import Role
from evaluations.ingest.opening import open_sheet
from evaluations.ingest.prompt_rows import KnownPrompts, PromptSetCheck
from evaluations.ingest.rows import Sheet, read_rows
from evaluations.ingest.self_identification import Rules
from evaluations.ingest.streams import Progress

MOST_ROWS = 250_000
# The order in which files are read: each names only what came before.
ROLES = (Role.MODELS, Role.PROMPTS, Role.LONG, Role.RESPONSES)

# By the hash of a file: its columns, and the fields they are mapped to.
Mappings = Mapping[str, Mapping[str, str]]


def check_prompt_files(
    *,
    sources: Sequence[SourceFile],
    max_mb: int,
    report: FaultTally,
    mappings: Mappings | None = None,
    known: KnownPrompts | None = None,
    makers: Mapping[str, str] | None = None,
    progress: Progress | None = None,
    found: Callable[[FoundResponse], None] | None = None,
    rules: Rules | None = None,
) -> tuple[list[Sheet], PromptSetSummary]:
    """Check every row of every file. The sheets come back in the order in which they are to be stored.

    With `known`, the files bring responses only. `found` is given each answer that a person should look at: what
    names its author (by `rules`; `makers` says who makes a model, beside what the files say), what is empty, what
    equals another's. `progress` is told the bytes read so far, of all the files.
    """
    examiner = ResponseExaminer(report=report, found=found, rules=rules, makers=makers or {})
    check = PromptSetCheck(report=report, examiner=examiner, known=known)
    sheets: list[Sheet] = []
    try:
        sheets = open_sheets(
            sources=sources,
            max_mb=max_mb,
            roles=ROLES,
            stranger="votes_here",
            report=report,
            mappings=mappings,
        )
        fitting = _keep_fitting(sheets, known=known, report=report)
        done = 0
        for sheet in fitting:
            _check_sheet(check, sheet, report=report, progress=shift_progress(progress, by=done))
            done += sheet.source.path.stat().st_size
    except CheckStoppedError:
        pass
    return sheets, check.coverage.summarise()


def open_sheets(
    *,
    sources: Sequence[SourceFile],
    max_mb: int,
    roles: Sequence[Role],
    stranger: str,
    report: FaultTally | Callable[[Fault], None],
    mappings: Mappings | None = None,
) -> list[Sheet]:
    """The files recognised, in the order of `roles`; `stranger` is the fault of a file with another role."""
    opened = (
        open_sheet(source=source, max_mb=max_mb, report=report, mapping=(mappings or {}).get(source.digest))
        for source in sources
    )
    sheets = [sheet for sheet in opened if sheet]
    for sheet in sheets:
        if sheet.layout.role not in roles:
            report(Fault(message=stranger, file=sheet.source.name, values={"layout": sheet.layout.name}))
    fitting = [sheet for sheet in sheets if sheet.layout.role in roles]
    return sorted(fitting, key=lambda sheet: roles.index(sheet.layout.role))


def _keep_fitting(
    sheets: list[Sheet], *, known: KnownPrompts | None, report: Callable[[Fault], None]
) -> list[Sheet]:
    """Files whose rows can be checked: prompts come with their responses, or are there already."""
    with_prompts = [sheet for sheet in sheets if sheet.layout.role in (Role.PROMPTS, Role.LONG)]
    if known:
        for sheet in with_prompts:
            report(Fault(message="prompts_here", file=sheet.source.name))
        return [sheet for sheet in sheets if sheet not in with_prompts]
    if sheets and not with_prompts:
        report(Fault(message="no_prompts", file=sheets[0].source.name))
    return sheets if with_prompts else []


def shift_progress(progress: Progress | None, *, by: int) -> Progress | None:
    return (lambda done: progress(by + done)) if progress else None


def _check_sheet(
    check: PromptSetCheck, sheet: Sheet, *, report: FaultTally, progress: Progress | None
) -> None:
    check.listed |= sheet.layout.role is Role.MODELS
    for row in read_rows(sheet=sheet, report=report, progress=progress):
        check.rows += 1
        if check.rows > MOST_ROWS:
            report(Fault(message="too_many_rows", file=row.file, values={"limit": MOST_ROWS}))
            raise CheckStoppedError
        check.check_row(row)
