"""The project's own sample study: fictional models, answers written for it, simulated votes that say so."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from evaluations import imports
from evaluations.analyses import keep_analyses
from evaluations.ingest.kept_files import Upload
from evaluations.ledger import seal_all
from evaluations.models import Import, LanguageModel, PromptSet, Study
from evaluations.simulation import simulate_votes
from evaluations.snapshots import refresh_leaderboard
from evaluations.studies import create_study, open_study
from evaluations.studies.drafts import ClaimPlan, register_claims

FOLDER = Path(__file__).resolve().parent / "sample"
FILES = ("prompts.jsonl", "responses.jsonl", "models.jsonl")
PRICES = ("price_in", "price_out", "currency")
SLUG = "everyday-tasks"
# Registered before the first vote: kind, model, rival, margin in points.
CLAIMS = (
    ("equivalent", "boreal-2", "delphi-l", 40.0),
    ("superior", "delphi-l", "cobalt-mini", 0.0),
    ("non_inferior", "ember-3b", "garonne-large", 30.0),
)
RATERS = 72
VOTES_EACH = 25
SEED = 20260301
# How long ago it was opened: before the first simulated vote. Every so many days there was a snapshot.
DAYS, EVERY = 23, 2


def load_sample(*, columns_root: Path, now: datetime) -> Study:
    """The sample study, opened and voted on, through the same path as any other. Doing it twice is doing it once."""
    study = Study.objects.filter(slug=SLUG).first()
    if study is None:
        study = _make_study(prompt_set=_import_files(now=now), now=now)
        _publish_past(study=study, columns_root=columns_root, now=now)
    _publish(study=study, columns_root=columns_root, now=now)
    # All that its pages ask for: else the first visitor waits for a worker's first turn.
    keep_analyses(leaderboard=study.leaderboards.get(), columns_root=columns_root)
    return study


def _publish_past(*, study: Study, columns_root: Path, now: datetime) -> None:
    """As if it had been running all the while, so that its history can be shown."""
    for earlier in range(DAYS - EVERY, 0, -EVERY):
        _publish(study=study, columns_root=columns_root, now=now - timedelta(days=earlier))


def _publish(*, study: Study, columns_root: Path, now: datetime) -> None:
    seal_all(now=now)
    refresh_leaderboard(leaderboard=study.leaderboards.get(), columns_root=columns_root, now=now)


def _import_files(*, now: datetime) -> PromptSet:
    uploads = [Upload(name=name, chunks=[(FOLDER / name).read_bytes()]) for name in FILES]
    upload = imports.take_prompts(uploads=uploads, slug=SLUG, title="Everyday tasks", now=now)
    if upload.state == Import.State.CHECKED:
        upload = imports.confirm_import(upload=upload, now=now)
    assert upload.prompt_set is not None  # noqa: S101 - the sample is tested; a fault in it is a fault of the build
    return upload.prompt_set


@transaction.atomic
def _make_study(*, prompt_set: PromptSet, now: datetime) -> Study:
    strengths = {row["id"]: row["strength"] for row in _read_rows("models.jsonl")}
    for row in _read_rows("prices.jsonl"):
        prices = {name: row[name] for name in PRICES}
        LanguageModel.objects.filter(slug=row["id"], price_out=None).update(**prices)
    opened = now - timedelta(days=DAYS)
    study = create_study(
        slug=SLUG,
        title="Everyday tasks",
        description="Writing, explaining, calculating, coding, planning, summarising. French and English.",
        prompt_set=prompt_set,
        models=LanguageModel.objects.filter(slug__in=strengths),
        now=opened,
        reveal=Study.Reveal.AFTER_VOTE,
        shows_others=True,
        reason_tags=[
            *("+Correct", "+Complete", "+Clear", "+Right tone", "+Well laid out"),
            *("-Wrong fact", "-Missed an instruction", "-Too long", "-Too vague", "-Unsafe"),
        ],
        simulated=True,
        session_length=24,
        target_votes=2500,
        minimum_votes=400,
        source="Written for this demonstration. The models are fictional and the votes simulated.",
    )
    study = register_claims(study=study, claims=_plan_claims(), now=opened)
    study = open_study(study=study, now=opened)
    simulate_votes(study=study, strengths=strengths, raters=RATERS, votes_each=VOTES_EACH, seed=SEED, now=now)
    return study


def _plan_claims() -> list[ClaimPlan]:
    models = LanguageModel.objects.in_bulk(field_name="slug")
    return [
        ClaimPlan(kind=kind, model=models[model], rival=models[rival], margin=margin, alpha=0.05)
        for kind, model, rival, margin in CLAIMS
    ]


def _read_rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / name).read_text().splitlines()]
