"""What a rater's phone loads for the first battle: everything, compressed as it is served."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import FileSystemStorage
from django.urls import reverse

from arena.static_files import SHEET, StaticFilesStorage, join_sheets
from evaluations.models import Response
from evaluations.rendering import make_html
from tests.factories import make_study

LIMIT = 60 * 1024
TEXT = "## In short\n\n" + "The tide is **higher** when the sun and the moon pull the same way. " * 12
TEXT += "\n\n```python\ndef add(a, b):\n    return a + b\n```\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n"
TEXT += "".join(f"{number}. Step {number}, and a word on why it comes now.\n" for number in range(1, 30))
ASSETS = re.compile(r'<(?:link rel="(?:stylesheet|icon)" href|script src)="([^"]+)"')


def list_sheets():
    """All static files, by name, as collectstatic passes them on."""
    return {name: (storage, name) for finder in finders.get_finders() for name, storage in finder.list([])}


def weigh(name):
    """Bytes of a file on the wire."""
    if name == SHEET:
        return len(gzip.compress(join_sheets(paths=list_sheets()).encode()))
    return len(gzip.compress(Path(finders.find(name)).read_bytes()))


@pytest.mark.django_db
def test_the_first_battle_with_all_that_it_loads(client):
    make_study(slug="tasks", prompts=1, reason_tags=["+Correct", "+Clear", "-Wrong fact", "-Too long"])
    html = make_html(TEXT)
    assert len(TEXT) > 1_900
    Response.objects.update(html=html)
    client.post(reverse("consent", args=["tasks"]), {"agree": "on"})
    answer = client.get(reverse("rate", args=["tasks"]), headers={"Accept-Encoding": "gzip"})
    page = gzip.decompress(answer.content).decode()
    names = [address.removeprefix(staticfiles_storage.base_url) for address in ASSETS.findall(page)]
    weights = {"the page": len(answer.content), **{name: weigh(name) for name in names}}

    assert page.count("In short") == 2
    assert SHEET in names
    assert len(names) >= 8
    assert sum(weights.values()) <= LIMIT, weights


def test_the_sheet_is_served_in_one_piece(tmp_path):
    """Through the storage that the product uses, to the compressed file with its content in its name."""
    storage = StaticFilesStorage(location=tmp_path, base_url="/static/")
    source = FileSystemStorage(location=tmp_path / "source")
    paths = {}
    for name, (origin, path) in list_sheets().items():
        if name.startswith("css/"):
            with origin.open(path) as file:
                source.save(name, file)
            with origin.open(path) as file:
                storage.save(name, file)
            paths[name] = (source, name)
    list(storage.post_process(paths))
    served = tmp_path / storage.stored_name(SHEET)
    text = served.read_text()

    assert "@import" not in text
    assert text.count("@layer components {") > 20
    assert ".vote-bar" in text
    assert gzip.decompress((served.parent / f"{served.name}.gz").read_bytes()).decode() == text


@pytest.mark.parametrize(
    ("sheet", "part", "says"),
    [
        ('@import url("a.css") layer(base);', "p { background: url(x.png) }", "names a file"),
        ('@import url("a.css") layer(base);', '@import "b.css";', "imports or names"),
        ('@import "a.css";', "", "not known"),
    ],
)
def test_a_sheet_that_can_not_be_joined_is_said(tmp_path, sheet, part, says):
    storage = FileSystemStorage(location=tmp_path)
    (tmp_path / "css").mkdir()
    (tmp_path / "css/app.css").write_text(sheet)
    (tmp_path / "css/a.css").write_text(part)
    with pytest.raises(ValueError, match=says):
        join_sheets(paths={name: (storage, name) for name in ("css/app.css", "css/a.css")})
