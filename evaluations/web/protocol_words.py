"""A protocol in words, from its JSON: what a draft says now, or what an opened study was frozen with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluations.sentences import describe_method, join_names, write_number, write_percent
from evaluations.templatetags.figures import day
from evaluations.web.briefing_words import (
    describe_briefing,
    describe_others,
    describe_promise,
    describe_reasons,
)
from evaluations.web.stopping_forms import KINDS
from evaluations.web.study_forms import ACCESSES, REVEALS, SAMPLINGS


@dataclass(frozen=True, kw_only=True)
class Term:
    """A part of the protocol; step: where a draft is changed."""

    name: str
    sentences: list[str]
    step: str = ""


def describe_terms(*, protocol: Mapping[str, Any]) -> list[Term]:
    """Only those of which the protocol says something."""
    terms = [
        Term(name=_("Question"), sentences=_describe_question(protocol), step="question"),
        Term(name=_("Models"), sentences=_describe_models(protocol), step="models"),
        Term(name=_("Votes"), sentences=_describe_votes(protocol), step="raters"),
        Term(name=_("Texts"), sentences=_describe_texts(protocol), step="texts"),
        Term(name=_("Practice and questions"), sentences=describe_briefing(protocol), step="briefing"),
        Term(name=_("Checks"), sentences=_describe_checks(protocol), step="checks"),
        Term(name=_("Sampling"), sentences=_describe_sampling(protocol), step="sampling"),
        Term(name=_("End"), sentences=_describe_end(protocol), step="stopping"),
        Term(name=_("Claims"), sentences=_describe_claims(protocol), step="stopping"),
        Term(name=_("Analysis"), sentences=describe_method(protocol["analysis"])),
    ]
    return [term for term in terms if term.sentences]


def _describe_question(protocol: Mapping[str, Any]) -> list[str]:
    question = protocol["question"] or _("Which response is better?")
    prompt_set = protocol["prompt_set"]
    prompts = _("Prompt set %(slug)s, version %(version)s, content %(hash)s.") % {
        "slug": prompt_set["slug"],
        "version": write_number(prompt_set["version"]),
        "hash": prompt_set["content_hash"][:12],
    }
    return [_quote(question), prompts]


def _quote(text: str) -> str:
    return _("“%(text)s”") % {"text": text}


def _describe_models(protocol: Mapping[str, Any]) -> list[str]:
    active = [model["name"] for model in protocol["models"] if not model["retired"]]
    retired = [model["name"] for model in protocol["models"] if model["retired"]]
    count = protocol["responses"]["count"]
    answers = ngettext(
        "%(number)s response is entered, under the digest %(digest)s.",
        "%(number)s responses are entered, under the digest %(digest)s.",
        count,
    ) % {"number": write_number(count), "digest": protocol["responses"]["digest"][:12]}
    gone = [_("Retired: %(names)s.") % {"names": join_names(retired)}] if retired else []
    return [f"{join_names(active) or '–'}.", *gone, answers]


def _describe_votes(protocol: Mapping[str, Any]) -> list[str]:
    words = {"left": _("A is better"), "tie": _("Tie"), "both_bad": _("Both bad"), "right": _("B is better")}
    length = protocol["session_length"]
    session = ngettext(
        "A session is %(number)s comparison.", "A session is %(number)s comparisons.", length
    ) % {"number": write_number(length)}
    seconds = protocol["undo_seconds"]
    undo = ngettext(
        "A vote can be undone for %(number)s second.", "A vote can be undone for %(number)s seconds.", seconds
    ) % {"number": write_number(seconds)}
    return [
        _("Raters choose between: %(answers)s.")
        % {"answers": join_names([_quote(words[name]) for name in protocol["outcomes"]])},
        _("The names of the models: %(when)s.") % {"when": str(dict(REVEALS)[protocol["reveal"]]).lower()},
        *describe_others(protocol),
        session,
        undo,
        *describe_reasons(protocol["reason_tags"]),
    ]


def _describe_texts(protocol: Mapping[str, Any]) -> list[str]:
    texts = protocol["texts"]
    names = {"instructions": _("Instructions"), "consent": _("Consent")}
    own = _("%(name)s: version %(version)s, SHA-256 %(hash)s.")
    usual = _("%(name)s: the usual text.")
    written = [
        own
        % {"name": name, "version": write_number(texts[kind]["version"]), "hash": texts[kind]["sha256"][:12]}
        if texts[kind]
        else usual % {"name": name}
        for kind, name in names.items()
    ]
    return [*written, *describe_promise(protocol)]


def _describe_checks(protocol: Mapping[str, Any]) -> list[str]:
    known = len(protocol["checks"]["known_answers"])
    limits = protocol["limits"]
    values = {
        "seconds": _write_short(limits["fastest_seconds"]),
        **{name: write_percent(limits[name]) for name in ("one_side", "checks", "agreement", "repeats")},
    }
    return [
        _("%(share)s of the comparisons are repeats, with sides swapped.")
        % {"share": _write_share(protocol["repeats"]["rate"])},
        ngettext(
            "%(share)s are checks, out of %(number)s.", "%(share)s are checks, out of %(number)s.", known
        )
        % {
            "share": _write_share(protocol["checks"]["rate"]),
            "number": write_number(known),
        },
        _(
            "A person looks at raters whose median vote is under %(seconds)s s, who choose one side over %(one_side)s, "
            "or whose checks, agreement or repeats are under %(checks)s, %(agreement)s, %(repeats)s."
        )
        % values,
    ]


def _describe_sampling(protocol: Mapping[str, Any]) -> list[str]:
    kind = protocol["sampling"]["kind"]
    votes = protocol["sampling"]["votes_per_item"]
    sentences = [f"{dict(SAMPLINGS)[kind]}." if kind != "none" else _("Votes come from a file.")]
    if votes:
        words = ngettext("%(number)s vote for each pair.", "%(number)s votes for each pair.", votes)
        sentences.append(words % {"number": write_number(votes)})
    return [*sentences, f"{dict(ACCESSES)[protocol['access']]}."]


def _describe_end(protocol: Mapping[str, Any]) -> list[str]:
    rule, target = protocol["stopping"], protocol["target_votes"]
    sentences = []
    if rule.get("votes"):
        words = ngettext("It ends at %(number)s vote.", "It ends at %(number)s votes.", target)
        sentences.append(words % {"number": write_number(target)})
    if rule.get("ends_on"):
        sentences.append(_("It ends on %(day)s.") % {"day": day(datetime.fromisoformat(rule["ends_on"]))})
    if rule.get("half_width"):
        words = _("It ends when every interval is within ±%(points)s points.")
        sentences.append(words % {"points": _write_short(rule["half_width"])})
    words = ngettext(
        "Results are provisional until %(number)s vote.",
        "Results are provisional until %(number)s votes.",
        protocol["minimum_votes"],
    )
    provisional = words % {"number": write_number(protocol["minimum_votes"])}
    return [*(sentences or [_("A person ends it.")]), provisional]


def _describe_claims(protocol: Mapping[str, Any]) -> list[str]:
    names = {model["slug"]: model["name"] for model in protocol["models"]}
    return [
        describe_claim(
            kind=claim["kind"],
            model=names.get(claim["model"], claim["model"]),
            rival=names.get(claim["rival"], claim["rival"]),
            margin=claim["margin"],
            alpha=claim["alpha"],
        )
        for claim in protocol["claims"]
    ] or [_("None.")]


def describe_claim(*, kind: str, model: str, rival: str, margin: float, alpha: float) -> str:
    """A claim in a sentence; model, rival: names."""
    return _("%(model)s %(claim)s %(rival)s, margin %(margin)s points, risk %(alpha)s.") % {
        "model": model,
        "claim": dict(KINDS)[kind],
        "rival": rival,
        "margin": _write_short(margin),
        "alpha": _write_share(alpha),
    }


def _write_short(value: float) -> str:
    """A tenth only where there is one."""
    return write_number(value, decimals=0 if round(value, 1) == round(value) else 1)


def _write_share(share: float) -> str:
    return write_percent(share, decimals=0 if round(100 * share, 1) == round(100 * share) else 1)
