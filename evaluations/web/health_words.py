"""What a study's health is, in a sentence: one for each state, and then what waits for a person."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluations.background import DOWN, IDLE, IMPORTS, RESPONSES, SLOW, WORKING, Work
from evaluations.models import Study
from evaluations.quality.health import Pace
from evaluations.sentences import write_number
from evaluations.templatetags.figures import day, moment
from evaluations.workers import SCORES, SEALING

# Below so many seconds a time is said in seconds.
RECENT = 120


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The finding, and what follows it."""

    finding: str
    detail: str


def summarise_health(*, study: Study, counted: int, pace: Pace | None, waiting: int, lacking: int) -> Summary:
    """pace: of a study that takes votes; None else."""
    if study.state == Study.State.DRAFT:
        return Summary(
            finding=_("This study is a draft."), detail=_("Nobody rates yet, and everything can be changed.")
        )
    if study.state == Study.State.PILOT:
        votes = ngettext("The pilot runs: %(number)s vote.", "The pilot runs: %(number)s votes.", counted)
        return Summary(
            finding=votes % {"number": write_number(counted)},
            detail=_("Votes of a pilot never count. Raters are listed once the study is open."),
        )
    finding, detail = _describe_progress(study=study, counted=counted, pace=pace)
    asks = _describe_waiting(waiting=waiting, lacking=lacking if study.takes_votes else 0)
    return Summary(finding=finding, detail=" ".join(part for part in (detail, asks) if part))


def _describe_progress(*, study: Study, counted: int, pace: Pace | None) -> tuple[str, str]:
    values = {"counted": write_number(counted), "target": write_number(study.target_votes)}
    if study.recorded:
        votes = ngettext("%(counted)s recorded vote.", "%(counted)s recorded votes.", counted) % values
        return votes, _("They come from a file: nobody rates here.")
    if study.closed_at is not None:
        closed = _("Closed on %(day)s: %(counted)s of %(target)s votes.")
        return closed % {"day": day(study.closed_at), **values}, ""
    if study.paused_at is not None:
        paused = _("Paused since %(day)s: %(counted)s of %(target)s votes.")
        return paused % {"day": day(study.paused_at), **values}, _("Nobody can vote until it goes on.")
    if counted >= study.target_votes:
        return _("All votes are there: %(counted)s of %(target)s.") % values, ""
    if pace is None or pace.early:
        return (
            _("%(counted)s of %(target)s votes.") % values,
            _("It is too early to say when the study ends."),
        )
    return _describe_pace(values=values, pace=pace)


def _describe_pace(*, values: dict[str, str], pace: Pace) -> tuple[str, str]:
    if pace.deadline is not None and pace.is_late:
        finding = _("Late: %(counted)s of %(target)s votes.") % values
        expected = _("At this pace there are %(expected)s votes on %(day)s, when the study ends.")
        return finding, expected % {"expected": write_number(pace.expected or 0), "day": day(pace.deadline)}
    if pace.ends_on is None:
        return _("%(counted)s of %(target)s votes.") % values, _("No vote came in the last seven days.")
    finding = (
        _("On time: %(counted)s of %(target)s votes.")
        if pace.deadline
        else _("%(counted)s of %(target)s votes.")
    )
    return finding % values, _("At this pace all votes are there on %(day)s.") % {"day": day(pace.ends_on)}


def _describe_waiting(*, waiting: int, lacking: int) -> str:
    raters = ngettext(
        "%(number)s rater waits for your decision", "%(number)s raters wait for your decision", waiting
    ) % {"number": write_number(waiting)}
    pairs = ngettext(
        "%(number)s pair of models needs more votes", "%(number)s pairs of models need more votes", lacking
    ) % {"number": write_number(lacking)}
    if waiting and lacking:
        return _("%(raters)s, and %(pairs)s.") % {"raters": raters, "pairs": pairs}
    if waiting or lacking:
        return _("%(sentence)s.") % {"sentence": raters if waiting else pairs}
    return ""


@dataclass(frozen=True, kw_only=True)
class WorkRow:
    """A kind of work as the page shows it."""

    name: str
    state: str
    status: str
    sentence: str


STATUSES = {WORKING: "status-live", IDLE: "status-good", SLOW: "status-warn", DOWN: "status-bad"}


def describe_work(work: Work, *, now: datetime) -> WorkRow:
    names = {
        IMPORTS: _("Imports"),
        RESPONSES: _("Responses"),
        SCORES: _("Scores"),
        SEALING: _("Sealing of votes"),
    }
    states = {WORKING: _("Working"), IDLE: _("Idle"), SLOW: _("Slow"), DOWN: _("Down")}
    sentences = [_describe_queue(work), _describe_last(work, now=now)]
    if work.state == DOWN:
        sentences = [_("No worker answers. Nothing is lost: it goes on when one is back."), *sentences]
    if work.problem:
        sentences.append(_("Last problem: %(problem)s.") % {"problem": work.problem.rstrip(".")})
    return WorkRow(
        name=names[work.kind],
        state=states[work.state],
        status=STATUSES[work.state],
        sentence=" ".join(sentence for sentence in sentences if sentence),
    )


def _describe_queue(work: Work) -> str:
    if work.kind not in {IMPORTS, RESPONSES}:
        return ""
    return _("%(running)s running, %(waiting)s waiting.") % {
        "running": write_number(work.running),
        "waiting": write_number(work.waiting),
    }


def _describe_last(work: Work, *, now: datetime) -> str:
    if work.last_at is None:
        return _("It has not run yet.")
    ago = (now - work.last_at).total_seconds()
    values = {
        "at": moment(work.last_at),
        "ago": write_number(max(ago, 0)),
        "took": write_number(work.seconds or 0, decimals=1),
    }
    if work.seconds is None:
        return _("Last one on %(at)s.") % values
    if ago < RECENT:
        return _("Last run %(ago)s s ago, took %(took)s s.") % values
    return _("Last run on %(at)s, took %(took)s s.") % values
