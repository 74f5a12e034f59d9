"""Small real rows for tests, made through the domain where there is a function for it."""

import hashlib
import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from evaluations.models import Battle, LanguageModel, Prompt, PromptSet, Rater, Response, Study, Vote
from evaluations.raters import create_rater
from evaluations.rendering import make_html
from evaluations.studies import create_study, open_study
from evaluations.votes import make_receipt

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def make_models(*names: str) -> list[LanguageModel]:
    return [
        LanguageModel.objects.get_or_create(slug=name, defaults={"name": name.title(), "created_at": NOW})[0]
        for name in names
    ]


def make_prompt_set(*, models: list[LanguageModel], prompts: int = 3, slug: str | None = None) -> PromptSet:
    """Every model answers every prompt; each text tells nothing of its model."""
    slug = slug or f"set-{next(_numbers)}"
    prompt_set = PromptSet.objects.create(slug=slug, title=slug, content_hash=slug, created_at=NOW)
    for number in range(prompts):
        prompt = Prompt.objects.create(
            prompt_set=prompt_set,
            key=f"p{number}",
            messages=[{"role": "user", "content": f"Question {number}?"}],
            category="explain",
            language="en",
            html=make_html(f"Question {number}?"),
        )
        for place, model in enumerate(models):
            text = f"Answer **{place}** to question {number}."
            digest = hashlib.sha256(text.encode()).hexdigest()
            Response.objects.create(
                prompt=prompt, model=model, text=text, digest=digest, html=make_html(text)
            )
    return prompt_set


def make_study(
    *,
    names: tuple[str, ...] = ("alpha", "beta", "gamma"),
    prompts: int = 3,
    opened: bool = True,
    **options: Any,
) -> Study:
    models = make_models(*names)
    slug = options.pop("slug", f"study-{next(_numbers)}")
    study = create_study(
        slug=slug,
        title=f"Study {slug}",
        prompt_set=make_prompt_set(models=models, prompts=prompts),
        models=models,
        now=NOW,
        **options,
    )
    return open_study(study=study, now=NOW) if opened else study


def make_rater() -> Rater:
    return create_rater(now=NOW)


def make_battle(*, study: Study, rater: Rater | None = None, now: datetime = NOW, **options: Any) -> Battle:
    """A battle between the first two models on the first prompt, unless told otherwise."""
    rater = rater or make_rater()
    prompt = options.pop("prompt", None) or study.prompt_set.prompts.first()
    answers = list(prompt.responses.order_by("model__slug"))
    values = {
        "token": f"token-{next(_numbers)}",
        "number": Battle.objects.filter(study=study, rater=rater).count() + 1,
        "left": answers[0],
        "right": answers[1],
        "probability": 0.5,
        "created_at": now,
        "expires_at": now + timedelta(hours=2),
        **options,
    }
    return Battle.objects.create(study=study, rater=rater, prompt=prompt, **values)


def make_vote(*, battle: Battle, outcome: str = "left", now: datetime = NOW, revision: int = 0) -> Vote:
    return Vote.objects.create(
        battle=battle, outcome=outcome, receipt=make_receipt(), cast_at=now, revision=revision
    )
