"""Every string of the project has its French, with the same placeholders and French typography."""

import re
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from django.conf import settings
from django.core.management import call_command

from evaluations.management.commands.extract_translations import (
    extract_messages,
    list_forms,
    list_untranslated,
    read_catalogue,
    update_catalogue,
)

FRENCH = Path(settings.LOCALE_PATHS[0]) / "fr" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%")


@pytest.fixture(scope="module")
def messages():
    return extract_messages()


@pytest.fixture(scope="module")
def french():
    return read_catalogue(path=FRENCH)


def key(message):
    return message.context, message.id


def test_strings_are_found_in_code_and_templates(messages):
    found = {key(message) for message in messages}
    assert (None, "Agree and start rating") in found
    assert (None, "Which models do people prefer?") in found
    assert (None, ("%(number)s blind vote", "%(number)s blind votes")) in found
    assert ("format of a date", "j F Y") in found
    assert (None, "Nothing was changed") in found


def test_every_string_has_its_french(messages, french):
    known = {key(message) for message in french}
    missing = [message.id for message in messages if message.id and key(message) not in known]
    assert not missing, "run manage.py extract_translations, then translate"


def test_no_french_is_empty_or_unconfirmed(french):
    assert not [message.id for message in list_untranslated(french)]


def test_no_french_is_left_over(messages, french):
    known = {key(message) for message in messages}
    assert not [message.id for message in french if message.id and key(message) not in known]


def test_placeholders_are_those_of_the_english(french):
    for message in french:
        if message.id:
            english = message.id if isinstance(message.id, str) else message.id[1]
            expected = sorted(PLACEHOLDER.findall(english))
            for form in list_forms(message):
                assert sorted(PLACEHOLDER.findall(form)) == expected, message.id


def test_french_typography(french):
    for message in french:
        for form in list_forms(message) if message.id else []:
            assert not re.search(r"[  ][;:!?»]", form), f"a narrow no-break space goes before: {form}"
            assert not re.search(r"\w[!?»]", form), f"a narrow no-break space goes before: {form}"
            assert not re.search(r"«(?!\u202f)", form), f"a narrow no-break space goes after: {form}"
            assert "'" not in form, f"the apostrophe is ’: {form}"


def test_compiling_gives_what_the_server_reads(tmp_path, settings):
    folder = tmp_path / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_bytes(FRENCH.read_bytes())
    settings.LOCALE_PATHS = [tmp_path]
    call_command("compile_translations")
    with (folder / "django.mo").open("rb") as file:
        compiled = read_mo(file)
    assert compiled.get("Not now").string == "Pas maintenant"
    assert not list(folder.glob("*.new"))


def test_extracting_adds_what_is_new_and_drops_what_is_gone(tmp_path, messages):
    path = tmp_path / "fr" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(
        'msgid ""\nmsgstr ""\n"Language: fr\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "Not now"\nmsgstr "Plus tard"\n\nmsgid "A string of last year"\nmsgstr "Une chaîne"\n'
    )
    update_catalogue(path=path, messages=messages)
    updated = read_catalogue(path=path)
    assert updated.get("Not now").string == "Plus tard"
    assert updated.get("A string of last year") is None
    assert not updated.get("Agree and start rating").string
    assert not updated.get("Agree and start rating").fuzzy


def test_extracting_twice_changes_nothing(tmp_path, messages):
    path = tmp_path / "fr" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_bytes(FRENCH.read_bytes())
    update_catalogue(path=path, messages=messages)
    once = path.read_bytes()
    update_catalogue(path=path, messages=messages)
    assert path.read_bytes() == once
