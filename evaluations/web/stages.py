"""What the rating page shows: a battle, a recorded vote, the names, or the end of a session."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from evaluations import battles, panels, votes
from evaluations.models import Battle, Outcome, Rater, Response, Study, Vote
from evaluations.others import LEAST, OthersVotes, count_others
from evaluations.rendering import load_rendered
from evaluations.sessions import Session, SessionReminder, fetch_session
from evaluations.web.reasons import describe_reasons, group_tags, list_skip_reasons


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
        **describe_last(last=last, session=session, now=now),
        **describe_place(battle=battle, session=session, now=now),
        "battle": battle,
        "revision": revision,
        **describe_prompt(battle=battle),
        **describe_reasons(undone=undone),
        "sides": [
            {**side, "groups": group_tags(study=battle.study, side=side["name"], undone=undone)}
            for side in list_sides(battle=battle)
        ],
        "question": battle.study.question or _("Which response is better?"),
        "choices": list_choices(study=battle.study),
        "skip_reasons": list_skip_reasons(),
    }
    return Stage(template="battles/_battle.html", context=context)


def describe_prompt(*, battle: Battle) -> dict[str, Any]:
    return {"prompt_html": load_rendered(battle.prompt.html), "language": battle.prompt.language}


def list_sides(*, battle: Battle) -> list[dict[str, Any]]:
    """The two responses as they are shown, and nothing of who wrote them."""
    return [
        {"letter": letter, "side": letter.lower(), "name": name, "html": load_rendered(response.html)}
        for letter, name, response in (("A", "left", battle.left), ("B", "right", battle.right))
    ]


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
    others = count_others(vote=vote, models=(left.model_id, right.model_id), root=settings.COLUMNS_ROOT)
    context = {
        **describe_session(study=vote.battle.study, session=session),
        "vote": vote,
        "battle": vote.battle,
        "number": session.votes,
        "sides": [
            describe_writer(letter="A", response=left, chosen=vote.outcome == Outcome.LEFT),
            describe_writer(letter="B", response=right, chosen=vote.outcome == Outcome.RIGHT),
        ],
        "others": others,
        "others_least": LEAST,
        "shares": list_shares(study=vote.battle.study, others=others),
    }
    return Stage(template="battles/_revealed.html", context=context)


def describe_writer(*, letter: str, response: Response, chosen: bool) -> dict[str, Any]:
    """Who wrote a response: name, and maker and licence as sentences."""
    model = response.model
    made_by = " ".join(f"{words.rstrip('.')}." for words in (model.maker, model.licence) if words)
    return {"letter": letter, "side": letter.lower(), "model": model, "made_by": made_by, "chosen": chosen}


def list_shares(*, study: Study, others: OthersVotes | None) -> list[dict[str, Any]]:
    """Others' votes in the order of the bar; none where there are too few to show."""
    if others is None or not others.total:
        return []
    return [{**choice, "votes": others.counts[choice["value"]]} for choice in list_choices(study=study)]


def build_reminder(
    *, battle: Battle, reminder: SessionReminder, session: Session, last: Vote | None, now: datetime
) -> Stage:
    """A word before this battle, the same whichever it is."""
    done = session.place(number=battle.number, now=now) - 1
    context = {
        **describe_session(study=battle.study, session=session),
        **describe_last(last=last, session=session, now=now),
        "done": done,
        "number": done,
        "reminder": reminder,
    }
    return Stage(template="battles/_reminder.html", context=context)


def build_done(*, study: Study, rater: Rater, session: Session, last: Vote | None, now: datetime) -> Stage:
    code, return_url = panels.fetch_exit(study=study, rater=rater) if study.access == "panel" else ("", "")
    context = {
        "code": code,
        "return_url": return_url,
        **describe_session(study=study, session=session),
        **describe_last(last=last, session=session, now=now),
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


def describe_session(*, study: Study, session: Session) -> dict[str, Any]:
    return {"study": study, "done": session.votes, "total": study.session_length}


def describe_place(*, battle: Battle, session: Session, now: datetime) -> dict[str, Any]:
    """How far the session is once this battle is before the rater; and for how long it can be held until then."""
    number = session.place(number=battle.number, now=now)
    lease = int((battle.expires_at - now).total_seconds())
    return {"number": number, "done": number - 1, "lease_seconds": lease}


def describe_last(*, last: Vote | None, session: Session, now: datetime) -> dict[str, Any]:
    """The vote just recorded, while it can be taken back, and which one of the session it is."""
    if last is None:
        return {"last": None, "undo_seconds": 0}
    seconds = votes.count_undo_seconds(vote=last, now=now)
    place = session.place(number=last.battle.number, now=now)
    return {"last": last if seconds else None, "undo_seconds": seconds, "last_number": place}
