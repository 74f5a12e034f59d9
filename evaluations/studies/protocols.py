"""Protocols: all that could change what a study's votes mean, as plain JSON, and its hash."""

import hashlib
import json
from typing import Any

from evaluations.canonical import encode_canonical, hash_canonical
from evaluations.models import Claim, KnownAnswer, LedgerEntry, Response, Study, StudyText
from evaluations.studies.limits import LIMITS
from evaluations.studies.texts import fetch_text

# What a leaderboard computes unless its study says otherwise: the defaults of `ranking.rank`, written out.
PRIMARY_ANALYSIS = {
    "method": "bradley-terry",
    "ties": "half",
    "both_bad": "tie",
    "interval": "sandwich",
    "cluster": "rater",
    "level": 0.95,
    "prior": 0.0,
    "anchor": None,
    "rounds": 1000,
    "seed": 0,
}


def describe_protocol(*, study: Study, amendment: int = 0) -> dict[str, Any]:
    """The study as its rows say it now; `amendment` is the number of the last change since it was opened."""
    return {
        "study": study.slug,
        "amendment": amendment,
        "title": study.title,
        "description": study.description,
        "question": study.question,
        **_describe_content(study=study),
        **_describe_rating(study=study),
        **_describe_ending(study=study),
        "simulated": study.simulated,
        "recorded": study.recorded,
        "source": study.source,
        "analysis": PRIMARY_ANALYSIS,
    }


def freeze_protocol(*, study: Study, amendment: int = 0) -> None:
    """Set the study's protocol and its hash, without saving."""
    study.protocol = describe_protocol(study=study, amendment=amendment)
    study.protocol_hash = hash_canonical(study.protocol)


def fetch_protocol(*, study: Study, number: int) -> dict[str, Any] | None:
    """The protocol as the study was opened (0) or as amendment `number` made it; None where there is none."""
    if number:
        amendment = study.amendments.filter(number=number).first()
        return None if amendment is None else dict(amendment.protocol)
    opened = LedgerEntry.objects.filter(study=study, kind=LedgerEntry.Kind.STUDY_OPENED).first()
    return None if opened is None else dict(json.loads(opened.record)["protocol"])


def _describe_content(*, study: Study) -> dict[str, Any]:
    """What is compared."""
    return {
        "prompt_set": {
            "slug": study.prompt_set.slug,
            "version": study.prompt_set.version,
            "content_hash": study.prompt_set.content_hash,
        },
        "models": [
            {
                "slug": entry.model.slug,
                "name": entry.model.name,
                "maker": entry.model.maker,
                "licence": entry.model.licence,
                "released_on": entry.model.released_on and entry.model.released_on.isoformat(),
                "retired": entry.retired_at is not None,
            }
            for entry in study.entries.select_related("model").order_by("model__slug")
        ],
        "responses": digest_responses(study=study),
    }


def _describe_rating(*, study: Study) -> dict[str, Any]:
    """What raters are given, and what they may answer."""
    return {
        "outcomes": study.outcomes,
        "reason_tags": study.reason_tags,
        "reveal": study.reveal,
        "shows_others": study.shows_others,
        "withdrawal": study.withdrawal,
        "practice": study.practice or None,
        # Committed to by a salted digest: the public protocol gives no answer away.
        "comprehension": {
            "questions": len(study.comprehension.get("questions", [])),
            "attempts": 2,
            "digest": hash_canonical(study.comprehension) if study.comprehension else None,
        },
        "sampling": {
            "kind": "none" if study.recorded else study.sampling,
            "votes_per_item": study.votes_per_item if study.sampling == Study.Sampling.DESIGNED else None,
        },
        "session_length": study.session_length,
        "undo_seconds": study.undo_seconds,
        "lease_minutes": study.lease_minutes,
        "repeats": {"rate": study.repeat_rate},
        "checks": {"rate": study.check_rate, "known_answers": digest_known_answers(study=study)},
        "texts": {kind: _describe_text(study=study, kind=kind) for kind in StudyText.Kind.values},
        "access": study.access,
        "limits": {**LIMITS, **study.limits},
    }


def _describe_ending(*, study: Study) -> dict[str, Any]:
    """When it ends, and what it is to show."""
    claims = study.claims.select_related("model", "rival").order_by("number")
    return {
        "target_votes": study.target_votes,
        "minimum_votes": study.minimum_votes,
        "stopping": study.stopping,
        "claims": [_describe_claim(claim) for claim in claims],
    }


def _describe_claim(claim: Claim) -> dict[str, Any]:
    return {
        "number": claim.number,
        "kind": claim.kind,
        "model": claim.model.slug,
        "rival": claim.rival.slug,
        "margin": claim.margin,
        "alpha": claim.alpha,
    }


def _describe_text(*, study: Study, kind: str) -> dict[str, Any] | None:
    text = fetch_text(study=study, kind=kind)
    if text is None:
        return None
    return {"version": text.version, "sha256": hashlib.sha256(text.text.encode()).hexdigest()}


def digest_responses(*, study: Study) -> dict[str, Any]:
    """How many responses were entered, and one digest over all: of [prompt, model, digest of the text], sorted."""
    answers = Response.objects.filter(
        prompt__prompt_set_id=study.prompt_set_id, model__entries__study=study
    ).values_list("prompt__key", "model__slug", "digest")
    rows = sorted(list(row) for row in answers.iterator())
    return {"count": len(rows), "digest": hashlib.sha256(encode_canonical(rows)).hexdigest()}


def digest_known_answers(*, study: Study) -> list[str]:
    """A digest a check, sorted. Each is salted: the public protocol commits to the checks, and gives none away."""
    answers = KnownAnswer.objects.filter(study=study).select_related("prompt", "better", "worse")
    return sorted(
        hash_canonical([known.salt, known.prompt.key, known.better.digest, known.worse.digest])
        for known in answers
    )
