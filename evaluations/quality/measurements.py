"""What the votes of a study measure beside models: time, checks, repeats, days. Sums by the database, of one prefix of
the ledger, so that no page reads a row for each vote."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection

# Votes recorded elsewhere say when they were cast, and not for how long anyone read. The time at work is the browser's
# word, so it is never more than what passed here.
GIVEN = """
WITH given AS (
  SELECT b.rater_id, b.kind, v.cast_at, (v.cast_at AT TIME ZONE 'UTC')::date AS day, v.outcome = b.expected AS hit,
    b.rater_id <> ALL(%(excluded)s) AS counts,
    CASE WHEN b.origin <> 'recorded'
      THEN least(v.active_ms / 1000.0, extract(epoch FROM v.cast_at - b.created_at))::float8 END AS seconds
  FROM evaluations_ledgerentry e
  JOIN evaluations_vote v ON v.id = e.vote_id
  JOIN evaluations_battle b ON b.id = v.battle_id
  WHERE e.study_id = %(study)s AND e.position < %(size)s
)
SELECT rater_id, day, count(*) FILTER (WHERE kind = 'normal' AND counts), max(cast_at),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE counts),
  count(*) FILTER (WHERE kind = 'check'), count(*) FILTER (WHERE kind = 'check' AND hit)
FROM given GROUP BY GROUPING SETS ((rater_id), (day), ())
"""

# A repeat has its sides swapped: alike is what chose the same response, or no response in the same way.
REPEATS = """
SELECT b.rater_id, count(*), count(*) FILTER (WHERE v.outcome = CASE w.outcome
    WHEN 'left' THEN CASE WHEN a.left_id = b.left_id THEN 'left' ELSE 'right' END
    WHEN 'right' THEN CASE WHEN a.right_id = b.right_id THEN 'right' ELSE 'left' END
    ELSE w.outcome END)
FROM evaluations_battle b
JOIN evaluations_vote v ON v.battle_id = b.id
JOIN evaluations_ledgerentry e ON e.vote_id = v.id AND e.position < %(size)s
JOIN evaluations_battle a ON a.id = b.repeats_id
JOIN evaluations_vote w ON w.battle_id = a.id
JOIN evaluations_ledgerentry f ON f.vote_id = w.id AND f.position < %(size)s
WHERE b.study_id = %(study)s AND b.kind = 'repeat'
GROUP BY b.rater_id
"""

# Of those who vote on our pages: votes that come from elsewhere have nobody to remind.
REMINDED = """
SELECT r.id, count(m.seen_at)
FROM evaluations_rater r
LEFT JOIN evaluations_reminder m ON m.rater_id = r.id AND m.study_id = %(study)s
WHERE r.id = ANY(%(raters)s) AND r.kind NOT IN ('recorded', 'simulated', 'headless')
GROUP BY r.id
"""


@dataclass(frozen=True, kw_only=True)
class Trials:
    """So many times tried, so many of them hit."""

    trials: int
    hits: int


@dataclass(frozen=True, kw_only=True)
class RaterMeasure:
    """One rater's: median seconds of a vote (None: unknown), the last vote's time, checks and those right."""

    seconds: float | None
    last_at: datetime
    checks: Trials


@dataclass(frozen=True, kw_only=True)
class Measurements:
    """By rater's id; votes by day, and the median seconds of one, without those of excluded raters.

    reminded: how many reminders those have seen who can be reminded.
    """

    raters: dict[int, RaterMeasure] = field(default_factory=dict)
    repeats: dict[int, Trials] = field(default_factory=dict)
    reminded: dict[int, int] = field(default_factory=dict)
    days: dict[date, int] = field(default_factory=dict)
    seconds: float | None = None


def measure_votes(*, study_id: int, size: int, excluded: Sequence[int]) -> Measurements:
    """Of the study's votes among the ledger's first `size` entries."""
    values: dict[str, Any] = {"study": study_id, "size": size, "excluded": list(excluded)}
    raters: dict[int, RaterMeasure] = {}
    days: dict[date, int] = {}
    median: float | None = None
    with connection.cursor() as cursor:
        cursor.execute(GIVEN, values)
        for rater, day, votes, last_at, seconds, counted_seconds, checks, hits in cursor.fetchall():
            if rater is not None:
                trials = Trials(trials=checks, hits=hits)
                raters[rater] = RaterMeasure(seconds=seconds, last_at=last_at, checks=trials)
            elif day is not None:
                days[day] = votes
            else:
                median = counted_seconds
        cursor.execute(REPEATS, values)
        repeats = {rater: Trials(trials=trials, hits=hits) for rater, trials, hits in cursor.fetchall()}
        cursor.execute(REMINDED, {"study": study_id, "raters": list(raters)})
        reminded = dict(cursor.fetchall())
    return Measurements(
        raters=raters, repeats=repeats, reminded=reminded, days=dict(sorted(days.items())), seconds=median
    )
