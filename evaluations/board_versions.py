"""What a leaderboard's pages depend on besides their address, in one short query: the version of all that they say.

Some of it is no part of a snapshot: the names and facts of models, the dates of their entries, the state of the study
and of those that ask about the same prompts.
"""

from typing import Final

from django.db import connection

# The newest snapshots by either rule stand at the end of the index by size.
OF_ONE: Final = """
SELECT board.id, board.title, study.title, study.state, study.paused_at IS NULL, study.protocol_hash,
  (SELECT max(id) FROM (SELECT id FROM evaluations_snapshot WHERE leaderboard_id = board.id
    ORDER BY ledger_size DESC LIMIT 4) AS newest),
  (SELECT md5(string_agg(model::text || entry::text, '' ORDER BY model.id)) FROM evaluations_entry entry
    JOIN evaluations_languagemodel model ON model.id = entry.model_id WHERE entry.study_id = study.id),
  (SELECT string_agg(other.id || other.state, ' ' ORDER BY other.id) FROM evaluations_study other
    JOIN evaluations_promptset its ON its.id = other.prompt_set_id
    JOIN evaluations_promptset own ON own.id = study.prompt_set_id
    WHERE its.slug = own.slug OR its.content_hash = own.content_hash)
FROM evaluations_leaderboard board JOIN evaluations_study study ON study.id = board.study_id WHERE board.slug = %s
"""
OF_ALL: Final = """
SELECT (SELECT max(id) FROM evaluations_snapshot),
  (SELECT md5(string_agg(board.slug || board.title || study.state || (study.paused_at IS NULL), '' ORDER BY board.id))
    FROM evaluations_leaderboard board JOIN evaluations_study study ON study.id = board.study_id),
  (SELECT md5(string_agg(model::text, '' ORDER BY model.id)) FROM evaluations_languagemodel model)
"""


def read_version(*, slug: str | None) -> tuple[str, ...]:
    """Of one leaderboard by its slug, or of all; nothing of one that there is not. Two equal ones: the same pages."""
    with connection.cursor() as cursor:
        cursor.execute(*((OF_ALL,) if slug is None else (OF_ONE, [slug])))
        row = cursor.fetchone()
    return () if row is None else tuple(map(str, row))
