"""Reminders on the rating page: between two battles, gone once seen, the same whatever a battle was for."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evaluations.models import Battle, Reminder, Vote
from tests.factories import make_study
from tests.web.test_battles import agree, vote

pytestmark = pytest.mark.django_db
TITLE = "There is no hurry"


@pytest.fixture
def study():
    return make_study(prompts=12, session_length=40)


def show(client, study, **options):
    return client.get(reverse("rate", args=[study.slug]), **options).content.decode()


def rate(client, study, count, *, htmx=False):
    """So many quick votes, to the left and to the right in turn; the last answer."""
    page = ""
    for _ in range(count):
        battle = Battle.objects.filter(votes=None).order_by("number").first()
        if battle is None:
            show(client, study)
            battle = Battle.objects.filter(votes=None).order_by("number").first()
        page = vote(client, battle, ["left", "right"][battle.number % 2], htmx=htmx).content.decode()
    return page


def go_on(client, study, number=1, **headers):
    return client.post(reverse("reminder", args=[study.slug, number]), headers=headers)


def test_five_quick_votes_bring_one_before_the_next_battle(client, study):
    agree(client, study)
    assert TITLE not in rate(client, study, 4, htmx=True)
    page = rate(client, study, 1, htmx=True)

    assert TITLE in page
    assert "vote-choices" not in page
    assert "5 of 40" in page
    # The vote before it can still be undone.
    assert "Vote 5 recorded" in page
    assert Reminder.objects.get().seen_at is None
    # It waits: a reload, or another way to the page, shows it again.
    assert TITLE in show(client, study)


def test_going_on_shows_the_battle_that_waits(client, study):
    agree(client, study)
    rate(client, study, 5, htmx=True)
    waiting = Battle.objects.get(votes=None)
    response = go_on(client, study, **{"HX-Request": "true"})
    page = response.content.decode()

    assert waiting.token in page
    assert "<html" not in page
    assert response["HX-Replace-Url"] == reverse("rate", args=[study.slug])
    assert "no-store" in response["Cache-Control"]
    assert Reminder.objects.get().seen_at is not None
    assert Vote.objects.count() == 5


def test_without_javascript_too_and_twice_is_once(client, study):
    agree(client, study)
    rate(client, study, 5)
    assert TITLE in show(client, study)
    for _ in range(2):
        response = go_on(client, study)
        assert (response.status_code, response["Location"]) == (302, reverse("rate", args=[study.slug]))

    assert TITLE not in show(client, study)
    assert Reminder.objects.count() == 1


def test_there_are_two_and_no_third(client, study, time_machine):
    agree(client, study)
    counts = []
    for count in range(1, 31):
        page = rate(client, study, 1, htmx=True)
        if TITLE in page:
            counts.append(count)
            assert ("This page does not come again." in page) == (len(counts) == 2)
            go_on(client, study, len(counts))

    assert counts == [5, 10]


def test_who_takes_time_sees_none(client, study, time_machine):
    agree(client, study)
    for count in range(12):
        show(client, study)
        time_machine(minutes=count)
        assert TITLE not in rate(client, study, 1, htmx=True)

    assert not Reminder.objects.exists()


def test_nobody_else_goes_on_for_the_rater(client, study):
    agree(client, study)
    rate(client, study, 5)
    show(client, study)
    other = Client()
    assert go_on(other, study).status_code == 403
    agree(other, study)
    assert go_on(other, study).status_code == 403
    assert go_on(client, study, 2).status_code == 403

    assert Reminder.objects.get().seen_at is None


def test_it_says_the_same_whatever_it_is_about_but_pace_and_sides(client, study):
    """Who could tell a missed check from a repeat would know what a check is."""
    agree(client, study)
    rate(client, study, 5)
    show(client, study)
    pages = {}
    for kind in Reminder.Kind.values:
        Reminder.objects.update(kind=kind)
        pages[kind] = re.sub(r'value="\w{64}"', "", show(client, study))

    assert len({pages[kind] for kind in ("checks", "repeats", "agreement", "pattern")}) == 1
    assert len(set(pages.values())) == 3


def test_the_end_of_a_session_is_no_place_for_one(client):
    study = make_study(prompts=12, session_length=5)
    agree(client, study)
    page = rate(client, study, 5, htmx=True)

    assert TITLE not in page
    assert "You have rated all 5" in page


def test_a_due_reminder_costs_one_insert_and_an_unseen_one_nothing(
    client, study, django_assert_max_num_queries
):
    agree(client, study)
    rate(client, study, 4, htmx=True)
    battle = Battle.objects.get(votes=None)
    with django_assert_max_num_queries(7) as found:
        assert TITLE in vote(client, battle, htmx=True).content.decode()
    # What was prepared is not written down again.
    statements = [query["sql"] or "" for query in found]
    assert sum("evaluations_reminder" in sql and "INSERT" in sql for sql in statements) == 1
    with CaptureQueriesContext(connection) as unseen:
        assert TITLE in show(client, study)
    go_on(client, study)
    with CaptureQueriesContext(connection) as usual:
        assert TITLE not in show(client, study)
    assert len(unseen) <= len(usual)


def test_a_pilot_reminds_too(client):
    study = make_study(opened=False, prompts=12, session_length=40)
    study.state, study.piloted_at = "pilot", study.created_at + timedelta(days=1)
    study.save()
    agree(client, study)

    assert TITLE in rate(client, study, 5, htmx=True)
