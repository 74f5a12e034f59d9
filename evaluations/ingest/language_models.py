"""The models that files name: found by their name, made where they are new."""

import hashlib
from collections.abc import Container, Iterator, Sequence
from datetime import datetime
from itertools import count

from django.utils.text import slugify

from evaluations.ingest.layouts import Role
from evaluations.ingest.rows import Row, Sheet, read_rows
from evaluations.models import LanguageModel

LONGEST_SLUG = 72


def store_models(*, sheets: Sequence[Sheet], now: datetime) -> dict[str, LanguageModel]:
    """Each id and name that the files use for a model, to the model. The caller holds the import's lock.

    A model that is there stays as it is: a file about one prompt set changes nothing in the others.
    """
    listed = [row for sheet in sheets if sheet.layout.role is Role.MODELS for row in _read(sheet)]
    if listed:
        models = {row.get("key"): _store_model(row, now=now) for row in listed}
        return {row.get("name"): models[row.get("key")] for row in listed} | models
    names = {row.get("model"): None for sheet in sheets for row in _read(sheet) if row.has("model")}
    return {name: _find_or_make(name, now=now) for name in names}


def _read(sheet: Sheet) -> Iterator[Row]:
    return read_rows(sheet=sheet, report=lambda fault: None)


def _store_model(row: Row, *, now: datetime) -> LanguageModel:
    name, key = row.get("name"), row.get("key")
    found = LanguageModel.objects.filter(name=name).first()
    if found is not None:
        return found
    return _make_model(name=name, key=key, maker=row.get("maker"), licence=row.get("licence"), now=now)


def _find_or_make(name: str, *, now: datetime) -> LanguageModel:
    models = LanguageModel.objects
    found = models.filter(name=name).first() or models.filter(slug=name).first()
    return found or _make_model(name=name, key="", maker="", licence="", now=now)


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
