"""The pause page: how far, what is kept and for how long, the ways on and out. It changes nothing."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from evaluations.models import Admission, Battle, Panel, Rater, Study
from tests.factories import NOW, make_study
from tests.web.test_battles import agree, start, vote

pytestmark = pytest.mark.django_db


def pause(client, study):
    return client.get(reverse("pause", args=[study.slug]))


def read(client, study):
    return " ".join(pause(client, study).content.decode().split())


def test_it_says_how_far_one_is_and_what_waits(client):
    study = make_study(session_length=40, prompts=8)
    vote(client, start(client, study))
    client.get(reverse("rate", args=[study.slug]))
    battles = Battle.objects.count()
    page = read(client, study)

    assert "Paused. 1 of 40 done." in page
    assert "The comparison you were at is kept for more than 1 hour." in page
    assert f'href="{reverse("rate", args=[study.slug])}"' in page
    assert "Français" in page
    assert Battle.objects.count() == battles


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(minutes=1, seconds=59), "1 minute"),
        (timedelta(minutes=90, seconds=30), "90 minutes"),
        (timedelta(minutes=91, seconds=30), "more than 1 hour"),
        (timedelta(hours=26, seconds=30), "more than 26 hours"),
    ],
)
def test_never_longer_than_it_is_kept(client, left, said):
    study = make_study()
    battle = start(client, study)
    Battle.objects.filter(pk=battle.pk).update(expires_at=timezone.now() + left)

    assert f"is kept for {said}." in read(client, study)


def test_where_nothing_waits_nothing_is_promised(client):
    study = make_study()
    battle = start(client, study)
    Battle.objects.filter(pk=battle.pk).update(expires_at=timezone.now() - timedelta(minutes=1))

    assert "is kept for" not in read(client, study)


def read_main(client, study):
    """Without the form's token, which is another one each time."""
    return re.sub(r'(name="csrfmiddlewaretoken" value=)"\w+"', r"\1", read(client, study).split("<main")[1])


def test_what_is_ready_behind_the_battle_on_screen_changes_no_word(client):
    study = make_study(prompts=8)
    battle = start(client, study)
    before = read_main(client, study)
    client.get(reverse("next-battle", args=[battle.token]))

    assert Battle.objects.count() == 2
    assert read_main(client, study) == before


def test_before_the_terms_it_leads_to_them(client):
    study = make_study()
    response = pause(client, study)

    assert (response.status_code, response["Location"]) == (302, reverse("study", args=[study.slug]))
    assert not Rater.objects.exists()


def test_a_draft_has_none(client):
    assert pause(client, make_study(opened=False)).status_code == 404


def test_a_study_that_ended_meanwhile_says_so(client):
    study = make_study()
    start(client, study)
    study.paused_at = timezone.now()
    study.save()
    page = read(client, study)

    assert "This study is paused and takes no votes now." in page
    assert f'href="{reverse("rate", args=[study.slug])}"' not in page
    assert "is kept for" not in page


def test_who_is_done_is_told_so(client):
    study = make_study(session_length=1)
    vote(client, start(client, study))

    assert "Done: 1 comparison." in read(client, study)


def test_panel_raters_can_stop_from_here(client):
    study = make_study(access=Study.Access.PANEL)
    Panel.objects.create(study=study, code_done="DONE1", code_screened_out="SCREEN1", code_stopped="STOP1")
    assert pause(client, study).status_code == 403
    client.get(reverse("arrive", args=[study.slug]), {"PROLIFIC_PID": "5f3c9a7be1d2400012345678"})
    agree(client, study)
    rating = client.get(reverse("rate", args=[study.slug])).content.decode()
    page = read(client, study)

    assert f'href="{reverse("pause", args=[study.slug])}"' in rating
    assert f'href="{reverse("leave", args=[study.slug])}"' in page
    assert Admission.objects.get().exit == ""
    assert Battle.objects.get().created_at > NOW
