"""What a protocol says of reasons, others' votes, withdrawal, practice and questions, in words.

A protocol that was frozen before it had a word for one of these says nothing of it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluations.sentences import join_names, write_number
from evaluations.studies.promises import WITHDRAWAL_PROMISES
from evaluations.studies.reason_tags import AGAINST, FOR, split_tag


def describe_reasons(tags: Sequence[str]) -> list[str]:
    """A sentence for each sign, without it, then one for the tags that have none."""
    sentences = {
        FOR: _("Reasons offered for a response: %(tags)s."),
        AGAINST: _("Reasons offered against a response: %(tags)s."),
        "": _("Reasons offered: %(tags)s."),
    }
    split = [split_tag(tag) for tag in tags]
    words = {sign: [tag for found, tag in split if found == sign] for sign in sentences}
    return [sentences[sign] % {"tags": join_names(found)} for sign, found in words.items() if found]


def describe_others(protocol: Mapping[str, Any]) -> list[str]:
    match protocol.get("shows_others"):
        case None:
            return []
        case True:
            return [_("After the names, raters see how others voted, from 20 votes on.")]
    return [_("Raters do not see how others voted.")]


def describe_promise(protocol: Mapping[str, Any]) -> list[str]:
    promise = WITHDRAWAL_PROMISES.get(protocol.get("withdrawal", ""))
    return [_("Raters are promised: “%(promise)s”") % {"promise": promise}] if promise else []


def describe_briefing(protocol: Mapping[str, Any]) -> list[str]:
    """Practice and questions; nothing where the protocol is older than both."""
    return [*_describe_practice(protocol), *_describe_questions(protocol)]


def _describe_practice(protocol: Mapping[str, Any]) -> list[str]:
    if "practice" not in protocol:
        return []
    return [
        _("Practice: an example of the study’s own.")
        if protocol["practice"]
        else _("Practice: the usual example.")
    ]


def _describe_questions(protocol: Mapping[str, Any]) -> list[str]:
    asked = protocol.get("comprehension")
    if asked is None:
        return []
    if not asked["questions"]:
        return [_("Raters are asked no questions about the instructions.")]
    words = ngettext(
        "Raters are asked %(number)s question about the instructions, with %(attempts)s attempts; it is kept under "
        "the digest %(digest)s.",
        "Raters are asked %(number)s questions about the instructions, with %(attempts)s attempts; they are kept under "
        "the digest %(digest)s.",
        asked["questions"],
    )
    return [
        words
        % {
            "number": write_number(asked["questions"]),
            "attempts": write_number(asked["attempts"]),
            "digest": asked["digest"][:12],
        }
    ]
