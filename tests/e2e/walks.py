"""Pages one after another in a real browser, each looked at by axe and measured."""

from pprint import pformat

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client

# A desk in English by day; a small phone in French by night.
LOOKS = [(1440, "en-GB", "light"), (320, "fr-FR", "dark")]
WAIT = 30_000
# Its preloading copies the style sheets into the page, which the page's own policy forbids.
OPTIONS = {"resultTypes": ["violations"], "preload": False}


def open_looks(open_context, user=None):
    """A page in each look, signed in as the user if there is one."""
    for width, locale, scheme in LOOKS:
        context = open_context(
            locale=locale,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        if user:
            enter(context, user)
        page = context.new_page()
        page.set_default_timeout(WAIT)
        yield page


def enter(context, user):
    """Signed in without the form."""
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies(
        [{"name": name, "value": client.cookies[name].value, "url": "http://localhost/"}],
    )


def walk(page, addresses):
    """All of them, then what was found on all of them."""
    faults = {}
    for address in addresses:
        assert page.goto(address).status == 200, address
        if found := list_faults(page):
            faults[address] = found
    assert not faults, pformat(faults)


def check_page(page):
    faults = list_faults(page)
    assert not faults, pformat({page.url: faults})


def list_faults(page):
    """What axe finds, and whether the page is wider than the window."""
    found = Axe().run(page, options=OPTIONS).response["violations"]
    faults = [f"{item['id']}: {node['html'][:160]}" for item in found for node in item["nodes"][:3]]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*faults, f"{wide} px too wide"] if wide > 0 else faults
