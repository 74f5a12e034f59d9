"""The models that files name: found by their name, made where they are new."""

import hashlib
from collections.abc import Container, Iterator, Sequence
from datetime import datetime
from itertools import count

from django.db.models import Q
from django.utils.text import slugify

from evaluations.ingest.faults import Fault, show_text
from evaluations.ingest.layouts import Role
from evaluations.ingest.rows import Row, Sheet, read_rows
from evaluations.models import LanguageModel

LONGEST_SLUG = 72


class ModelRoll(dict[str, LanguageModel]):
    """Each id and name that the files use for a model, to the model. The caller holds the import's lock.

    Without a file of models, a name that is new is made into one when it is first asked for. A model that is there
    stays as it is: a file about one prompt set changes nothing in the others.
    """

    def __init__(self, *, sheets: Sequence[Sheet], now: datetime) -> None:
        super().__init__()
        self.now = now
        listed = [row for sheet in sheets if sheet.layout.role is Role.MODELS for row in _read(sheet)]
        by_key = {row.get("key"): _store_model(row, now=now) for row in listed}
        self.update({row.get("name"): by_key[row.get("key")] for row in listed} | by_key)
        # Who makes a model, as the files say it: what a model that was there before says may differ.
        self.makers = {row.get(called): row.get("maker") for row in listed for called in ("key", "name")}

    def __missing__(self, name: str) -> LanguageModel:
        self[name] = find_model(name=name) or _make_model(
            name=name, key="", maker="", licence="", now=self.now
        )
        return self[name]

    def slugs(self) -> dict[str, str]:
        return {name: model.slug for name, model in self.items()}


def find_registered(*, sheets: Sequence[Sheet]) -> Iterator[Fault]:
    """Rows of files of models that say something else than a model that is there, which stays as it is."""
    rows = [row for sheet in sheets if sheet.layout.role is Role.MODELS for row in _read(sheet)]
    names, slugs = {row.get("name") for row in rows}, {row.get("key") for row in rows}
    there = list(LanguageModel.objects.filter(Q(name__in=names) | Q(slug__in=slugs)))
    by_name, by_slug = {model.name: model for model in there}, {model.slug: model for model in there}
    for row in rows:
        if model := by_name.get(row.get("name")):
            for field in ("maker", "licence"):
                if row.get(field) not in ("", getattr(model, field)):
                    yield row.fault("model_registered", field=field, name=show_text(model.name))
        elif model := by_slug.get(row.get("key")):
            yield row.fault("model_id_taken", field="key", name=show_text(model.name))


def _read(sheet: Sheet) -> Iterator[Row]:
    return read_rows(sheet=sheet, report=lambda fault: None)


def _store_model(row: Row, *, now: datetime) -> LanguageModel:
    name, key = row.get("name"), row.get("key")
    found = LanguageModel.objects.filter(name=name).first()
    if found is not None:
        return found
    return _make_model(name=name, key=key, maker=row.get("maker"), licence=row.get("licence"), now=now)


def find_model(*, name: str) -> LanguageModel | None:
    """The model that a file means by this: its name, else its short name."""
    models = LanguageModel.objects
    return models.filter(name=name).first() or models.filter(slug=name).first()


def _make_model(*, name: str, key: str, maker: str, licence: str, now: datetime) -> LanguageModel:
    taken = set(LanguageModel.objects.values_list("slug", flat=True))
    slug = choose_slug(name=name, key=key, taken=taken)
    return LanguageModel.objects.create(slug=slug, name=name, maker=maker, licence=licence, created_at=now)


def choose_slug(*, name: str, key: str, taken: Container[str]) -> str:
    """The file's id where it is a slug (a number says nothing); else the name's; never one that is taken."""
    from_key = key if slugify(key) == key and not key.isdecimal() else ""
    slug = (from_key or slugify(name))[
        :LONGEST_SLUG
    ] or f"model-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    if slug not in taken:
        return slug
    return next(free for number in count(2) if (free := f"{slug}-{number}") not in taken)
