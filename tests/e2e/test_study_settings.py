"""The wizard in a real browser: by keyboard and small screen, without faults of accessibility, in both languages."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client

from evaluations.drafts import ClaimPlan, register_claims
from tests.factories import NOW, make_models, make_study

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESSES = [
    *(
        f"/manage/studies/letters/settings/{name}"
        for name in ("", "question/", "models/", "raters/", "texts/")
    ),
    *(f"/manage/studies/letters/settings/{name}" for name in ("checks/", "sampling/", "stopping/")),
    *("/manage/studies/new/", "/manage/power/", "/manage/studies/opened/settings/amend/", "/manage/"),
]


def enter(context, user):
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    url = "http://localhost/"
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])


@pytest.mark.parametrize(("width", "locale", "scheme"), [(1440, "en-GB", "light"), (320, "fr-FR", "dark")])
def test_pages_are_sound(open_context, admin_user, width, locale, scheme):
    study = make_study(slug="letters", opened=False)
    alpha, beta = make_models("alpha", "beta")
    claim = ClaimPlan(kind="superior", model=alpha, rival=beta, margin=0.0, alpha=0.05)
    register_claims(study=study, claims=[claim], now=NOW)
    make_study(slug="opened")
    context = open_context(locale=locale, viewport={"width": width, "height": 900}, color_scheme=scheme)
    enter(context, admin_user)
    page = context.new_page()
    page.set_default_timeout(30_000)
    for address in ADDRESSES:
        assert page.goto(address).status == 200, address
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, address
        found = Axe().run(page).response["violations"]
        assert not [(item["id"], item["nodes"][0]["html"]) for item in found], address


def test_a_step_is_saved_by_keyboard(open_context, admin_user):
    study = make_study(slug="letters", opened=False)
    context = open_context()
    enter(context, admin_user)
    page = context.new_page()
    page.goto("/manage/studies/letters/settings/question/")
    page.focus("#id_question")
    page.keyboard.type("Which is kinder?")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    study.refresh_from_db()

    assert study.question == "Which is kinder?"
