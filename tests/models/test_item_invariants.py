"""The invariants of items, slots, panels and skips, broken on purpose."""

import pytest
from django.db import IntegrityError, connection, transaction

from evaluations.models import Item, Panel, Skip, Slot
from tests.factories import NOW, make_battle, make_rater, make_study

pytestmark = pytest.mark.django_db


def refuses(name):
    return pytest.raises(IntegrityError, match=name)


@pytest.fixture
def study():
    return make_study(sampling="designed", votes_per_item=2)


@pytest.fixture
def slot(study):
    return Slot.objects.filter(study=study).order_by("pk").first()


def test_a_pair_is_one_item_whichever_way_round(study):
    item = study.items.first()
    swapped = {"study": study, "prompt": item.prompt, "first": item.second, "second": item.first}
    with refuses("item_responses_in_order"), transaction.atomic():
        Item.objects.create(**swapped)
    with refuses("item_once_per_study"), transaction.atomic():
        Item.objects.create(**{**swapped, "first": item.first, "second": item.second})


@pytest.mark.parametrize("side", ["first", "second"])
def test_both_responses_answer_the_items_prompt(study, side):
    """The pair stays in order, so that this rule alone is broken."""
    early, late = study.items.order_by("prompt").first(), study.items.order_by("prompt").last()
    item, stranger = (late, early.first) if side == "first" else (early, late.second)
    setattr(item, side, stranger)
    with refuses(f"item_{side}_answers_the_prompt"), transaction.atomic():
        item.save()


def check_now():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_slot_is_of_its_items_study(slot):
    with refuses("slot_of_its_items_study"), transaction.atomic():
        Slot.objects.filter(pk=slot.pk).update(study=make_study())
        check_now()


def test_a_slot_has_a_number_of_its_own(slot):
    with refuses("slot_number_unique_in_item"), transaction.atomic():
        Slot.objects.create(study=slot.study, item=slot.item, number=slot.number)


def test_nobody_holds_two_slots_of_an_item(study, slot):
    rater = make_rater()
    with refuses("slot_once_per_rater_and_item"), transaction.atomic():
        for place in Slot.objects.filter(item=slot.item):
            battle = make_battle(study=study, rater=rater)
            Slot.objects.filter(pk=place.pk).update(rater=rater, battle=battle, leased_until=NOW)


@pytest.mark.parametrize("missing", ["rater", "battle", "leased_until"])
def test_a_leased_slot_says_to_whom(study, slot, missing):
    battle = make_battle(study=study)
    values = {"rater": battle.rater, "battle": battle, "leased_until": NOW, missing: None}
    with refuses("slot_leased_says_to_whom"), transaction.atomic():
        Slot.objects.filter(pk=slot.pk).update(**values)


def test_only_a_leased_slot_is_filled(slot):
    with refuses("slot_filled_has_its_battle"), transaction.atomic():
        Slot.objects.filter(pk=slot.pk).update(filled=True)


def test_a_panel_returns_over_https(study):
    codes = {"code_done": "a", "code_screened_out": "b", "code_stopped": "c"}
    with refuses("panel_returns_over_https"), transaction.atomic():
        Panel.objects.create(study=study, return_url="javascript:alert(1)", **codes)
    Panel.objects.create(study=study, return_url="", **codes)


def test_a_skip_has_a_reason_that_is_offered(study):
    with refuses("skip_reason_is_known"), transaction.atomic():
        Skip.objects.create(battle=make_battle(study=study), reason="bored", made_at=NOW)
