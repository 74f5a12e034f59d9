"""What the rating page shows: a battle, a recorded vote, the names, or the end of a session."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from evaluations import battles, panels, votes
from evaluations.models import Battle, Outcome, Rater, Skip, Study, Vote
from evaluations.reasons import LONGEST_COMMENT
from evaluations.rendering import load_rendered
from evaluations.sessions import Session, fetch_session


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One state of the rating page: its fragment and what it needs."""

    template: str
    context: dict[str, Any]


def build_stage(*, battle: Battle, now: datetime) -> Stage:
    """Where this battle stands."""
    vote = votes.fetch_vote(battle=battle)
    if vote is None or votes.is_undone(vote=vote):
        revision = 0 if vote is None else vote.revision + 1
        shown, session = battles.show_again(battle=battle)
        return build_battle(battle=shown, session=session, revision=revision, last=None, now=now, undone=vote)
    session = fetch_session(study=battle.study, rater=battle.rater)
    if votes.is_revealed(vote=vote):
        return build_revealed(vote=vote, session=session)
    return build_recorded(vote=vote, session=session, now=now)


def build_battle(
    *,
    battle: Battle,
    session: Session,
    revision: int,
    last: Vote | None,
    now: datetime,
    undone: Vote | None = None,
) -> Stage:
    """The form; with the reasons of the vote that was taken back, where there was one."""
    context = {
        **describe_session(study=battle.study, session=session),
        **describe_last(last=last, now=now),
        "battle": battle,
        "revision": revision,
        "number": session.votes + 1,
        "prompt_html": load_rendered(battle.prompt.html),
        **describe_reasons(undone=undone),
        "sides": [
            {
                "letter": letter,
                "side": letter.lower(),
                "name": name,
                "html": load_rendered(response.html),
                "tags": list_tags(study=battle.study, side=name, undone=undone),
            }
            for letter, name, response in (("A", "left", battle.left), ("B", "right", battle.right))
        ],
        "language": battle.prompt.language,
        "question": battle.study.question or _("Which response is better?"),
        "choices": list_choices(study=battle.study),
        "skip_reasons": list_skip_reasons(),
    }
    return Stage(template="battles/_battle.html", context=context)


def build_recorded(*, vote: Vote, session: Session, now: datetime) -> Stage:
    context = {
        **describe_session(study=vote.battle.study, session=session),
        "vote": vote,
        "battle": vote.battle,
        "number": session.votes,
        "undo_seconds": votes.count_undo_seconds(vote=vote, now=now),
    }
    return Stage(template="battles/_recorded.html", context=context)


def build_revealed(*, vote: Vote, session: Session) -> Stage:
    """The names. Only for a vote that showing them has made final."""
    left, right = battles.fetch_sides(battle=vote.battle)
    context = {
        **describe_session(study=vote.battle.study, session=session),
        "vote": vote,
        "battle": vote.battle,
        "number": session.votes,
        "sides": [
            {"letter": "A", "side": "a", "model": left.model, "chosen": vote.outcome == "left"},
            {"letter": "B", "side": "b", "model": right.model, "chosen": vote.outcome == "right"},
        ],
    }
    return Stage(template="battles/_revealed.html", context=context)


def build_done(*, study: Study, rater: Rater, session: Session, last: Vote | None, now: datetime) -> Stage:
    code, return_url = panels.fetch_exit(study=study, rater=rater) if study.access == "panel" else ("", "")
    context = {
        "code": code,
        "return_url": return_url,
        **describe_session(study=study, session=session),
        **describe_last(last=last, now=now),
        "number": session.votes,
    }
    return Stage(template="battles/_done.html", context=context)


def list_choices(*, study: Study) -> list[dict[str, Any]]:
    """What this study lets a rater answer, in the order of the bar; keys go by place."""
    labels = {
        Outcome.LEFT: _("A is better"),
        Outcome.TIE: _("Tie"),
        Outcome.BOTH_BAD: _("Both bad"),
        Outcome.RIGHT: _("B is better"),
    }
    sides = {Outcome.LEFT: "a", Outcome.RIGHT: "b"}
    offered = [outcome for outcome in labels if outcome in study.outcomes]
    return [
        {"value": outcome.value, "label": labels[outcome], "side": sides.get(outcome), "key": key}
        for key, outcome in enumerate(offered, start=1)
    ]


def list_tags(*, study: Study, side: str, undone: Vote | None) -> list[dict[str, Any]]:
    """The words that the study offers as reasons, and which of them an undone vote gave for this side."""
    given = (undone.reasons or {}).get(side, []) if undone is not None else []
    return [{"word": tag, "given": tag in given} for tag in study.reason_tags]


def describe_reasons(*, undone: Vote | None) -> dict[str, Any]:
    comment = undone.comment if undone is not None else ""
    is_remarked = undone is not None and bool(undone.reasons or comment)
    return {"comment": comment, "comment_length": LONGEST_COMMENT, "is_remarked": is_remarked}


def list_skip_reasons() -> list[tuple[str, str]]:
    return [
        (Skip.Reason.NONE, _("Why skip?")),
        (Skip.Reason.LANGUAGE, _("Not my language")),
        (Skip.Reason.CANNOT_JUDGE, _("I cannot judge it")),
        (Skip.Reason.BROKEN, _("Something is broken")),
        (Skip.Reason.OFFENSIVE, _("It is offensive")),
    ]


def describe_session(*, study: Study, session: Session) -> dict[str, Any]:
    return {"study": study, "done": session.votes, "total": study.session_length}


def describe_last(*, last: Vote | None, now: datetime) -> dict[str, Any]:
    """The vote just recorded, while it can be taken back."""
    seconds = votes.count_undo_seconds(vote=last, now=now) if last is not None else 0
    return {"last": last if seconds else None, "undo_seconds": seconds}
