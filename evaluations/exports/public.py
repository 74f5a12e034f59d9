"""What of a study's votes is for everyone: a part of the columns, and the votes of raters who agreed to it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from evaluations.exports import Export, open_export
from evaluations.exports.files import DATA_FILES, File
from evaluations.exports.sources import ExportOptions, Source
from evaluations.models import Study
from evaluations.publicity import require_texts, require_votes

# By name, so that no new column is public by chance. What a person wrote, how long one took, and what only checks and
# repeats have is not among them.
PUBLISHED: Final = (
    *("ledger_position", "leaf_hash", "study", "protocol_hash", "rater", "battle_kind", "battle_number"),
    *("prompt", "category", "language", "left", "right", "winner", "winning_model", "probability"),
    *("reasons_left", "reasons_right", "cast_at", "revision", "origin", "excluded"),
)


@dataclass(frozen=True, kw_only=True)
class PublicFile:
    """needs: what raises NotPublished while the study does not show it. options: always so, besides kept_only."""

    file: File
    needs: Any
    options: Mapping[str, bool]


def _publish(name: str, *, needs: Any, **options: bool) -> PublicFile:
    file = next(each for each in DATA_FILES if each.name == name)
    columns = tuple(each for each in file.columns if name != "votes" or each.name in PUBLISHED)
    return PublicFile(file=replace(file, columns=columns), needs=needs, options=options)


PUBLIC_FILES: Final = (
    _publish("votes", needs=require_votes, publishable_only=True, normal_only=True),
    _publish("lmarena", needs=require_texts, publishable_only=True),
)


def open_public_export(*, study: Study, name: str, ledger_size: int, kept_only: bool) -> Export:
    """The export of this name (`csv`, `lmarena`, …) as everyone may have it. kept_only: without the votes of excluded
    raters; the file with LMArena's columns never has them.

    Raises NotPublished while the study does not show what is in it, ExportError where there is none of this name.
    """
    public = _find(name)
    public.needs(study=study)
    options = _choose_options(public, kept_only=kept_only)
    files = [each.file for each in PUBLIC_FILES]
    export = open_export(study=study, name=name, options=options, ledger_size=ledger_size, files=files)
    return replace(export, filename=f"public-{export.filename}")


@lru_cache(maxsize=256)
def count_public_rows(*, study_id: int, name: str, ledger_size: int, kept_only: bool) -> int:
    """How many rows a public file has: of a prefix this hardly changes, and counting reads it all."""
    public = next(each for each in PUBLIC_FILES if each.file.name == name)
    options = _choose_options(public, kept_only=kept_only)
    study = Study.objects.get(pk=study_id)
    return public.file.count(Source(study=study, ledger_size=ledger_size, options=options))


def _find(name: str) -> PublicFile:
    # open_export says what there is where this is no name of a file.
    return next((each for each in PUBLIC_FILES if name in each.file.formats), PUBLIC_FILES[0])


def _choose_options(public: PublicFile, *, kept_only: bool) -> ExportOptions:
    kept = {"kept_only": kept_only} if "kept_only" in public.file.options else {}
    return replace(ExportOptions(), **public.options, **kept)
