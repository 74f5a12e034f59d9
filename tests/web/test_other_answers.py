"""Another answer to a battle that has a vote, from a second tab: it does not count, and the page says so."""

import pytest
from django.urls import reverse

from evaluations.models import Vote
from tests.factories import make_study
from tests.web.test_battles import post, start, vote

pytestmark = pytest.mark.django_db

NOT_COUNTED = "You preferred A. That vote stands. Your other answer, “B is better”, was not counted."
CHANGE = "To change your vote, undo it first."


class TestAnotherAnswer:
    """From a second tab that still shows the form."""

    @pytest.mark.parametrize("reveal", ["at_close", "after_vote"])
    @pytest.mark.parametrize("htmx", [False, True])
    def test_the_page_says_which_vote_stands_and_how_to_change_it(self, client, reveal, htmx):
        battle = start(client, make_study(reveal=reveal))
        vote(client, battle)
        answer = vote(client, battle, "right", htmx=htmx)
        assert answer["X-Vote-Receipt"] == Vote.objects.get().receipt
        if not htmx:
            answer = client.get(answer["Location"])
        page = " ".join(answer.content.decode().split())

        assert Vote.objects.get().outcome == "left"
        assert f"{NOT_COUNTED} {CHANGE}" in page
        assert reverse("undo", args=[battle.token]) in page
        assert ("<html" in page) != htmx

    @pytest.mark.parametrize("htmx", [False, True])
    def test_the_same_answer_again_is_not_remarked_on(self, client, htmx):
        battle = start(client, make_study())
        vote(client, battle)
        answer = vote(client, battle, htmx=htmx)
        page = answer.content.decode() if htmx else client.get(answer["Location"]).content.decode()

        assert "not counted" not in page
        assert "Vote 1 recorded: A is better." in page

    def test_once_the_time_is_over_no_undo_is_promised(self, client, time_machine):
        battle = start(client, make_study())
        vote(client, battle)
        time_machine(seconds=11)
        page = " ".join(vote(client, battle, "right", htmx=True).content.decode().split())

        assert f"{NOT_COUNTED} It can no longer change." in page
        assert CHANGE not in page

    def test_beside_the_names(self, client):
        battle = start(client, make_study(reveal="after_vote"))
        vote(client, battle)
        post(client, "reveal", battle)
        page = " ".join(vote(client, battle, "right", htmx=True).content.decode().split())

        assert f"{NOT_COUNTED} It can no longer change." in page
        assert battle.left.model.name in page

    @pytest.mark.parametrize("late", [False, True])
    def test_a_page_that_has_gone_on_is_told(self, client, time_machine, late):
        battle = start(client, make_study())
        vote(client, battle)
        if late:
            time_machine(seconds=11)
        page = vote(client, battle, "right", htmx=True, shown="nothing").content.decode()
        page = " ".join(page.split())

        assert 'data-state="differs" data-title="Your other answer was not counted"' in page
        assert "You preferred A. That vote stands, and your other answer was not counted." in page
        assert (CHANGE in page) != late
        assert (reverse("undo", args=[battle.token]) in page) != late
        assert Vote.objects.get().receipt in page
        assert "recorded" not in page.replace("recorded-strip", "")

    @pytest.mark.parametrize("answer", ["left", "right"])
    def test_an_answer_older_than_the_one_that_stands(self, client, answer):
        """One tab took its vote back and answered anew; the other still shows the first form."""
        battle = start(client, make_study())
        vote(client, battle, "right")
        post(client, "undo", battle)
        post(client, "vote", battle, outcome="left", revision=1)
        page = vote(client, battle, answer, htmx=True, shown="nothing").content.decode()

        assert "You took this vote back" not in page
        assert Vote.objects.get(revision=1).receipt in page
        assert ("was not counted" in page) == (answer == "right")
        whole = " ".join(vote(client, battle, answer, htmx=True).content.decode().split())
        assert (NOT_COUNTED in whole) == (answer == "right")

    @pytest.mark.parametrize("other", ["left", "nonsense", "<b>"])
    def test_an_address_made_up_says_nothing(self, client, other):
        battle = start(client, make_study())
        vote(client, battle)
        page = client.get(reverse("battle", args=[battle.token]), {"other": other}).content.decode()

        assert "not counted" not in page
