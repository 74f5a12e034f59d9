"""Objects from rows of statements that are written once.

A queryset writes its SQL anew each time, which costs a vote more than the database's answer. What is read with every
vote has its statement here; its columns are those of the models, so that a new one is read without a change.
"""

from collections.abc import Collection, Iterator
from itertools import islice
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, models

from evaluations.models import Battle, Prompt, Rater, Response, Skip, Study
from evaluations.statements import open_cursor

Row = TypeVar("Row", bound=models.Model)


class Columns(Generic[Row]):
    """A model's columns in a statement, under an alias. Those left out are read when they are asked for."""

    def __init__(self, model: type[Row], alias: str, *, without: Collection[str] = ()) -> None:
        fields = [field for field in model._meta.concrete_fields if field.name not in without]
        self._model = model
        self._names = [field.attname for field in fields]
        # JSON comes as text; the field makes of it what a queryset would. Most come as they are.
        converters = enumerate(field.get_db_converters(connection) for field in fields)
        self._converted = [(place, convert) for place, found in converters for convert in found]
        self.sql = ", ".join(f"{alias}.{field.column}" for field in fields)

    def read(self, values: Iterator[Any]) -> Row:
        """The object of the next columns."""
        found = list(islice(values, len(self._names)))
        for place, convert in self._converted:
            found[place] = convert(found[place], None, connection)
        return self._model.from_db(DEFAULT_DB_ALIAS, self._names, found)


BATTLE, RATER, SKIP = Columns(Battle, "b"), Columns(Rater, "r"), Columns(Skip, "s")
# What only staff's pages and the ledger read.
STUDY = Columns(Study, "t", without=("protocol", "description", "source"))
PROMPT = Columns(Prompt, "p", without=("messages", "metadata"))
# The source is wanted once, to be rendered.
LEFT, RIGHT = Columns(Response, "x", without=("text",)), Columns(Response, "y", without=("text",))

BY_TOKEN = f"""
SELECT s.id, {SKIP.sql}, {BATTLE.sql}, {STUDY.sql}, {RATER.sql}
FROM evaluations_battle b
JOIN evaluations_study t ON t.id = b.study_id
JOIN evaluations_rater r ON r.id = b.rater_id
LEFT JOIN evaluations_skip s ON s.battle_id = b.id
WHERE b.token = %s
"""  # noqa: S608 - columns of our models
WITH_TEXTS = f"""
SELECT {BATTLE.sql}, {PROMPT.sql}, {LEFT.sql}, {RIGHT.sql}
FROM evaluations_battle b
JOIN evaluations_prompt p ON p.id = b.prompt_id
JOIN evaluations_response x ON x.id = b.left_id
JOIN evaluations_response y ON y.id = b.right_id
WHERE b.study_id = %s AND b.rater_id = %s AND b.number = %s
"""  # noqa: S608 - columns of our models


def find_battle(*, token: str) -> Battle | None:
    """The battle with its study, rater and skip, if there is one."""
    row = _fetch_row(BY_TOKEN, [token])
    if row is None:
        return None
    skipped, skip = next(row) is not None, SKIP.read(row)
    battle = BATTLE.read(row)
    battle.study, battle.rater = STUDY.read(row), RATER.read(row)
    # As a queryset leaves it: that there is none is known as well.
    Battle._meta.get_field("skip").set_cached_value(battle, skip if skipped else None)
    return battle


def fetch_with_texts(*, study: Study, rater: Rater, number: int) -> Battle:
    """The rater's battle of this number with its prompt and its two responses. Raises Battle.DoesNotExist."""
    row = _fetch_row(WITH_TEXTS, [study.pk, rater.pk, number])
    if row is None:
        raise Battle.DoesNotExist
    battle = BATTLE.read(row)
    battle.study, battle.rater = study, rater
    battle.prompt, battle.left, battle.right = PROMPT.read(row), LEFT.read(row), RIGHT.read(row)
    return battle


def _fetch_row(sql: str, values: list[Any]) -> Iterator[Any] | None:
    with open_cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
    return None if row is None else iter(row)
