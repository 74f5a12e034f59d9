"""Sessions: what a rater was shown in a study so far, how far that is, and what was said in between."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from evaluations.models import Rater, Study
from evaluations.statements import open_cursor
from evaluations.study_plans import Seen

# One row a battle, with the vote that stands; each costs two index look-ups, however many votes there are. Times come
# as seconds: text that is read as a time would cost more than all the rest.
READ = """
SELECT m.reminders, b.pilot, b.prompt_id, b.left_id, b.right_id,
  extract(epoch FROM b.created_at)::float8, extract(epoch FROM b.expires_at)::float8,
  CASE WHEN v.stands THEN extract(epoch FROM v.cast_at)::float8 END,
  b.id, b.number, b.token, b.kind, b.repeats_id, b.expected,
  CASE WHEN v.stands THEN v.outcome END, CASE WHEN v.stands THEN v.active_ms END,
  coalesce(v.revision + 1, 0), coalesce(v.knows_names, false), s.id IS NOT NULL
FROM evaluations_battle b
LEFT JOIN LATERAL (
  SELECT v.revision, v.outcome, v.cast_at, v.active_ms, e.ending IS DISTINCT FROM 'undone' AS stands,
    e.ending = 'revealed' OR n.vote_id IS NOT NULL AS knows_names
  FROM evaluations_vote v LEFT JOIN evaluations_voteending e ON e.vote_id = v.id
  LEFT JOIN evaluations_namesshown n ON n.vote_id = v.id
  WHERE v.battle_id = b.id ORDER BY v.revision DESC LIMIT 1
) v ON true
LEFT JOIN evaluations_skip s ON s.battle_id = b.id
CROSS JOIN (
  SELECT json_agg(json_build_array(number, kind, seen_at) ORDER BY number)::text AS reminders
  FROM evaluations_reminder WHERE study_id = %(study)s AND rater_id = %(rater)s
) m
WHERE b.study_id = %(study)s AND b.rater_id = %(rater)s
ORDER BY b.number
"""


class SessionBattle(NamedTuple):
    """One of a rater's battles in a study, with the vote that stands: its outcome and its time, or neither.

    active_ms: the browser's word of the time at work, where it gave one; expected: a check's better side; revision:
    that of the next answer, above 0 where one was given before.
    """

    seen: Seen
    created_at: datetime
    expires_at: datetime
    cast_at: datetime | None
    pk: int
    number: int
    token: str
    kind: str
    repeats_id: int | None
    expected: str
    outcome: str | None
    active_ms: int | None
    revision: int
    revealed: bool
    skipped: bool

    @property
    def voted(self) -> bool:
        return self.outcome is not None

    def is_waiting(self, *, now: datetime) -> bool:
        return not self.voted and not self.skipped and now < self.expires_at


@dataclass(frozen=True, kw_only=True)
class SessionReminder:
    """A word that was put between two battles, or is going to be."""

    number: int
    kind: str
    seen_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Session:
    """A rater's battles in a study: those of the pilot while it lasts, else those since. Numbers run on.

    elsewhere: what this rater was shown in the other of the two parts.
    """

    battles: tuple[SessionBattle, ...]
    elsewhere: tuple[Seen, ...]
    reminders: tuple[SessionReminder, ...]
    next_number: int
    length: int

    @property
    def votes(self) -> int:
        return sum(battle.voted for battle in self.battles)

    @property
    def is_full(self) -> bool:
        return self.votes >= self.length

    def list_waiting(self, *, now: datetime) -> list[SessionBattle]:
        """What is before the rater, or held ready in their browser."""
        return [battle for battle in self.battles if battle.is_waiting(now=now)]

    def has_room(self, *, now: datetime) -> bool:
        """Whether there may be one more battle: what waits has its place in the session already."""
        return self.votes + len(self.list_waiting(now=now)) < self.length

    def find_revision(self, *, number: int) -> int:
        """That of the next answer to this battle; 0 for one that is new."""
        return next((battle.revision for battle in self.battles if battle.number == number), 0)

    def place(self, *, number: int, now: datetime) -> int:
        """Which vote of the session, from 1, this battle's is once what waits before it has its own."""
        before = [battle for battle in self.battles if battle.number < number]
        return 1 + sum(battle.voted or battle.is_waiting(now=now) for battle in before)


def fetch_session(*, study: Study, rater: Rater, pilot: bool | None = None) -> Session:
    """One query. pilot: of which part, where it is not the one that the study is in."""
    part = study.state == Study.State.PILOT if pilot is None else pilot
    with open_cursor() as cursor:
        cursor.execute(READ, {"study": study.pk, "rater": rater.pk})
        rows = cursor.fetchall()
    battles = [(of_pilot, _read_battle(*row)) for _reminders, of_pilot, *row in rows]
    return Session(
        battles=tuple(battle for of_pilot, battle in battles if of_pilot == part),
        elsewhere=tuple(battle.seen for of_pilot, battle in battles if of_pilot != part),
        reminders=_read_reminders(rows[0][0] if rows else None),
        next_number=battles[-1][1].number + 1 if battles else 1,
        length=study.session_length,
    )


def _read_battle(
    prompt: int, left: int, right: int, created: float, expires: float, cast: float | None, *rest: Any
) -> SessionBattle:
    """The columns in the order of READ: a whole session is read with every vote, so nothing is looked up by name."""
    return SessionBattle(
        Seen(prompt, left, right),
        datetime.fromtimestamp(created, UTC),
        datetime.fromtimestamp(expires, UTC),
        None if cast is None else datetime.fromtimestamp(cast, UTC),
        *rest,
    )


def _read_reminders(text: str | None) -> tuple[SessionReminder, ...]:
    return tuple(
        SessionReminder(
            number=number, kind=kind, seen_at=datetime.fromisoformat(seen_at) if seen_at else None
        )
        for number, kind, seen_at in json.loads(text or "[]")
    )
