"""What the rating page shows: a battle, a recorded vote, the names, or the end of a session."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from evaluations import battles, panels, votes
from evaluations.errors import ArenaError
from evaluations.models import Battle, Outcome, Rater, Response, Study, Vote
from evaluations.others import LEAST, OthersVotes, count_others
from evaluations.sessions import Session, SessionReminder, fetch_session
from evaluations.web.battle_forms import build_battle, describe_last, describe_session, list_choices
from evaluations.web.moulds import Moulded


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One state of the rating page: its fragment and what it needs."""

    template: str
    context: dict[str, Any]

    def render(self, request: HttpRequest) -> str:
        """As a template of its own, for htmx."""
        return render_to_string(self.template, self.context, request)


def build_stage(*, battle: Battle, now: datetime, other: str = "") -> Stage | Moulded:
    """Where this battle stands; `other` is an answer that was given besides the one that counts."""
    vote = votes.fetch_vote(battle=battle)
    if vote is None or votes.is_undone(vote=vote):
        refusal = votes.find_refusal(battle=battle, now=now)
        if refusal is not None:
            return build_refused(battle=battle, refusal=refusal, now=now)
        revision = 0 if vote is None else vote.revision + 1
        shown, session = battles.show_again(battle=battle)
        return build_battle(battle=shown, session=session, revision=revision, last=None, now=now, undone=vote)
    session = fetch_session(study=battle.study, rater=battle.rater)
    if votes.tells_names(vote=vote, now=now):
        return build_revealed(vote=vote, session=session, other=other)
    return build_recorded(vote=vote, session=session, now=now, other=other)


def build_refused(*, battle: Battle, refusal: ArenaError, now: datetime) -> Stage:
    """In place of the form of a battle that takes no vote: why, and the way on."""
    session = fetch_session(study=battle.study, rater=battle.rater)
    if not battle.study.takes_votes:
        return build_closed(study=battle.study, session=session, last=None, now=now)
    context = {
        **describe_session(study=battle.study, session=session),
        "number": session.votes,
        "battle": battle,
        "title": _("This comparison takes no more votes"),
        "sentence": str(refusal),
    }
    return Stage(template="battles/_ended.html", context=context)


def build_closed(*, study: Study, session: Session, last: Vote | None, now: datetime) -> Stage:
    """Where a study takes no votes: that it has closed, or is paused, and the ways out."""
    context = {
        **describe_session(study=study, session=session),
        **describe_last(last=last, session=session, now=now),
        "number": session.votes,
        "title": _("This study has closed") if study.closed_at is not None else _("This study is not open"),
        "sentence": votes.say_why_closed(study=study),
    }
    return Stage(template="battles/_ended.html", context=context)


def build_recorded(*, vote: Vote, session: Session, now: datetime, other: str = "") -> Stage:
    context = {
        **describe_session(study=vote.battle.study, session=session),
        **describe_standing(vote=vote, other=other),
        "vote": vote,
        "battle": vote.battle,
        "number": session.votes,
        "undo_seconds": votes.count_undo_seconds(vote=vote, now=now),
    }
    return Stage(template="battles/_recorded.html", context=context)


def build_revealed(*, vote: Vote, session: Session, other: str = "") -> Stage:
    """The names. Only for a vote that is final."""
    left, right = battles.fetch_sides(battle=vote.battle)
    others = count_others(vote=vote, models=(left.model_id, right.model_id), root=settings.COLUMNS_ROOT)
    context = {
        **describe_session(study=vote.battle.study, session=session),
        **describe_standing(vote=vote, other=other),
        "vote": vote,
        "asked": votes.is_revealed(vote=vote),
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


def describe_standing(*, vote: Vote, other: str) -> dict[str, Any]:
    """Beside a vote that stands: the answer, in words, that was given in another tab and not counted; and why there is
    no way on, where there is none."""
    study = vote.battle.study
    labels = {choice["value"]: choice["label"] for choice in list_choices(study=study)}
    return {
        "other": "" if other == vote.outcome else labels.get(other, ""),
        "why_closed": "" if study.takes_votes else votes.say_why_closed(study=study),
    }


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
