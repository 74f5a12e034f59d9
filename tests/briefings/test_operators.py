"""Who runs this copy: a link only where the contact is one."""

import pytest

from evaluations.briefings.operators import describe_operator


@pytest.mark.parametrize(
    ("contact", "address", "shown"),
    [
        ("study@arena.example", "mailto:study@arena.example", "study@arena.example"),
        ("https://arena.example/contact/", "https://arena.example/contact/", "arena.example/contact"),
        ("http://arena.example/", "", "http://arena.example"),
        ("javascript:alert(1)", "", "javascript:alert(1)"),
        (
            '"a?bcc=b&c"@arena.example',
            "mailto:%22a%3Fbcc%3Db%26c%22@arena.example",
            '"a?bcc=b&c"@arena.example',
        ),
        ("12 Long Street", "", "12 Long Street"),
        ("", "", ""),
    ],
)
def test_contact(contact, address, shown):
    operator = describe_operator(name="Open Evaluation Desk", contact=contact)

    assert operator.address == address
    assert operator.contact == shown


def test_nobody_is_known_without_name_and_contact():
    assert not describe_operator(name="", contact="").is_known
    assert describe_operator(name="", contact="12 Long Street").is_known
    assert describe_operator(name="Desk", contact="").is_known
