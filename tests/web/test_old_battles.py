"""The page of a battle that can't be voted on: lost, or of a closed study."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from evaluations.models import Battle, Panel, Study, Vote, VoteEnding
from evaluations.studies import close_study, open_study
from tests.factories import make_study
from tests.web.test_access import QUERY
from tests.web.test_battles import agree, post, start, start_pilot, vote

pytestmark = pytest.mark.django_db


def read(client, name, key, *, htmx=False, status=200):
    response = client.get(reverse(name, args=[key]), headers={"HX-Request": "true"} if htmx else {})
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def says_next(page, study):
    return (
        f'<a class="button button-large button-primary" href="{reverse("rate", args=[study.slug])}"' in page
    )


class TestLost:
    """A sentence and the way on in place of the form."""

    @pytest.mark.parametrize("htmx", [False, True])
    def test_a_skipped_battle(self, client, htmx):
        study = make_study()
        battle = start(client, study)
        post(client, "skip", battle)
        page = read(client, "battle", battle.token, htmx=htmx)

        assert "You skipped this comparison. Nothing was recorded." in page
        assert 'name="outcome"' not in page
        assert says_next(page, study)

    @pytest.mark.parametrize("given", [False, True])
    def test_an_expired_battle_only_once_its_place_is_with_somebody_else(self, client, time_machine, given):
        study = make_study(
            lease_minutes=1, sampling="designed", votes_per_item=1, names=("a", "b"), prompts=1
        )
        battle = start(client, study)
        time_machine(minutes=2)
        if given:
            start(Client(), study)
        page = read(client, "battle", battle.token)

        assert ("waited too long and has expired" in page) == given
        assert ('name="outcome"' in page) != given
        assert says_next(page, study) == given

    def test_where_nothing_is_given_away_an_expired_battle_keeps_its_form(self, client, time_machine):
        battle = start(client, make_study(lease_minutes=1))
        time_machine(minutes=2)

        assert 'name="outcome"' in read(client, "battle", battle.token)
        vote(client, battle)
        assert Vote.objects.get().battle == battle

    def test_a_battle_of_a_pilot_that_is_over(self, client):
        study = make_study(opened=False)
        start_pilot(study)
        battle = start(client, study)
        open_study(study=study, now=timezone.now())
        page = read(client, "battle", battle.token)

        assert "This comparison was part of a pilot, which is over." in page
        assert 'name="outcome"' not in page

    def test_a_battle_of_a_paused_study(self, client):
        study = make_study()
        battle = start(client, study)
        Study.objects.filter(pk=study.pk).update(paused_at=timezone.now())
        page = read(client, "battle", battle.token)

        assert "This study is paused and takes no votes now." in page
        assert 'name="outcome"' not in page
        assert not says_next(page, study)
        Study.objects.filter(pk=study.pk).update(paused_at=None)
        assert 'name="outcome"' in read(client, "battle", battle.token)


class TestClosed:
    @pytest.fixture
    def study(self):
        return make_study(reveal="at_close")

    def close(self, study):
        close_study(study=study, now=timezone.now())

    def has_ways_out(self, page, study):
        return all(f'href="{reverse(name, args=[study.slug])}"' in page for name in ("mine", "leaderboard"))

    @pytest.mark.parametrize("reveal", ["at_close", "after_vote"])
    def test_a_vote_names_its_models_unasked_and_leads_out(self, client, time_machine, reveal):
        study = make_study(reveal=reveal)
        battle = start(client, study)
        vote(client, battle)
        time_machine(minutes=1)
        assert battle.left.model.name not in read(client, "battle", battle.token)
        self.close(study)
        page = read(client, "battle", battle.token)

        assert f"You preferred A: {battle.left.model.name}" in page
        assert battle.right.model.name in page
        assert "The names were hidden until the study closed." in page
        assert "This study has closed and takes no more votes." in page
        assert reverse("reveal", args=[battle.token]) not in page
        assert not says_next(page, study)
        assert self.has_ways_out(page, study)
        # Looking is no act: the page wrote nothing down.
        assert not VoteEnding.objects.exists()
        again = read(client, "battle-responses", battle.token)
        assert f"Response A: {battle.left.model.name}" in again

    def test_while_it_can_be_taken_back_the_names_still_wait(self, client, study):
        battle = start(client, study)
        vote(client, battle)
        self.close(study)
        for name in ("battle", "battle-responses"):
            assert battle.left.model.name not in read(client, name, battle.token)
        page = read(client, "battle", battle.token)

        assert reverse("undo", args=[battle.token]) in page
        assert "This study has closed and takes no more votes." in page
        assert not says_next(page, study)
        assert self.has_ways_out(page, study)

    def test_a_paused_study_names_nobody_and_leads_on_nowhere(self, client, study, time_machine):
        battle = start(client, study)
        vote(client, battle)
        time_machine(minutes=1)
        Study.objects.filter(pk=study.pk).update(paused_at=timezone.now())
        page = read(client, "battle", battle.token)

        assert battle.left.model.name not in page
        assert "This study is paused" in page
        assert not says_next(page, study)

    @pytest.mark.parametrize("how", ["never voted", "skipped", "undone"])
    def test_a_battle_without_a_vote_names_nobody(self, client, study, time_machine, how):
        battle = start(client, study)
        if how == "skipped":
            post(client, "skip", battle)
        if how == "undone":
            vote(client, battle)
            post(client, "undo", battle)
        time_machine(minutes=1)
        self.close(study)
        page = read(client, "battle", battle.token)

        assert "This study has closed" in page
        assert battle.left.model.name not in page
        assert 'name="outcome"' not in page
        assert self.has_ways_out(page, study)

    @pytest.mark.parametrize("htmx", [False, True])
    def test_rating_is_answered_with_a_page(self, client, study, htmx):
        vote(client, start(client, study))
        self.close(study)
        page = read(client, "rate", study.slug, htmx=htmx, status=409)

        assert "<h1" in page
        assert "This study has closed" in page
        assert "The votes that were recorded are kept." in page
        assert self.has_ways_out(page, study)
        assert ("<html" in page) != htmx

    @pytest.mark.parametrize("shown", [{}, {"shown": "nothing"}])
    def test_a_vote_whose_answer_was_lost_before_the_close_gets_its_receipt(self, client, study, shown):
        battle = start(client, study)
        vote(client, battle)
        self.close(study)
        answer = vote(client, battle, htmx=True, **shown)

        assert answer.status_code == 200
        assert answer["X-Vote-Receipt"] == Vote.objects.get().receipt
        assert Vote.objects.get().receipt in answer.content.decode()

    def test_others_are_led_to_the_studys_page(self, client, study):
        self.close(study)
        response = client.get(reverse("rate", args=[study.slug]))

        assert response["Location"] == reverse("study", args=[study.slug])

    def test_a_pilot_that_is_paused_promises_no_leaderboard(self, client):
        study = make_study(opened=False)
        start_pilot(study)
        start(client, study)
        Study.objects.filter(pk=study.pk).update(paused_at=timezone.now())
        page = read(client, "rate", study.slug, status=409)

        assert reverse("leaderboard", args=[study.slug]) not in page
        assert reverse("mine", args=[study.slug]) in page


def test_who_came_from_a_panel_is_led_to_the_code(client):
    study = make_study(access="panel")
    Panel.objects.create(study=study, code_done="DONE1", code_screened_out="OUT1", code_stopped="STOP1")
    client.get(reverse("arrive", args=[study.slug]), QUERY)
    battle = start(client, study)
    Study.objects.filter(pk=study.pk).update(paused_at=timezone.now())

    assert f'href="{reverse("leave", args=[study.slug])}"' in read(client, "battle", battle.token)


def test_the_names_of_a_closed_study_are_for_its_rater_alone(client, time_machine):
    study = make_study(reveal="at_close")
    battle = start(client, study)
    vote(client, battle)
    time_machine(minutes=1)
    stranger = Client()
    agree(stranger, study)
    close_study(study=study, now=timezone.now() + timedelta(seconds=1))

    assert battle.left.model.name not in read(stranger, "battle", battle.token, status=403)


def test_a_late_vote_more_than_was_asked_for_is_counted_as_one_more(client):
    """A browser kept it while it was offline; meanwhile the session was filled without it."""
    study = make_study(session_length=1)
    late = start(client, study)
    Battle.objects.filter(pk=late.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    client.get(reverse("rate", args=[study.slug]))
    vote(client, Battle.objects.order_by("-pk").first())
    vote(client, late)
    assert Vote.objects.count() == 2
    page = read(client, "rate", study.slug)
    assert "2 of 2" in page
    assert "2 of 1" not in page
