"""The project's own sample study: fictional models, answers written for it, simulated votes that say so."""

import json
from datetime import datetime
from pathlib import Path

from django.db import transaction

from evaluations import imports
from evaluations.ingest.kept_files import Upload
from evaluations.ledger import seal_all
from evaluations.models import Import, LanguageModel, PromptSet, Study
from evaluations.simulation import simulate_votes
from evaluations.snapshots import refresh_leaderboard
from evaluations.studies import create_study, open_study

FOLDER = Path(__file__).resolve().parent / "sample"
FILES = ("prompts.jsonl", "responses.jsonl", "models.jsonl")
SLUG = "everyday-tasks"
RATERS = 72
VOTES_EACH = 25
SEED = 20260301


def load_sample(*, columns_root: Path, now: datetime) -> Study:
    """The sample study, opened and voted on, through the same path as any other. Doing it twice is doing it once."""
    study = Study.objects.filter(slug=SLUG).first()
    if study is None:
        study = _make_study(prompt_set=_import_files(now=now), now=now)
    seal_all(now=now)
    refresh_leaderboard(leaderboard=study.leaderboards.get(), columns_root=columns_root, now=now)
    return study


def _import_files(*, now: datetime) -> PromptSet:
    uploads = [Upload(name=name, chunks=[(FOLDER / name).read_bytes()]) for name in FILES]
    upload = imports.take_prompts(uploads=uploads, slug=SLUG, title="Everyday tasks", now=now)
    if upload.state == Import.State.CHECKED:
        upload = imports.confirm_import(upload=upload, now=now)
    assert upload.prompt_set is not None  # noqa: S101 - the sample is tested; a fault in it is a fault of the build
    return upload.prompt_set


@transaction.atomic
def _make_study(*, prompt_set: PromptSet, now: datetime) -> Study:
    strengths = _read_strengths()
    study = create_study(
        slug=SLUG,
        title="Everyday tasks",
        description="Writing, explaining, calculating, coding, planning, summarising. French and English.",
        prompt_set=prompt_set,
        models=LanguageModel.objects.filter(slug__in=strengths),
        now=now,
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
    study = open_study(study=study, now=now)
    simulate_votes(study=study, strengths=strengths, raters=RATERS, votes_each=VOTES_EACH, seed=SEED, now=now)
    return study


def _read_strengths() -> dict[str, float]:
    lines = (FOLDER / "models.jsonl").read_text().splitlines()
    return {row["id"]: row["strength"] for row in map(json.loads, lines)}
