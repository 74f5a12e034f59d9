"""The INSERT of a vote. In a designed study it needs a slot: the battle's own, or, where that came back while the vote
was on its way, one of the same item that nobody has."""

import json
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from evaluations.errors import RevisionStale
from evaluations.models import Battle, Study, Vote, VoteEnding
from evaluations.statements import open_cursor

# Only while its rater is there: whoever withdraws holds that row until all their votes have their place.
INSERT_VOTE = """
INSERT INTO evaluations_vote (battle_id, revision, outcome, receipt, cast_at, reasons, comment, active_ms)
SELECT b.id, %s, %s, %s, %s, %s::jsonb, %s, %s::integer
FROM evaluations_battle b JOIN evaluations_rater r ON r.id = b.rater_id
WHERE b.id = %s AND r.erased_at IS NULL FOR KEY SHARE OF r
ON CONFLICT (battle_id, revision) DO NOTHING RETURNING id
"""
# Of a designed study: only while the battle has its slot, which stays its own until the vote is in, and which a rater
# who withdraws gives back.
INSERT_VOTE_IN_SLOT = """
INSERT INTO evaluations_vote (battle_id, revision, outcome, receipt, cast_at, reasons, comment, active_ms)
SELECT battle_id, %s, %s, %s, %s, %s::jsonb, %s, %s::integer
FROM evaluations_slot WHERE battle_id = %s FOR KEY SHARE
ON CONFLICT (battle_id, revision) DO NOTHING RETURNING id
"""
# The rater's row as above, before any slot's, in the order of a withdrawal; the battle's, so that of two tabs with the
# same vote the second sees the slot that the first took.
LOCK_LATE = """
SELECT b.id FROM evaluations_battle b JOIN evaluations_rater r ON r.id = b.rater_id
WHERE b.id = %s AND r.erased_at IS NULL AND NOT EXISTS (SELECT FROM evaluations_slot WHERE battle_id = b.id)
FOR KEY SHARE OF r FOR NO KEY UPDATE OF b
"""
FREE_SLOTS_OF_ITEM = """
FROM evaluations_battle b
JOIN evaluations_item i ON i.study_id = b.study_id
  AND i.first_id = least(b.left_id, b.right_id) AND i.second_id = greatest(b.left_id, b.right_id)
JOIN evaluations_slot f ON f.item_id = i.id AND f.battle_id IS NULL
WHERE b.id = %(battle)s
"""
# A statement of its own: it sees what was committed before the locks were had. Whoever is given a free slot at this
# moment holds its row: then this waits, and goes to the next one.
TAKE_FREE_SLOT = f"""
WITH free AS MATERIALIZED (
  SELECT f.id, b.id AS battle_id, b.rater_id {FREE_SLOTS_OF_ITEM}
    AND NOT EXISTS (SELECT FROM evaluations_slot o WHERE o.item_id = i.id AND o.rater_id = b.rater_id)
    AND NOT EXISTS (SELECT FROM evaluations_vote v WHERE v.battle_id = b.id AND v.revision = %(revision)s)
    AND NOT EXISTS (SELECT FROM evaluations_skip k WHERE k.battle_id = b.id)
  ORDER BY f.number LIMIT 1 FOR UPDATE OF f
)
UPDATE evaluations_slot s SET rater_id = free.rater_id, battle_id = free.battle_id, leased_until = %(until)s
FROM free WHERE s.id = free.id
"""  # noqa: S608 - our own words
HAS_PLACE = f"""
SELECT EXISTS (SELECT FROM evaluations_slot WHERE battle_id = %(battle)s) OR EXISTS (SELECT {FREE_SLOTS_OF_ITEM})
"""  # noqa: S608 - our own words


def insert_vote(*, vote: Vote) -> bool:
    """False where a vote already stands at this revision, or the battle has no slot any more or lost its rater.

    Raises RevisionStale.
    """
    return _try_insert(vote=vote) or (_needs_slot(battle=vote.battle) and _insert_late(vote=vote))


def has_place(*, battle: Battle) -> bool:
    """Whether there is room for this battle's vote: in a designed study, unless its slots are all with others."""
    if not _needs_slot(battle=battle):
        return True
    with connection.cursor() as cursor:
        cursor.execute(HAS_PLACE, {"battle": battle.pk})
        return bool(cursor.fetchone()[0])


def _needs_slot(*, battle: Battle) -> bool:
    """Whether the battle was given out as an item; repeats, checks and what a pilot shows are not."""
    designed = battle.study.sampling == Study.Sampling.DESIGNED and not battle.pilot
    return designed and battle.kind == Battle.Kind.NORMAL


def _try_insert(*, vote: Vote) -> bool:
    battle, reasons = vote.battle, None if vote.reasons is None else json.dumps(vote.reasons)
    said: list[Any] = [reasons, vote.comment, vote.active_ms]
    values = [vote.revision, vote.outcome, vote.receipt, vote.cast_at, *said]
    try:
        # A refused revision raises; the savepoint keeps a surrounding transaction usable.
        with transaction.atomic() if vote.revision else nullcontext(), open_cursor() as cursor:
            if _needs_slot(battle=battle):
                cursor.execute(INSERT_VOTE_IN_SLOT, [*values, battle.pk])
            else:
                cursor.execute(INSERT_VOTE, [*values, battle.pk])
            row = cursor.fetchone()
    except IntegrityError as error:
        raise RevisionStale(_say_why_out_of_turn(battle=battle)) from error
    if row is None:
        return False
    vote.pk = row[0]
    # A vote just made has no ending: known without a query.
    vote._state.fields_cache["ending"] = None
    return True


def has_standing_vote(*, battle: Battle) -> bool:
    """Whether there is a vote that was not taken back."""
    return Vote.objects.filter(battle=battle).exclude(ending__ending=VoteEnding.Ending.UNDONE).exists()


def _say_why_out_of_turn(*, battle: Battle) -> str:
    """A revision is taken once the one before it was taken back; no page asks for any other."""
    if has_standing_vote(battle=battle):
        return _(
            "Your answer to this comparison is recorded and was not taken back. It stands; nothing was changed."
        )
    return _("This is not the answer that comes next here. Nothing was recorded. Open the comparison again.")


@transaction.atomic
def _insert_late(*, vote: Vote) -> bool:
    """The slot came back, and its item may still have one that is free: slot and vote together, or neither."""
    until = vote.cast_at + timedelta(minutes=vote.battle.study.lease_minutes)
    with connection.cursor() as cursor:
        cursor.execute(LOCK_LATE, [vote.battle.pk])
        if cursor.fetchone() is None:
            return False
        cursor.execute(TAKE_FREE_SLOT, {"battle": vote.battle.pk, "revision": vote.revision, "until": until})
    return _try_insert(vote=vote)
