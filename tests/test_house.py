"""Rules of the house that import-linter can't say."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
EDGES = ("web", "api", "management", "migrations", "templatetags")
EDGE_MODULES = {"admin.py", "tasks.py", "apps.py"}
REQUESTS = ("django.http", "django.views", "django.shortcuts", "django_htmx")


def list_modules(*folders):
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def is_domain(path):
    parts = path.relative_to(ROOT / "evaluations").parts
    return parts[0] not in EDGES and parts[-1] not in EDGE_MODULES


def list_imports(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


DOMAIN = [path for path in list_modules("evaluations") if is_domain(path)]


@pytest.mark.parametrize("path", DOMAIN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_domain_never_sees_a_request(path):
    imports = list(list_imports(ast.parse(path.read_text())))

    assert not [name for name in imports if name.startswith(REQUESTS)]


def test_one_place_marks_text_as_safe():
    guilty = [path for path in list_modules("arena", "evaluations") if "mark_safe" in path.read_text()]
    templates = [
        path
        for path in (ROOT / "templates").rglob("*.html")
        if "|safe" in path.read_text() or "autoescape off" in path.read_text()
    ]

    assert [path.name for path in guilty] == ["rendering.py"]
    assert templates == []


def test_no_template_has_inline_script_or_style():
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text()
        assert " style=" not in text, path
        assert "<style" not in text, path
        assert "<script>" not in text, path
        assert " onclick=" not in text, path


def test_locks_name_no_host():
    for path in ROOT.glob("requirements*.txt"):
        assert "://" not in path.read_text()
        assert "--hash=sha256:" in path.read_text()
