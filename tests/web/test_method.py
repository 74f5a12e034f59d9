"""The method page: in plain words, with equations that a browser can read and functions that are there."""

import html
import re
from importlib import import_module
from pathlib import Path

import pytest
from django.urls import reverse

from evaluations.markup.formulas import convert_formula
from evaluations.web.method_equations import EQUATIONS
from evaluations.web.method_words import describe_method_parts

TEXT = Path(__file__).resolve().parents[2] / "docs" / "ranking.md"


def get(client, *, language="en"):
    response = client.get(reverse("method"), headers={"accept-language": language})
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def list_functions():
    return [part.function for part in describe_method_parts() if part.function]


@pytest.mark.parametrize("function", list_functions())
def test_functions_are_there_and_the_whole_method_names_them(function):
    module, _, name = function.rpartition(".")
    assert callable(getattr(import_module(f"evaluations.{module}"), name))
    # Under “What a snapshot publishes” as a whole, else as headings name it: without the room.
    assert function.removeprefix("ranking.") in TEXT.read_text() or name in TEXT.read_text()


def test_every_equation_is_mathml():
    for equations in EQUATIONS.values():
        for equation in equations:
            assert convert_formula(equation, display=True) is not None, equation
    assert {part.anchor for part in describe_method_parts() if part.equations} == set(EQUATIONS)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "fr"])
def test_page_has_every_part_under_its_address(client, language):
    page = get(client, language=language)
    anchors = [part.anchor for part in describe_method_parts()]
    assert re.findall(r'<li><a href="#(\w+)">', page) == anchors
    assert re.findall(r'<h2 id="(\w+)">', page) == ["contents", *anchors]
    assert page.count("<math ") == sum(map(len, EQUATIONS.values()))
    assert page.count('aria-label="') >= page.count("<math ")


@pytest.mark.django_db
def test_whole_method_can_be_read(client):
    assert f'href="{reverse("method-text")}"' in get(client)
    response = client.get(reverse("method-text"))
    assert response["Content-Type"] == "text/markdown; charset=utf-8"
    assert response.content == TEXT.read_bytes()


@pytest.mark.django_db
def test_page_names_the_code_of_its_figures(client):
    assert "Figures come from the code arena-6." in get(client)


def test_who_has_the_method_already_is_told_so(client):
    address = reverse("method")
    first = client.get(address, headers={"accept-language": "en"})
    known = {"accept-language": "en", "if-none-match": first["ETag"]}
    assert client.get(address, headers=known).status_code == 304
    assert client.get(address, headers={**known, "accept-language": "fr"}).status_code == 200
