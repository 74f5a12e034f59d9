"""Theme and language: kept in cookies, without a session, with and without JavaScript."""

import re

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_without_a_choice_the_page_follows_the_system(client):
    page = client.get("/method/").content.decode()
    assert "data-theme" not in page
    assert '<meta name="color-scheme" content="light dark">' in page


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_chosen_theme_is_written_by_the_server(client, theme):
    response = client.post(reverse("set-theme"), {"theme": theme, "next": "/method/"})
    assert response.status_code == 302
    assert response["Location"] == "/method/"
    page = client.get("/method/").content.decode()
    assert f'data-theme="{theme}"' in page
    assert f'<meta name="color-scheme" content="{theme}">' in page


def test_theme_cookie_is_kept_from_scripts_and_other_sites(client):
    cookie = client.post(reverse("set-theme"), {"theme": "dark"}).cookies["arena_theme"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 365 * 24 * 3600


def test_unknown_theme_is_refused(client):
    response = client.post(reverse("set-theme"), {"theme": "sepia"})
    assert response.status_code == 400
    assert "arena_theme" not in response.cookies


def test_forged_theme_cookie_is_not_written_into_the_page(client):
    client.cookies["arena_theme"] = 'dark"><script>'
    assert "data-theme" not in client.get("/method/").content.decode()


@pytest.mark.parametrize(
    "address", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"]
)
def test_theme_leads_to_no_other_site(client, address):
    response = client.post(reverse("set-theme"), {"theme": "dark", "next": address})
    assert response["Location"] == "/"


def test_theme_is_set_by_a_form_only(client):
    assert client.get(reverse("set-theme")).status_code == 405


def test_theme_form_of_another_site_is_refused():
    for name, sent in (("set-theme", {"theme": "dark"}), ("set-language", {"language": "fr"})):
        for site in ("cross-site", "same-site"):
            response = Client().post(reverse(name), sent, headers={"Sec-Fetch-Site": site})
            assert response.status_code == 403
            assert not response.cookies


def test_language_switch_keeps_the_page(client):
    page = client.get("/leaderboards/?page=1", headers={"accept-language": "en"}).content.decode()
    form = re.search(r'<form method="post" action="/i18n/setlang/">(.*?)</form>', page, re.DOTALL).group(1)
    assert 'name="next" value="/leaderboards/?page=1"' in form
    assert re.search(r'name="language" value="fr" lang="fr">Français<', form)
    response = client.post("/i18n/setlang/", {"language": "fr", "next": "/leaderboards/?page=1"})
    assert response["Location"] == "/leaderboards/?page=1"
    page = client.get(response["Location"]).content.decode()
    assert '<html lang="fr">' in page
    assert "Quels modèles les gens préfèrent-ils\u202f?" in page


def test_page_made_by_a_form_does_not_lead_back_to_the_form(client):
    """Its address takes no GET: following it would be a 405."""
    page = client.post("/studies/nothing/consent/", {}).content.decode()
    assert 'name="next" value="/studies/nothing/consent/"' not in page


@pytest.mark.parametrize(
    ("address", "current"),
    [
        ("/leaderboards/", "/leaderboards/"),
        ("/studies/", "/studies/"),
        ("/method/", "/method/"),
        ("/data/", "/data/"),
    ],
)
def test_navigation_says_where_you_are(client, address, current):
    page = client.get(address).content.decode()
    nav = re.search(r"<nav.*?</nav>", page, re.DOTALL).group(0)
    assert re.findall(r'<a href="([^"]+)" aria-current="page"', nav) == [current]


@pytest.mark.parametrize("address", ["/method/", "/privacy/", "/accessibility/"])
def test_pages_of_text_need_no_database(client, django_assert_num_queries, address):
    with django_assert_num_queries(0):
        response = client.get(address)
    assert response.status_code == 200
    assert "sessionid" not in response.cookies


@pytest.mark.parametrize(
    "address", ["/", "/leaderboards/", "/studies/", "/method/", "/nothing-here/", "/manage/sign-in/"]
)
def test_no_inline_script_or_style(client, address):
    """The policy forbids them, so one would be dead."""
    page = client.get(address).content.decode()
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)
