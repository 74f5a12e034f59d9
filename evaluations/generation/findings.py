"""What a person should look at among generated answers, written down as each answer comes."""

import hashlib

from evaluations.findings import LONGEST_EXCERPT, LONGEST_WORDS, find_in_text
from evaluations.ingest.faults import show_text
from evaluations.models import Finding, Generation, Response

Kind = Finding.Kind


def note_findings(*, generation: Generation) -> list[Finding]:
    """Findings about one answer, in the transaction that keeps it: none, or some, never twice."""
    Finding.objects.filter(generation=generation).delete()
    return Finding.objects.bulk_create(_find(generation))


def _find(generation: Generation) -> list[Finding]:
    if not generation.text.strip():
        return [_make(generation, kind=Kind.EMPTY)]
    found = [
        _make(
            generation,
            kind=Kind.SELF_IDENTIFICATION,
            says=show_text(match.says, longest=LONGEST_WORDS),
            rule=match.rule,
            excerpt=show_text(match.excerpt, longest=LONGEST_EXCERPT),
        )
        for match in find_in_text(text=generation.text, model=generation.model)
    ]
    other = _find_identical(generation)
    return [*found, _make(generation, kind=Kind.IDENTICAL, other_model=other)] if other else found


def _find_identical(generation: Generation) -> str:
    """The name of another model that answered this prompt with the very same text."""
    siblings = Generation.objects.filter(
        run=generation.run_id, prompt=generation.prompt_id, state=Generation.State.DONE, text=generation.text
    ).exclude(pk=generation.pk)
    digest = hashlib.sha256(generation.text.encode()).hexdigest()
    responses = Response.objects.filter(prompt=generation.prompt_id, digest=digest)
    names = [
        *siblings.values_list("model__name", flat=True)[:1],
        *responses.values_list("model__name", flat=True)[:1],
    ]
    return names[0] if names else ""


def _make(generation: Generation, *, kind: str, **fields: str) -> Finding:
    return Finding(
        run_id=generation.run_id,
        generation=generation,
        kind=kind,
        prompt_key=generation.prompt.key,
        model_name=generation.model.name,
        **fields,
    )
