"""The ways in and out as a browser sees them, and the page where staff set them up."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from evaluations.models import Admission, Battle, Consent, Invitation, Membership, Panel, Rater, RaterIdentity
from tests.factories import NOW, make_study

pytestmark = pytest.mark.django_db
QUERY = {"PROLIFIC_PID": "5f0cabc", "STUDY_ID": "s1", "SESSION_ID": "x1"}


def sign_in(study, role, client=None):
    client = client or Client()
    user = get_user_model().objects.create_user(f"{role}-{study.slug}", is_staff=True)
    if role != "none":
        Membership.objects.create(study=study, user=user, role=role, created_at=NOW)
    client.force_login(user)
    return client


def read(response):
    return response.content.decode()


def agree(client, study):
    return client.post(reverse("consent", args=[study.slug]), {"agree": "on"})


@pytest.fixture
def invited():
    return make_study(access="invitation")


@pytest.fixture
def panel_study():
    study = make_study(access="panel", session_length=2)
    codes = {"code_done": "DONE1", "code_screened_out": "OUT1", "code_stopped": "STOP1"}
    Panel.objects.create(study=study, **codes)
    return study


def make_link(study):
    page = read(sign_in(study, "editor").post(reverse("study-invite", args=[study.slug]), {"places": "1"}))
    return re.search(r"http://testserver(/join/[^/<]+/)", page)[1]


def come(client, study, **ids):
    return client.get(reverse("arrive", args=[study.slug]), {**QUERY, **ids})


@pytest.mark.parametrize("access", ["invitation", "panel"])
def test_without_admission_the_door_is_closed_and_says_what_to_do(client, access):
    study = make_study(access=access)
    page = read(client.get(study.get_absolute_url()))

    assert reverse("consent", args=[study.slug]) not in page
    assert "in this browser" in page or "the panel’s own page" in page
    for response in (agree(client, study), client.get(reverse("rate", args=[study.slug]))):
        assert response.status_code == 403
        assert "in this browser" in read(response)
    assert not Consent.objects.exists()
    assert not Rater.objects.exists()


def test_the_list_keeps_it_on_record_without_a_start(client, invited):
    page = read(client.get(reverse("studies")))

    assert "By invitation" in page
    assert "Read more" in page
    assert ">Rate " not in page


def test_an_invitation_leads_in_and_opening_it_takes_no_place(client, invited):
    link = make_link(invited)
    page = read(client.get(link))
    assert Invitation.objects.get().taken == 0
    code = re.search(r'name="code" value="([^"]+)"', page)[1]
    for browser in (client, Client()):
        # The second browser sends the same form again, before it has a cookie.
        assert browser.post(link, {"code": code})["Location"] == invited.get_absolute_url()

    assert Invitation.objects.get().taken == 1
    assert agree(client, invited)["Location"] == reverse("rate", args=[invited.slug])
    assert client.get(reverse("rate", args=[invited.slug])).status_code == 200
    assert client.get(link)["Location"] == invited.get_absolute_url()


def test_a_used_up_invitation_says_so(client, invited):
    link = make_link(invited)
    Invitation.objects.update(taken=1)
    page = read(client.get(link))

    assert "All places of this invitation are taken" in page
    assert "<form" not in page.split("<main")[1].split("</main")[0]
    assert client.get("/join/guess/").status_code == 403


def test_a_form_with_a_code_of_ones_own_is_only_shown_again(client, invited):
    link = make_link(invited)

    assert client.post(link, {"code": "mine"}).status_code == 200
    assert not Rater.objects.exists()


def test_arriving_leads_to_an_address_without_the_ids(client, panel_study):
    response = come(client, panel_study)

    assert response["Location"] == panel_study.get_absolute_url()
    assert response["Referrer-Policy"] == "no-referrer"
    assert "5f0cabc" not in read(client.get(response["Location"]))
    assert "5f0cabc" not in str(client.cookies)


def test_the_same_person_in_another_browser_goes_on_where_they_were(client, panel_study):
    come(client, panel_study)
    agree(client, panel_study)
    client.get(reverse("rate", args=[panel_study.slug]))
    other = Client()
    come(other, panel_study)

    assert Battle.objects.get().token in read(other.get(reverse("rate", args=[panel_study.slug])))


def test_an_address_without_an_id_is_refused(client, panel_study):
    response = come(client, panel_study, PROLIFIC_PID="")

    assert response.status_code == 403
    assert not Rater.objects.exists()


def test_who_does_not_agree_gets_a_code_to_go_back_with(client, panel_study):
    come(client, panel_study)
    assert "I do not agree" in read(client.get(panel_study.get_absolute_url()))
    page = read(client.post(reverse("leave", args=[panel_study.slug]), follow=True))

    assert "OUT1" in page
    assert "https://app.prolific.com/submissions/complete?cc=OUT1" in page
    assert "DONE1" not in page


def test_who_stops_early_gets_the_code_for_that(client, panel_study):
    come(client, panel_study)
    agree(client, panel_study)
    page = read(client.get(reverse("rate", args=[panel_study.slug])))
    assert reverse("pause", args=[panel_study.slug]) in page
    page = read(client.get(reverse("pause", args=[panel_study.slug])))
    assert reverse("leave", args=[panel_study.slug]) in page
    asked = read(client.get(reverse("leave", args=[panel_study.slug])))
    assert "STOP1" not in asked

    assert "STOP1" in read(client.post(reverse("leave", args=[panel_study.slug]), follow=True))


def test_who_is_done_gets_the_code_at_the_end(client, panel_study):
    come(client, panel_study)
    agree(client, panel_study)
    client.get(reverse("rate", args=[panel_study.slug]))
    for _ in range(2):
        token = Battle.objects.order_by("-pk").first().token
        page = read(
            client.post(reverse("vote", args=[token]), {"outcome": "left"}, headers={"HX-Request": "true"})
        )
        assert ("DONE1" in page) == ("You have rated" in page)

    assert "DONE1" in page
    assert Admission.objects.get().exit == "done"


def test_who_is_in_the_middle_when_the_study_pauses_can_go_back(client, panel_study):
    come(client, panel_study)
    agree(client, panel_study)
    client.get(reverse("rate", args=[panel_study.slug]))
    panel_study.paused_at = NOW
    panel_study.save(update_fields=["paused_at"])
    leave = reverse("leave", args=[panel_study.slug])
    refused = client.post(reverse("vote", args=[Battle.objects.get().token]), {"outcome": "left"})

    assert refused.status_code == 409
    assert "paused" in read(refused)
    assert leave in read(refused)
    assert client.get(reverse("rate", args=[panel_study.slug]))["Location"] == leave
    assert "STOP1" in read(client.post(leave, follow=True))


def test_there_is_no_leaving_of_a_public_study(client):
    assert client.get(reverse("leave", args=[make_study().slug])).status_code == 404


class TestStaffPage:
    def test_each_may_do_what_their_role_says(self, invited):
        invitation_page = reverse("study-access", args=[invited.slug])
        make_link(invited)
        pk = Invitation.objects.get().pk
        posts = {
            reverse("study-invite", args=[invited.slug]): "editor",
            reverse("study-withdraw-invitation", args=[invited.slug, pk]): "editor",
            reverse("study-panel", args=[invited.slug]): "owner",
            reverse("study-erase-ids", args=[invited.slug]): "owner",
        }
        Membership.objects.all().delete()
        get_user_model().objects.all().delete()
        ranks = ["none", "viewer", "editor", "owner"]
        for role in ranks:
            client = sign_in(invited, role)
            assert client.get(invitation_page).status_code == (404 if role == "none" else 200)
            for address, needed in posts.items():
                status = client.post(address, {"places": "1"}).status_code
                refused = {"none": 404}.get(role, 403)
                assert (status == refused) == (ranks.index(role) < ranks.index(needed)), (
                    role,
                    address,
                    status,
                )

    def test_the_link_is_shown_once(self, invited):
        link = make_link(invited)
        page = read(sign_in(invited, "viewer").get(reverse("study-access", args=[invited.slug])))

        assert link not in page
        assert "Open" in page

    def test_a_wrong_form_says_what_is_wrong(self, invited):
        client = sign_in(invited, "editor")
        response = client.post(reverse("study-invite", args=[invited.slug]), {"places": "0"})

        assert response.status_code == 422
        assert 'aria-invalid="true"' in read(response)
        past = client.post(
            reverse("study-invite", args=[invited.slug]), {"places": "1", "last_day": "2020-01-01"}
        )
        assert "This day is over" in read(past)
        assert not Invitation.objects.exists()

    def test_codes_and_ids_are_for_owners(self, client, panel_study):
        come(client, panel_study)
        address = reverse("study-access", args=[panel_study.slug])
        for role, sees in [("viewer", False), ("editor", False), ("owner", True)]:
            page = read(sign_in(panel_study, role).get(address))
            assert ("DONE1" in page) == sees
            assert ("5f0cabc" in page) == sees
        assert "PROLIFIC_PID={{%PROLIFIC_PID%}}&amp;STUDY_ID={{%STUDY_ID%}}" in page

    def test_a_panel_is_saved_or_its_faults_are_named(self):
        study = make_study(access="panel")
        owner = sign_in(study, "owner")
        address = reverse("study-panel", args=[study.slug])
        page = read(owner.get(reverse("study-access", args=[study.slug])))
        values = dict(re.findall(r'id="panel-(\w+)" name="\w+" value="([^"]*)"', page))
        assert len(values) == 7
        wrong = owner.post(address, {**values, "return_url": "http://panel.example/{code}"})
        assert wrong.status_code == 422
        assert "https://" in read(wrong)

        assert owner.post(address, values).status_code == 302
        assert Panel.objects.get(study=study).code_done == values["code_done"]

    def test_ids_are_erased_on_demand(self, client, panel_study):
        come(client, panel_study)
        owner = sign_in(panel_study, "owner")
        address = reverse("study-erase-ids", args=[panel_study.slug])
        owner.post(address, {"rater": ""})
        assert RaterIdentity.objects.count() == 1
        owner.post(address, {"rater": "all"})

        assert not RaterIdentity.objects.exists()
        assert "erased" in read(owner.get(reverse("study-access", args=[panel_study.slug])))

    def test_a_public_study_has_nothing_to_set_up(self):
        study = make_study()
        page = read(sign_in(study, "viewer").get(reverse("study-access", args=[study.slug])))

        assert "Everyone may rate in this study." in page
