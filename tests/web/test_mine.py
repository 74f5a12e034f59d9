"""A rater's own pages through the real views: whose they are, what they tell and when, and the way out."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from evaluations.ledger import seal_all
from evaluations.models import Battle, Rater, Vote, Withdrawal
from evaluations.sessions import fetch_session
from evaluations.studies import close_study
from evaluations.templatetags.figures import day as write_day
from evaluations.votes import reveal_models
from evaluations.web.stages import describe_last
from tests.factories import make_battle, make_rater, make_study, make_vote
from tests.refreshing import refresh_all
from tests.web.test_routes import sign_rater

pytestmark = pytest.mark.django_db
NAMES = ("Alpha", "Beta", "Gamma")


@pytest.fixture
def rater():
    return make_rater()


@pytest.fixture
def client(rater):
    client = Client()
    client.cookies["arena_rater"] = sign_rater(rater)
    return client


def vote_on(study, rater, outcome="left", **battle):
    now = timezone.now() - timedelta(hours=1)
    return make_vote(
        battle=make_battle(study=study, rater=rater, now=now, **battle), outcome=outcome, now=now
    )


def read(client, name, *args, **query):
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    return re.sub(r'(name="csrfmiddlewaretoken" value=)"\w+"', r"\1", response.content.decode())


def close(study):
    close_study(study=study, now=timezone.now())


@pytest.mark.parametrize("address", ["/mine/", "/mine/withdraw/", "/receipts/", "/studies/tasks/mine/"])
def test_who_is_no_rater_sees_an_empty_page_and_becomes_none(address):
    make_study(slug="tasks")
    response = Client().get(address)

    assert response.status_code == 200
    assert 'content="noindex"' in response.content.decode()
    assert "arena_rater" not in response.cookies
    assert not Rater.objects.exists()


def test_without_a_rater_there_is_no_data():
    assert Client().get(reverse("mine-data"))["Location"] == reverse("mine-all")


def test_every_study_of_ones_own_and_no_other(client, rater):
    mine, other = make_study(slug="mine-one"), make_study(slug="not-mine")
    vote_on(mine, rater)
    vote_on(other, make_rater())
    page = read(client, "mine-all")

    assert reverse("mine", args=["mine-one"]) in page
    assert "1 vote stands." in page
    assert "not-mine" not in page
    assert "You have not voted" in read(client, "mine", "not-mine")


def test_a_draft_has_no_page(client):
    study = make_study(opened=False)
    assert client.get(reverse("mine", args=[study.slug])).status_code == 404


def test_votes_with_receipts_places_and_no_names_until_the_close(client, rater):
    study = make_study()
    sealed = vote_on(study, rater)
    check = vote_on(study, rater, "tie", kind="check", expected="left")
    seal_all(now=timezone.now())
    page = read(client, "mine", study.slug)

    for vote in (sealed, check):
        assert vote.receipt in page
        assert reverse("battle", args=[vote.battle.token]) in page
    assert "In the ledger, entry 1" in page
    assert "Your ranking is shown once this study has closed" in page
    assert not any(name in page for name in NAMES)
    assert "in no ranking" not in page

    close(study)
    page = read(client, "mine", study.slug)
    assert "(A: Alpha, B: Beta)" in page
    assert "a check, in no ranking" in page
    assert "has won every battle" in page
    assert "Nobody else compared the same two answers" in page


def test_names_do_not_depend_on_who_wrote_what_before_the_close(client, rater):
    """The page of a rater is the same, byte for byte, with the models' answers swapped."""
    study = make_study()
    vote = vote_on(study, rater)
    before = read(client, "mine", study.slug)
    left, right = vote.battle.left_id, vote.battle.right_id
    Battle.objects.filter(pk=vote.battle_id).update(left=right, right=left)

    assert read(client, "mine", study.slug) == before


def test_ones_own_ranking_has_intervals_and_says_whose_votes_it_is_of(client, rater):
    study = make_study(names=("alpha", "beta"), reveal="after_vote")
    for outcome in ("left", "left", "right"):
        reveal_models(vote=vote_on(study, rater, outcome), now=timezone.now())
    hidden = vote_on(study, rater, "right")
    page = read(client, "mine", study.slug)

    assert "It follows from 3 votes of one person, you." in page
    assert page.count('class="interval-cell"') == 2
    assert page.count("(A: Alpha, B: Beta)") == 3
    assert hidden.receipt in page


def test_agreement_with_the_others_once_closed(client, rater, settings):
    study = make_study(names=("alpha", "beta"))
    vote_on(study, rater)
    for outcome in ("left", "left", "right"):
        vote_on(study, make_rater(), outcome)
    seal_all(now=timezone.now())
    assert "You and the others" not in read(client, "mine", study.slug)
    close(study)

    assert "voted as you did in 67% (" in read(client, "mine", study.slug)


def test_many_votes_are_on_pages(client, rater):
    study = make_study()
    for _ in range(26):
        vote_on(study, rater)

    assert read(client, "mine", study.slug).count('data-name="Receipt"') == 25
    assert read(client, "mine", study.slug, page=2).count('data-name="Receipt"') == 1


def test_the_cost_of_a_page_is_that_of_its_own_votes(client, rater, django_assert_max_num_queries):
    study = make_study()
    for _ in range(3):
        vote_on(study, rater)
        vote_on(study, make_rater())
    with django_assert_max_num_queries(6):
        read(client, "mine", study.slug)
    for _ in range(20):
        vote_on(study, rater)
        vote_on(study, make_rater())
    with django_assert_max_num_queries(6):
        read(client, "mine", study.slug)


def test_data_is_a_file_of_ones_own(client, rater):
    study = make_study()
    mine, other = vote_on(study, rater), vote_on(study, make_rater())
    response = client.get(reverse("mine-data"))
    data = json.loads(response.content)

    assert response["Content-Disposition"] == 'attachment; filename="arena-my-data.json"'
    assert "no-store" in response["Cache-Control"]
    assert data["studies"][0]["comparisons"][0]["votes"][0]["receipt"] == mine.receipt
    assert other.receipt not in response.content.decode()


# The way out


def test_the_page_says_what_happens_by_each_studys_rule(client, rater):
    keeps, removes = make_study(withdrawal="keep"), make_study(withdrawal="remove")
    vote_on(keeps, rater)
    vote_on(removes, rater)
    page = read(client, "withdraw")
    goes, stays = page.index("Here your votes go"), page.index("Here your votes stay")

    assert goes < page.index(removes.title) < stays < page.index(keeps.title)
    assert not Withdrawal.objects.exists()


def test_nothing_happens_without_the_tick(client, rater):
    vote_on(make_study(), rater)
    response = client.post(reverse("withdraw"))

    assert response.status_code == 422
    assert "Tick this box to continue" in response.content.decode()
    assert not Withdrawal.objects.exists()
    assert client.cookies["arena_rater"].value


def test_who_withdraws_is_told_what_happened_and_forgotten(client, rater):
    keeps, removes = make_study(withdrawal="keep"), make_study(withdrawal="remove")
    vote = vote_on(keeps, rater)
    vote_on(removes, rater)
    cookie = client.cookies["arena_rater"].value
    response = client.post(reverse("withdraw"), {"withdraw": "on"})
    page = response.content.decode()

    assert response.status_code == 200
    assert "You have withdrawn" in page
    assert "Your votes stay" in page[page.index(keeps.title) :]
    assert response.cookies["arena_rater"]["max-age"] == response.cookies["arena_keys"]["max-age"] == 0
    assert Rater.objects.get().erased_at is not None

    client.cookies["arena_rater"] = cookie
    assert client.get(reverse("battle", args=[vote.battle.token])).status_code == 403
    assert "You have not voted" in read(client, "mine-all")
    assert client.get(reverse("mine-data")).status_code == 302


def test_sending_the_form_again_changes_nothing(client, rater):
    vote_on(make_study(withdrawal="remove"), rater)
    seal_all(now=timezone.now())
    for _ in range(2):
        assert client.post(reverse("withdraw"), {"withdraw": "on"}).status_code == 200

    assert Withdrawal.objects.count() == 1
    assert Vote.objects.count() == 1


def test_a_second_withdrawal_is_told_that_it_is_done_and_when(client, rater, time_machine):
    vote_on(make_study(withdrawal="remove"), rater)
    cookie = client.cookies["arena_rater"].value
    client.post(reverse("withdraw"), {"withdraw": "on"})
    done_on = write_day(timezone.localdate())
    time_machine(days=40)
    for response in (client.post(reverse("withdraw"), {"withdraw": "on"}), client.get(reverse("withdraw"))):
        page = response.content.decode()
        assert response.status_code == 200
        assert "You have withdrawn already" in page
        assert f"It was done on {done_on}." in page

    # Sent twice at once: the second has the code still, and not the day.
    again = Client()
    again.cookies["arena_rater"] = cookie
    assert (
        "You have withdrawn already" in again.post(reverse("withdraw"), {"withdraw": "on"}).content.decode()
    )


def test_who_never_voted_has_not_withdrawn():
    page = Client().post(reverse("withdraw"), {"withdraw": "on"}).content.decode()

    assert "There is nothing to withdraw" in page
    assert "You have withdrawn" not in page


def test_a_vote_has_the_number_that_the_rating_page_gave_it(client, rater):
    """Skipped and expired comparisons have none, and a pilot counts its own."""
    study = make_study(session_length=5)
    long_ago = timezone.now() - timedelta(days=2)
    pilot = make_vote(battle=make_battle(study=study, rater=rater, now=long_ago, pilot=True), now=long_ago)
    make_battle(study=study, rater=rater, now=long_ago)
    first, second = vote_on(study, rater), vote_on(study, rater)
    page = read(client, "mine", study.slug)
    numbers = {
        token: int(number) for token, number in re.findall(r'/battles/([\w-]+)/">Comparison (\d+)</a>', page)
    }

    assert numbers == {vote.battle.token: number for vote, number in ((pilot, 1), (first, 1), (second, 2))}
    last = fetch_session(study=study, rater=rater)
    assert describe_last(last=second, session=last, now=timezone.now())["last_number"] == 2


def test_the_leaderboard_says_how_many_votes_went(client, rater, settings):
    study = make_study(withdrawal="remove", minimum_votes=1)
    vote_on(study, rater)
    vote_on(study, make_rater())

    def read_board():
        seal_all(now=timezone.now())
        refresh_all(columns_root=settings.COLUMNS_ROOT, now=timezone.now())
        return Client().get(reverse("leaderboard", args=[study.slug])).content.decode()

    assert "who withdrew" not in read_board()
    client.post(reverse("withdraw"), {"withdraw": "on"})
    assert "1 vote went with 1 rater who withdrew" in read_board()


@pytest.mark.parametrize("rule", ["keep", "remove"])
def test_staff_see_that_a_rater_withdrew_and_decide_nothing_where_votes_went(rule, sign_in_as, client, rater):
    study = make_study(withdrawal=rule)
    vote_on(study, rater)
    seal_all(now=timezone.now())
    client.post(reverse("withdraw"), {"withdraw": "on"})
    staff = sign_in_as("owner", study)
    table = staff.get(reverse("study-raters", args=[study.slug])).content.decode()
    page = staff.get(reverse("study-rater", args=[study.slug, "R-001"])).content.decode()

    assert "Withdrew" in table
    assert "Withdrew" in page
    assert ("Exclude 1 vote" in page) == (rule == "keep")
    assert ("There is nothing left to decide" in page) == (rule == "remove")
