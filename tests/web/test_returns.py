"""A panel's ids alone bring a person back to rate, not to what they did: that takes their browser, or a receipt."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from evaluations.access import make_invitation
from evaluations.models import Admission, Battle, Panel, Rater, Vote
from tests.factories import make_battle, make_study, make_vote

pytestmark = pytest.mark.django_db
PAGES = ("mine-all", "mine", "mine-data", "withdraw")


@pytest.fixture
def study():
    study = make_study(access="panel", session_length=3, prompts=4)
    codes = {"code_done": "DONE1", "code_screened_out": "OUT1", "code_stopped": "STOP1"}
    Panel.objects.create(study=study, **codes)
    return study


def arrive(study, client=None):
    client = client or Client()
    client.get(reverse("arrive", args=[study.slug]), {"PROLIFIC_PID": "5f0cabc"})
    return client


def agree(client, study):
    client.post(reverse("consent", args=[study.slug]), {"agree": "on"})
    return client


def vote(client, study):
    """The next vote of this session, which its own browser sees a receipt of."""
    client.get(reverse("rate", args=[study.slug]))
    token = Battle.objects.order_by("-number").first().token
    return client.post(reverse("vote", args=[token]), {"outcome": "left"})["X-Vote-Receipt"]


@pytest.fixture
def mine(study):
    return agree(arrive(study), study)


def vote_long_ago(study, *, minutes=60):
    """The newest rater's vote of that long ago; its receipt."""
    now = timezone.now() - timedelta(minutes=minutes)
    battle = make_battle(study=study, rater=Rater.objects.latest("pk"), now=now)
    return make_vote(battle=battle, now=now).receipt


@pytest.fixture
def receipt(mine, study):
    return vote_long_ago(study)


def ask(client, study, name):
    return client.get(reverse(name, args=[study.slug] if name == "mine" else []))


def is_open(client, study):
    answers = {ask(client, study, name).get("Location", "") for name in PAGES}
    assert answers in ({""}, {reverse("mine-proof")})
    return answers == {""}


def prove(client, receipt):
    return client.post(reverse("mine-proof"), {"receipt": receipt})


def test_in_a_new_browser_the_session_goes_on_and_what_was_done_stays_closed(study, mine, receipt):
    other = arrive(study)
    assert not is_open(other, study)
    page = other.get(reverse("mine-proof")).content.decode()
    assert "The panel knows your id on it" in page
    assert receipt not in page
    assert other.post(reverse("withdraw"), {"withdraw": "on"})["Location"] == reverse("mine-proof")
    assert Rater.objects.get().erased_at is None

    # Agreeing again, as to new terms, opens nothing either.
    agree(other, study)
    for _ in range(2):
        vote(other, study)
    assert Vote.objects.count() == 3
    assert not is_open(other, study)
    assert "DONE1" in other.post(reverse("leave", args=[study.slug]), follow=True).content.decode()
    assert is_open(mine, study)


def test_a_receipt_from_before_opens_it(study, receipt):
    other = arrive(study)
    response = prove(other, receipt.lower().replace("-", " "))

    assert response["Location"] == reverse("mine-all")
    assert is_open(other, study)
    assert receipt in ask(other, study, "mine").content.decode()
    # To arrive once more in this browser closes nothing.
    assert is_open(arrive(study, other), study)


def test_a_receipt_got_by_voting_in_a_new_browser_opens_nothing(study, receipt):
    """Nor after coming back in one more, and much later."""
    other = arrive(study)
    assert prove(other, vote(other, study)).status_code == 422
    Admission.objects.update(returned_at=timezone.now() - timedelta(minutes=30))
    got = vote_long_ago(study, minutes=20)
    again = arrive(study)

    assert prove(again, got).status_code == 422
    assert not is_open(arrive(study, again), study)
    assert prove(again, receipt).status_code == 302


def test_a_receipt_that_the_new_browser_may_have_been_shown_opens_nothing(study, mine):
    """The rating page shows the last vote's, while it can be undone."""
    receipt = vote(mine, study)

    assert prove(arrive(study), receipt).status_code == 422


@pytest.mark.parametrize(
    ("given", "said"), [("7K2M", "This is no receipt"), ("7K2M-9QXA-41TD", "does not show that it is you")]
)
def test_what_proves_nothing_is_said_to(study, receipt, given, said):
    response = prove(arrive(study), given)

    assert response.status_code == 422
    assert said in response.content.decode()
    assert given in response.content.decode()


def test_another_persons_receipt_proves_nothing(study, receipt):
    other = Client()
    other.get(reverse("arrive", args=[study.slug]), {"PROLIFIC_PID": "someone"})
    agree(other, study)
    vote_long_ago(study)
    third = Client()
    third.get(reverse("arrive", args=[study.slug]), {"PROLIFIC_PID": "someone"})

    assert prove(third, receipt).status_code == 422


def test_the_browser_one_began_in_stays_open_however_often_one_arrives(study, mine, receipt):
    assert is_open(arrive(study, mine), study)
    assert Admission.objects.get().returned_at is None


def test_who_agreed_to_nothing_yet_begins_where_they_come_last(study):
    arrive(study)
    other = agree(arrive(study), study)

    assert is_open(other, study)


def test_an_invitation_takes_the_mark_along(study, receipt):
    """The rater of a panel in a study by invitation: the same cookie."""
    invited = make_study(access="invitation")
    given = {"label": "", "places": 1, "expires_at": None, "user": None, "now": timezone.now()}
    _invitation, secret = make_invitation(study=invited, **given)
    other = arrive(study)
    address = reverse("join", args=[secret])
    code = other.get(address).context["code"]
    other.post(address, {"code": code})

    assert Admission.objects.filter(study=invited).count() == 1
    assert not is_open(other, study)


def test_elsewhere_the_page_leads_to_the_votes(mine):
    for client in (Client(), mine):
        assert client.get(reverse("mine-proof"))["Location"] == reverse("mine-all")
