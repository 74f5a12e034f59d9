"""What a rater may say beside the vote, as the page offers it: tags by side, a comment, why a battle is skipped."""

from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from evaluations.models import Skip, Study, Vote
from evaluations.reasons import LONGEST_COMMENT
from evaluations.studies.reason_tags import AGAINST, FOR, split_tag

# In the order of the page: what a sign stands for, and how it is drawn.
GROUPS: Final[list[tuple[str, str, str | Promise, str]]] = [
    (FOR, "good", _("Good"), "+"),
    (AGAINST, "bad", _("Bad"), "−"),
    ("", "other", "", ""),
]


def group_tags(*, study: Study, side: str, undone: Vote | None) -> list[dict[str, Any]]:
    """The tags that the study offers, those for a response before those against it; the value sent is the whole tag.

    A tag is given where the vote that was taken back gave it for this side.
    """
    given = (undone.reasons or {}).get(side, []) if undone is not None else []
    tags: dict[str, list[dict[str, Any]]] = {sign: [] for sign, *_rest in GROUPS}
    for tag in study.reason_tags:
        sign, word = split_tag(tag)
        tags[sign].append({"value": tag, "word": word, "given": tag in given})
    return [
        {"name": name, "title": title, "sign": drawn, "tags": tags[sign]}
        for sign, name, title, drawn in GROUPS
        if tags[sign]
    ]


def describe_reasons(*, undone: Vote | None) -> dict[str, Any]:
    """The comment of the vote that was taken back, and whether anything was said beside it."""
    comment = undone.comment if undone is not None else ""
    is_remarked = undone is not None and bool(undone.reasons or comment)
    return {"comment": comment, "comment_length": LONGEST_COMMENT, "is_remarked": is_remarked}


def list_skip_reasons() -> list[tuple[str, str | Promise]]:
    return [
        (Skip.Reason.LANGUAGE, _("Not my language")),
        (Skip.Reason.CANNOT_JUDGE, _("I cannot judge it")),
        (Skip.Reason.BROKEN, _("Something is broken")),
        (Skip.Reason.OFFENSIVE, _("It is offensive")),
    ]
