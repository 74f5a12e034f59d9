"""The form of a battle. Every vote ends with the next one's, so it is poured into a mould (moulds.py)."""

from collections.abc import Hashable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from evaluations import votes
from evaluations.models import Battle, Outcome, Study, Vote
from evaluations.rendering import load_rendered
from evaluations.sessions import Session
from evaluations.web.moulds import Moulded
from evaluations.web.reasons import describe_reasons, group_tags, list_skip_reasons

SIDES = (("A", "left"), ("B", "right"))


def build_battle(
    *,
    battle: Battle,
    session: Session,
    revision: int,
    last: Vote | None,
    now: datetime,
    undone: Vote | None = None,
) -> Moulded:
    """The form; with the reasons of the vote that was taken back, where there was one."""
    study, language = battle.study, battle.prompt.language
    values = {
        **_list_values(battle=battle, session=session, now=now),
        **_list_last(last=last, session=session, now=now),
        "revision": revision,
    }
    outcome = last.outcome if last is not None and "receipt" in values else ""

    def compose(given: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **_compose_battle(study=study, language=language, undone=undone, given=given),
            **_compose_last(outcome=outcome, given=given),
        }

    shape = (_list_shape(study=study), language, outcome) if undone is None else None
    return Moulded(template="battles/_battle.html", shape=shape, values=values, compose=compose)


def describe_session(*, study: Study, session: Session) -> dict[str, Any]:
    # A vote that came late can be one more than was asked for.
    total = max(study.session_length, session.votes)
    return {"study": study, "done": session.votes, "total": total}


def describe_last(*, last: Vote | None, session: Session, now: datetime) -> dict[str, Any]:
    """The vote just recorded, while it can be taken back, and which one of the session it is."""
    if last is None:
        return {"last": None, "undo_seconds": 0}
    seconds = votes.count_undo_seconds(vote=last, now=now)
    place = session.place(number=last.battle.number, now=now)
    return {"last": last if seconds else None, "undo_seconds": seconds, "last_number": place}


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


def _list_values(*, battle: Battle, session: Session, now: datetime) -> dict[str, Any]:
    """What is written into the form. Nothing of who wrote the responses is read."""
    # Which vote of the session this one is once it is before the rater, and for how long it can be held until then.
    number = session.place(number=battle.number, now=now)
    return {
        "battle": battle.token,
        "prompt": load_rendered(battle.prompt.html),
        "left": load_rendered(battle.left.html),
        "right": load_rendered(battle.right.html),
        "number": number,
        "done": number - 1,
        # As text: no reader's language may touch it.
        "lease": str(int((battle.expires_at - now).total_seconds())),
    }


def _list_last(*, last: Vote | None, session: Session, now: datetime) -> dict[str, Any]:
    """Of the vote just recorded; nothing where it can't be taken back."""
    said = describe_last(last=last, session=session, now=now)
    if last is None or said["last"] is None:
        return {}
    told = {name: said[name] for name in ("undo_seconds", "last_number")}
    return {**told, "last_battle": last.battle.token, "receipt": last.receipt}


def _list_shape(*, study: Study) -> Hashable:
    """All of a study that the form's templates read."""
    words = (study.slug, study.title, study.question, tuple(study.reason_tags), tuple(study.outcomes))
    return (*words, study.session_length, study.simulated, study.state, study.reveals_after_vote)


def _compose_battle(
    *, study: Study, language: str, undone: Vote | None, given: Mapping[str, Any]
) -> dict[str, Any]:
    sides = [
        {
            "letter": letter,
            "side": letter.lower(),
            "name": name,
            "html": given[name],
            "groups": group_tags(study=study, side=name, undone=undone),
        }
        for letter, name in SIDES
    ]
    return {
        "study": study,
        "total": study.session_length,
        "number": given["number"],
        "done": given["done"],
        "lease_seconds": given["lease"],
        "battle": {"token": given["battle"]},
        "revision": given["revision"],
        "prompt_html": given["prompt"],
        "language": language,
        "taken_back": undone is not None,
        **describe_reasons(undone=undone),
        "sides": sides,
        "question": study.question or _("Which response is better?"),
        "choices": list_choices(study=study),
        "skip_reasons": list_skip_reasons(),
    }


def _compose_last(*, outcome: str, given: Mapping[str, Any]) -> dict[str, Any]:
    if not outcome:
        return {"last": None, "undo_seconds": 0}
    last = {"battle": {"token": given["last_battle"]}, "outcome": outcome, "receipt": given["receipt"]}
    return {"last": last, "undo_seconds": given["undo_seconds"], "last_number": given["last_number"]}
