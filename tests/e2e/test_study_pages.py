"""A study's own pages for staff and its doors for raters, in each state, in both looks."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from evaluations.models import Membership, Panel
from evaluations.quality.decisions import decide_rater
from evaluations.quality.exclusions import name_rater
from tests.e2e.walks import check_page, open_looks, walk
from tests.factories import NOW, make_battle, make_study, make_vote
from tests.raters import seal, turn_by_model, vote_often
from tests.refreshing import refresh_all
from tests.web.test_access import QUERY, make_link

pytestmark = pytest.mark.django_db(transaction=True)
TABS = ["health", "raters", "access", "exports", "codebook", "settings", "people"]
FILLED = [f"study-{tab}" for tab in TABS]
PANEL = {"code_done": "DONE1", "code_screened_out": "OUT1", "code_stopped": "STOP1"}


@pytest.fixture
def rated(admin_user):
    """Two careful raters, one who waits for a decision and one whose votes are left out."""
    study = make_study(names=("alpha", "beta"), slug="rated", prompts=30, target_votes=80)
    for _ in range(2):
        vote_often(study=study, outcomes=turn_by_model(30))
    fast = [vote_often(study=study, outcomes=["left"] * 30, seconds=2) for _ in range(2)]
    seal(settings)
    decide_rater(
        study=study,
        rater=fast[1],
        number=4,
        decision="exclude",
        reason="Too fast to have read.",
        flags=[],
        after=0,
        user=admin_user,
        now=timezone.now(),
    )
    seal(settings)
    refresh_all(columns_root=settings.COLUMNS_ROOT, now=timezone.now())
    return study


def list_addresses(study, names=FILLED):
    return [reverse(name, args=[study.slug]) for name in names]


def test_a_study_with_flags_and_exclusions(open_context, admin_user, rated):
    Membership.objects.create(study=rated, user=admin_user, role="owner", created_at=NOW)
    raters = [reverse("study-rater", args=["rated", name_rater(number)]) for number in (1, 3, 4)]
    board = reverse("leaderboard", args=["rated"])
    for page in open_looks(open_context, admin_user):
        walk(page, [*list_addresses(rated), *raters, board, reverse("manage"), reverse("audit-log")])
        assert page.goto(board).status == 200
        assert page.locator("details.exclusions").count() == 1


def test_a_study_before_anyone_has_rated(open_context, admin_user):
    draft, opened = make_study(opened=False), make_study()
    pilot = make_study(slug="pilot", opened=False)
    make_vote(battle=make_battle(study=pilot, pilot=True))
    for page in open_looks(open_context, admin_user):
        walk(page, list_addresses(draft, ["study-health", "study-raters", "study-exports", "study-access"]))
        walk(page, list_addresses(opened, ["study-health", "study-raters"]))
        walk(page, list_addresses(pilot, ["study-health"]))


def test_access_to_a_study(open_context, admin_user):
    invited, panel = make_study(access="invitation"), make_study(access="panel")
    make_link(invited)
    for page in open_looks(open_context, admin_user):
        walk(page, list_addresses(panel, ["study-access"]) + list_addresses(invited, ["study-access"]))
        with page.expect_navigation():
            page.click("form[action$='/invitations/'] button")
        check_page(page)
    Panel.objects.create(study=panel, **PANEL)
    assert Client().get(reverse("arrive", args=[panel.slug]), QUERY).status_code == 302
    for page in open_looks(open_context, admin_user):
        walk(page, list_addresses(panel, ["study-access"]))


def test_the_doors_for_raters(open_context):
    invited, panel = make_study(access="invitation"), make_study(access="panel", session_length=1)
    Panel.objects.create(study=panel, **PANEL)
    link, arrive = make_link(invited), reverse("arrive", args=[panel.slug])
    query = "&".join(f"{name}={value}" for name, value in QUERY.items())
    for page in open_looks(open_context):
        walk(page, [invited.get_absolute_url(), panel.get_absolute_url(), link, f"{arrive}?{query}"])
        walk(page, [reverse("leave", args=[panel.slug])])
        for closed in (arrive, "/join/nothing/"):
            assert page.goto(closed).status in {400, 403, 404, 410}
            check_page(page)


def test_a_viewer_sees_what_may_be_seen(open_context, django_user_model, rated):
    viewer = django_user_model.objects.create_user("viewer", is_staff=True)
    Membership.objects.create(study=rated, user=viewer, role="viewer", created_at=NOW)
    for page in open_looks(open_context, viewer):
        walk(page, list_addresses(rated, ["study-health", "study-exports", "study-settings"]))
