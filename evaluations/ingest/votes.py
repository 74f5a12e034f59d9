"""Checked files of recorded votes to raters, battles and votes of a study. All or nothing."""

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from evaluations.copying import copy_rows, update_statistics
from evaluations.errors import IngestError
from evaluations.ingest.layouts import Role
from evaluations.ingest.prompt_sets import lock_imports, read_checked
from evaluations.ingest.rows import Row, Sheet
from evaluations.ingest.vote_checks import KnownResponses
from evaluations.models import (
    Battle,
    Import,
    LanguageModel,
    PromptSet,
    Rater,
    RaterIdentity,
    Response,
    Study,
    Vote,
)
from evaluations.studies import create_study, open_study
from evaluations.votes import make_receipt

BATCH = 5_000
# They were cast elsewhere, and long ago: nobody can undo them here.
LONG_PAST = timedelta(days=1)


def read_known(*, prompt_set: PromptSet) -> KnownResponses:
    """What votes about this prompt set may name."""
    answers = Response.objects.filter(prompt__prompt_set=prompt_set)
    models = {slug: slug for slug in answers.values_list("model__slug", flat=True).distinct()}
    models |= dict(answers.values_list("model__name", "model__slug").distinct())
    made_by = Import.objects.filter(
        prompt_set=prompt_set, kind=Import.Kind.PROMPTS, state=Import.State.IMPORTED
    )
    for counts in made_by.values_list("counts", flat=True):
        models |= counts.get("model_ids", {})
    keys = answers.values_list("prompt__key", "model__slug", "pk")
    return KnownResponses(
        prompts=dict(prompt_set.prompts.values_list("key", "pk")),
        models=models,
        responses={(prompt, model): pk for prompt, model, pk in keys.iterator()},
    )


def find_prompt_set(*, slug: str, study_slug: str, version: int | None = None) -> PromptSet:
    """The prompt set the votes are about: the study's own, else this version or the newest. Raises IngestError."""
    study = Study.objects.select_related("prompt_set").filter(slug=study_slug).first()
    if study is not None:
        _check_takes_recorded(study=study, prompt_set_slug=slug)
        return study.prompt_set
    versions = PromptSet.objects.filter(slug=slug).order_by("-version")
    prompt_set = (versions if version is None else versions.filter(version=version)).first()
    if prompt_set is None:
        raise IngestError(
            _("There is no prompt set “%(slug)s”. Import its prompts and responses first.") % {"slug": slug}
        )
    return prompt_set


def _check_takes_recorded(*, study: Study, prompt_set_slug: str) -> None:
    if not study.recorded or study.state != Study.State.OPEN:
        raise IngestError(
            _("“%(title)s” takes no recorded votes. Give the votes a study of their own.")
            % {"title": study.title}
        )
    if study.prompt_set.slug != prompt_set_slug:
        values = {"title": study.title, "slug": study.prompt_set.slug}
        raise IngestError(_("“%(title)s” is about the prompt set “%(slug)s”. Name that one.") % values)


@transaction.atomic
def store_votes(
    *,
    slug: str,
    title: str,
    source: str,
    prompt_set: PromptSet,
    sheets: Sequence[Sheet],
    progress: Callable[[int], None],
    now: datetime,
    user: Any = None,
) -> Study:
    """Record the votes of checked files in the study, made and opened where it is new; then `user` owns it."""
    lock_imports()
    study = Study.objects.filter(slug=slug).first()
    if study is None:
        study = _open_recorded(
            slug=slug, title=title, source=source, prompt_set=prompt_set, user=user, now=now
        )
    _check_takes_recorded(study=study, prompt_set_slug=prompt_set.slug)
    known = read_known(prompt_set=study.prompt_set)
    roll = _RaterRoll(study=study, now=now)
    rows = read_checked(sheets=sheets, roles=(Role.VOTES,))
    done = 0
    while batch := list(islice(rows, BATCH)):
        roll.enrol(row.get("rater") for row in batch)
        _store_batch(study=study, rows=batch, known=known, roll=roll, now=now)
        done += len(batch)
        progress(done)
    update_statistics(Rater, Battle, Vote)
    return study


def _open_recorded(
    *, slug: str, title: str, source: str, prompt_set: PromptSet, user: Any, now: datetime
) -> Study:
    models = LanguageModel.objects.filter(responses__prompt__prompt_set=prompt_set).distinct()
    options = {"recorded": True, "source": source, "user": user}
    study = create_study(slug=slug, title=title, prompt_set=prompt_set, models=models, now=now, **options)
    return open_study(study=study, user=user, now=now)


class _RaterRoll:
    """The study's raters by the name the file gives them, and the number of each one's next battle."""

    def __init__(self, *, study: Study, now: datetime) -> None:
        self.study, self.now = study, now
        known = RaterIdentity.objects.filter(source=study.slug).values_list("external_id", "rater_id")
        self.ids: dict[str, int] = dict(known)
        last = Battle.objects.filter(study=study).values_list("rater_id").annotate(Max("number"))
        self.numbers: dict[int, int] = dict(last)

    def enrol(self, names: Iterable[str]) -> None:
        new = [name for name in dict.fromkeys(names) if name not in self.ids]
        raters = copy_rows(rows=(self._make_rater() for _name in new))
        copy_rows(
            rows=(
                RaterIdentity(rater=rater, source=self.study.slug, external_id=name)
                for name, rater in zip(new, raters, strict=True)
            )
        )
        self.ids |= {name: rater.pk for name, rater in zip(new, raters, strict=True)}

    def count(self, rater_id: int) -> int:
        self.numbers[rater_id] = self.numbers.get(rater_id, 0) + 1
        return self.numbers[rater_id]

    def _make_rater(self) -> Rater:
        code, salt = secrets.token_urlsafe(16), secrets.token_bytes(16)
        return Rater(code=code, salt=salt, kind=Rater.Kind.RECORDED, created_at=self.now)


def _store_batch(
    *, study: Study, rows: Sequence[Row], known: KnownResponses, roll: _RaterRoll, now: datetime
) -> None:
    battles = copy_rows(rows=_build_battles(study=study, rows=rows, known=known, roll=roll, now=now))
    copy_rows(
        rows=(
            Vote(battle=battle, outcome=row.get("winner"), receipt=make_receipt(), cast_at=now - LONG_PAST)
            for battle, row in zip(battles, rows, strict=True)
        )
    )


def _build_battles(
    *, study: Study, rows: Iterable[Row], known: KnownResponses, roll: _RaterRoll, now: datetime
) -> Iterator[Battle]:
    for row in rows:
        prompt, rater_id = row.get("prompt"), roll.ids[row.get("rater")]
        yield Battle(
            token=secrets.token_urlsafe(16),
            study=study,
            rater_id=rater_id,
            number=roll.count(rater_id),
            prompt_id=known.prompts[prompt],
            left_id=known.responses[prompt, known.models[row.get("left")]],
            right_id=known.responses[prompt, known.models[row.get("right")]],
            origin=Battle.Origin.RECORDED,
            created_at=now,
            expires_at=now,
        )
