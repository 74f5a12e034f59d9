"""Items: what a designed study gives out, each a given number of times, under a lease that comes back if unused.

A slot is a place for one vote. The free slot that goes next is the first of an index (number, lot): every item gets its
n-th place taken before any gets the next, in an order by lot, and the cost doesn't grow with the study. A lease ends
with its battle's; a slot without a standing vote is free again then. A vote that comes later takes a free slot of its
item, and is refused where there is none. Which of the two comes first is decided by the slot's row, which `vote_rows`
holds while it inserts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, Count, Exists, OuterRef, Q, Sum, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from evaluations.copying import update_statistics
from evaluations.errors import StudyError
from evaluations.models import Battle, Item, Rater, Slot, Study, Vote

MOST_SLOTS = 1_000_000

PAIRS = """
FROM evaluations_response r
JOIN evaluations_entry a ON a.model_id = r.model_id AND a.study_id = %(study)s AND a.retired_at IS NULL
JOIN evaluations_prompt p ON p.id = r.prompt_id AND p.prompt_set_id = %(prompt_set)s
JOIN evaluations_response s ON s.prompt_id = r.prompt_id AND s.id > r.id
JOIN evaluations_entry b ON b.model_id = s.model_id AND b.study_id = %(study)s AND b.retired_at IS NULL
"""
COUNT_PAIRS = f"SELECT count(*) {PAIRS}"
INSERT_ITEMS = f"""
INSERT INTO evaluations_item (study_id, prompt_id, first_id, second_id)
SELECT %(study)s, r.prompt_id, r.id, s.id {PAIRS}
ON CONFLICT (study_id, first_id, second_id) DO NOTHING
"""
INSERT_SLOTS = """
INSERT INTO evaluations_slot (study_id, item_id, number)
SELECT i.study_id, i.id, n FROM evaluations_item i CROSS JOIN generate_series(1, %(votes)s) n
WHERE i.study_id = %(study)s AND NOT EXISTS (SELECT FROM evaluations_slot s WHERE s.item_id = i.id)
"""
# Of a model that retired nothing more is asked; what is out on lease may still come back with its vote.
DELETE_RETIRED_SLOTS = """
DELETE FROM evaluations_slot s USING evaluations_item i, evaluations_response r, evaluations_entry e
WHERE s.study_id = %(study)s AND s.battle_id IS NULL AND i.id = s.item_id AND r.id IN (i.first_id, i.second_id)
  AND e.study_id = s.study_id AND e.model_id = r.model_id AND e.retired_at IS NOT NULL
"""

# How far to look for a prompt that is new to the rater before one is shown again with another pair.
WINDOW = 200

# One statement, so that a slot, its battle and the rater's next number are taken together or not at all.
LEASE_SLOT = """
WITH shown AS MATERIALIZED (
  SELECT prompt_id, least(left_id, right_id) AS first_id, greatest(left_id, right_id) AS second_id
  FROM evaluations_battle WHERE study_id = %(study)s AND rater_id = %(rater)s AND (%(once)s OR NOT pilot)
), retired AS MATERIALIZED (
  SELECT model_id FROM evaluations_entry WHERE study_id = %(study)s AND retired_at IS NOT NULL
), first_free AS MATERIALIZED (
  SELECT s.id, s.number, s.lot, i.prompt_id, i.first_id, i.second_id
  FROM evaluations_slot s JOIN evaluations_item i ON i.id = s.item_id
  WHERE s.study_id = %(study)s AND s.battle_id IS NULL
    AND NOT EXISTS (SELECT FROM shown WHERE {seen})
    AND NOT EXISTS (
      SELECT FROM retired JOIN evaluations_response r USING (model_id) WHERE r.id IN (i.first_id, i.second_id)
    )
  ORDER BY s.number, s.lot LIMIT %(window)s
), picked AS MATERIALIZED (
  SELECT s.id, f.prompt_id, f.first_id, f.second_id
  FROM evaluations_slot s JOIN first_free f ON f.id = s.id
  WHERE s.battle_id IS NULL
  ORDER BY f.number, (SELECT count(*) FROM shown WHERE shown.prompt_id = f.prompt_id), f.lot
  LIMIT 1 FOR UPDATE OF s SKIP LOCKED
), made AS (
  INSERT INTO evaluations_battle
    (token, study_id, rater_id, number, prompt_id, left_id, right_id, probability, origin, kind, pilot, expected,
     created_at, expires_at)
  SELECT %(token)s, %(study)s, %(rater)s, %(number)s, prompt_id,
    CASE WHEN %(swapped)s THEN second_id ELSE first_id END,
    CASE WHEN %(swapped)s THEN first_id ELSE second_id END,
    NULL, 'shown', 'normal', false, '', %(now)s, %(until)s
  FROM picked
  ON CONFLICT (study_id, rater_id, number) DO NOTHING
  RETURNING id
)
UPDATE evaluations_slot s SET rater_id = %(rater)s, battle_id = made.id, leased_until = %(until)s
FROM picked, made WHERE s.id = picked.id
"""
# What a rater is not shown again: the pair; where they may know by then who wrote a response, the response, be it from
# the pilot.
SEEN_PAIR = "shown.first_id = i.first_id AND shown.second_id = i.second_id"
SEEN_RESPONSE = (
    "i.first_id IN (shown.first_id, shown.second_id) OR i.second_id IN (shown.first_id, shown.second_id)"
)

LOCK_ENDED_LEASES = """
SELECT id FROM evaluations_slot
WHERE study_id = %(study)s AND battle_id IS NOT NULL AND NOT filled AND leased_until <= %(now)s
ORDER BY leased_until LIMIT %(most)s FOR UPDATE SKIP LOCKED
"""
LOCK_SLOT_OF_BATTLE = "SELECT id FROM evaluations_slot WHERE battle_id = %s FOR UPDATE"
# Only a vote that can no longer change fills it: undo, the names and the sealer race for the ending.
FILL_SLOTS = """
UPDATE evaluations_slot s SET filled = true
WHERE s.id = ANY(%s) AND EXISTS (
  SELECT FROM evaluations_vote v JOIN evaluations_voteending e ON e.vote_id = v.id
  WHERE v.battle_id = s.battle_id AND e.ending <> 'undone'
)
"""
# A new lot, so that a slot that came back isn't what everyone else is shown next.
FREE_SLOTS = """
UPDATE evaluations_slot s SET rater_id = NULL, battle_id = NULL, leased_until = NULL, lot = random()
WHERE s.id = ANY(%s) AND NOT filled AND NOT EXISTS (
  SELECT FROM evaluations_vote v LEFT JOIN evaluations_voteending e ON e.vote_id = v.id
  WHERE v.battle_id = s.battle_id AND e.ending IS DISTINCT FROM 'undone'
)
"""
MOST_AT_ONCE = 1_000


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Of a designed study: items, those with all their votes, votes asked for, out on lease or voted, and voted."""

    items: int
    items_done: int
    slots: int
    taken: int
    voted: int


@transaction.atomic
def make_items(*, study: Study) -> int:
    """Bring the items in line with the study's entries: every pair of responses to a prompt, each with its slots.

    Returns how many slots there are. Doing it twice is doing it once; after an amendment it adds what a new model
    brings, and takes back what nobody was shown yet of one that retired. Raises StudyError where it is too much.
    """
    values = {"study": study.pk, "prompt_set": study.prompt_set_id, "votes": study.votes_per_item}
    with connection.cursor() as cursor:
        cursor.execute(COUNT_PAIRS, values)
        asked = cursor.fetchone()[0] * (study.votes_per_item or 0)
        if asked > MOST_SLOTS:
            raise StudyError(
                _("This design asks for %(asked)s votes; %(most)s is the most. Ask for fewer votes an item.")
                % {"asked": asked, "most": MOST_SLOTS}
            )
        cursor.execute(INSERT_ITEMS, values)
        cursor.execute(INSERT_SLOTS, values)
        cursor.execute(DELETE_RETIRED_SLOTS, values)
    # Else the planner sorts all free slots for the first of them.
    update_statistics(Item, Slot)
    return Slot.objects.filter(study=study).count()


def lease_slot(*, study: Study, rater: Rater, number: int, token: str, swapped: bool, now: datetime) -> bool:
    """Take a slot for this rater and make its battle, with this number and token. Whether there is such a battle now.

    False where nothing is left that this rater was not shown. Raters at the same time never wait for each other.
    """
    values: dict[str, Any] = {
        "study": study.pk,
        "rater": rater.pk,
        "number": number,
        "token": token,
        "swapped": swapped,
        "once": study.reveals_after_vote,
        "window": WINDOW,
        "now": now,
        "until": now + timedelta(minutes=study.lease_minutes),
    }
    # A second tab may have had the number already.
    taken = Battle.objects.filter(study=study, rater=rater, number=number)
    statement = LEASE_SLOT.format(seen=SEEN_RESPONSE if values["once"] else SEEN_PAIR)
    if _try_lease(statement, values=values) or taken.exists():
        return True
    # Nothing was free; what was abandoned may be.
    return return_slots(study=study, now=now) > 0 and (_try_lease(statement, values=values) or taken.exists())


def return_slots(*, study: Study, now: datetime) -> int:
    """Free the slots whose lease has ended without a standing vote. Returns how many. Each slot is looked at a few
    times in its life, since one whose vote is final is marked as filled."""
    freed = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(LOCK_ENDED_LEASES, {"study": study.pk, "now": now, "most": MOST_AT_ONCE})
            slots = [pk for (pk,) in cursor.fetchall()]
            settled, back = _settle(slots=slots)
        freed += back
        if len(slots) < MOST_AT_ONCE or not settled + back:
            return freed


def return_all_slots(*, now: datetime) -> int:
    """Free what was abandoned in every designed study that is open."""
    studies = Study.objects.filter(state=Study.State.OPEN, sampling=Study.Sampling.DESIGNED)
    return sum(return_slots(study=study, now=now) for study in studies)


@transaction.atomic
def return_slot(*, battle: Battle) -> None:
    """Free the slot of a battle that was skipped, unless a vote stands on it."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_SLOT_OF_BATTLE, [battle.pk])
        _settle(slots=[pk for (pk,) in cursor.fetchall()])


@transaction.atomic
def return_slots_of_rater(*, rater: Rater) -> None:
    """Free what is out on lease to this rater in any study, where no vote stands on it."""
    slots = Slot.objects.select_for_update().filter(rater=rater, filled=False)
    _settle(slots=list(slots.values_list("pk", flat=True)))


def measure_coverage(*, study: Study) -> Coverage:
    """How far a designed study is."""
    standing = Vote.objects.filter(
        Q(ending__isnull=True) | ~Q(ending__ending="undone"), battle=OuterRef("battle")
    )
    # A slot is marked as filled only when someone looks at its lease's end: the vote says it at once.
    slots = Slot.objects.filter(study=study).annotate(
        vote=Case(When(Q(filled=True) | Exists(standing), then=1), default=0)
    )
    counts = slots.aggregate(slots=Count("pk"), taken=Count("battle"), voted=Coalesce(Sum("vote"), 0))
    done = slots.values("item").annotate(missing=Count("pk") - Sum("vote")).filter(missing=0)
    return Coverage(items=study.items.count(), items_done=done.count(), **counts)


def _try_lease(statement: str, *, values: dict[str, Any]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return bool(cursor.rowcount > 0)


def _settle(*, slots: Iterable[int]) -> tuple[int, int]:
    """Of locked slots: how many are now filled, how many free. Statements of their own: they see the votes that came
    before the lock was had, which the statement that waited for it does not."""
    with connection.cursor() as cursor:
        cursor.execute(FILL_SLOTS, [list(slots)])
        settled = cursor.rowcount
        cursor.execute(FREE_SLOTS, [list(slots)])
        return settled, cursor.rowcount
