"""No constraint and no trigger without a test that tries to break it, by its name."""

import re
from pathlib import Path

import pytest
from django.apps import apps

TESTS = Path(__file__).resolve().parent.parent
MIGRATIONS = TESTS.parent / "evaluations" / "migrations"
# Only the target of foreign keys: an id is unique without it, so nothing could break it.
TARGETS = {"response_id_with_prompt", "item_id_with_study"}


def list_constraints():
    for model in apps.get_app_config("evaluations").get_models():
        yield from (constraint.name for constraint in model._meta.constraints)


def list_named_in_sql():
    for path in MIGRATIONS.glob("0*.py"):
        for raised, added in re.findall(r"CONSTRAINT = '(\w+)'|ADD CONSTRAINT (\w+)", path.read_text()):
            yield raised or added


def list_refused():
    """Names in tests. One may be built from a parameter: “battle_{side}_answers_the_prompt”."""
    for path in TESTS.rglob("test_*.py"):
        for name in re.findall(r'"(\w*(?:\{\w+\})?\w+)"', path.read_text()):
            yield re.compile(re.sub(r"\\\{\w+\\\}", r"[a-z]+", re.escape(name)))


REFUSED = list(list_refused())


@pytest.mark.parametrize("name", sorted({*list_constraints(), *list_named_in_sql()} - TARGETS))
def test_constraint_is_broken_on_purpose(name):
    assert any(refused.fullmatch(name) for refused in REFUSED)
