"""Exports: a study's votes, texts and preferences as files, each with one ledger size and a codebook."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _

from evaluations.errors import ExportError
from evaluations.exports.files import DATA_FILES, FILES, File, FileFormat
from evaluations.exports.sources import ExportOptions, Source
from evaluations.models import LedgerEntry, Study

__all__ = [
    "DATA_FILES",
    "FILES",
    "Export",
    "ExportOptions",
    "ListedExport",
    "ListedFile",
    "describe_export",
    "list_exports",
    "measure_ledger",
    "open_export",
]

# Rows that are written to tell how large a file will be.
SAMPLE = 40


@dataclass(frozen=True, kw_only=True)
class Export:
    """A file to be sent: its bytes come in chunks, made while they are read. rows: how many it will have."""

    filename: str
    content_type: str
    chunks: Iterator[bytes]
    rows: int
    ledger_size: int
    name: str
    options: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class ListedExport:
    """A format that a file comes in. size: bytes, as a sample makes one expect."""

    name: str
    format: FileFormat
    size: int


@dataclass(frozen=True, kw_only=True)
class ListedFile:
    file: File
    rows: int
    exports: list[ListedExport]


def measure_ledger() -> int:
    """How many entries the ledger has now."""
    last = LedgerEntry.objects.order_by("-position").values_list("position", flat=True).first()
    return 0 if last is None else last + 1


def list_exports(*, study: Study, ledger_size: int) -> list[ListedFile]:
    """Every file with its formats, each with its rows and its size as usual options would make them."""
    source = Source(study=study, ledger_size=ledger_size)
    return [_list_file(file, source) for file in DATA_FILES]


def open_export(
    *,
    study: Study,
    name: str,
    options: ExportOptions | None = None,
    ledger_size: int | None = None,
    files: Sequence[File] = FILES,
) -> Export:
    """The export of this name (`csv`, `lmarena`, …), of these files. Its votes are those of the ledger's first
    `ledger_size` entries.

    Raises ExportError where there is none of this name, or the ledger is not that large.
    """
    file, written = _find_file(name, files)
    newest = measure_ledger()
    size = newest if ledger_size is None else ledger_size
    if not 0 <= size <= newest:
        raise ExportError(
            _("The ledger has %(newest)s entries, not %(size)s.") % {"newest": newest, "size": size}
        )
    source = Source(study=study, ledger_size=size, options=_keep_known(file, options or ExportOptions()))
    return Export(
        filename=_name_file(file, written, source),
        content_type=written.content_type,
        chunks=_write(file, written, source),
        rows=file.count(source),
        ledger_size=size,
        name=name,
        options={name: getattr(source.options, name) for name in file.options},
    )


def describe_export(*, export: Export) -> dict[str, Any]:
    """What the audit log keeps of it."""
    return {
        "format": export.name,
        "rows": export.rows,
        "ledger_size": export.ledger_size,
        "options": dict(export.options),
    }


def _find_file(name: str, files: Sequence[File]) -> tuple[File, FileFormat]:
    for file in files:
        if name in file.formats:
            return file, file.formats[name]
    known = ", ".join(chain.from_iterable(file.formats for file in files))
    raise ExportError(
        _("There is no export “%(name)s”. There are: %(known)s.") % {"name": name, "known": known}
    )


def _keep_known(file: File, options: ExportOptions) -> ExportOptions:
    """Options that change nothing in this file are as usual, so that its name says only what it is."""
    return replace(ExportOptions(), **{k: v for k, v in asdict(options).items() if k in file.options})


def _name_file(file: File, written: FileFormat, source: Source) -> str:
    words = [file.name, source.study.slug, "ledger", str(source.ledger_size), *source.options.list_words()]
    return f"{'-'.join(words)}.{written.suffix}"


def _write(file: File, written: FileFormat, source: Source) -> Iterator[bytes]:
    columns = file.choose_columns(with_texts=source.options.texts)
    return written.write(columns=columns, pages=file.pages(source, columns), metadata=_describe(file, source))


def _describe(file: File, source: Source) -> dict[str, str]:
    """What a file says of itself, where its format has room for it."""
    return {
        "file": file.name,
        "study": source.study.slug,
        "protocol_hash": source.study.protocol_hash,
        "ledger_size": str(source.ledger_size),
    }


def _list_file(file: File, source: Source) -> ListedFile:
    rows = file.count(source)
    columns = file.choose_columns(with_texts=False)
    sample = list(file.pages(replace(source, limit=min(SAMPLE, rows)), columns))
    exports = [
        ListedExport(name=name, format=written, size=_estimate_size(written, columns, sample, rows))
        for name, written in file.formats.items()
    ]
    return ListedFile(file=file, rows=rows, exports=exports)


def _estimate_size(written: FileFormat, columns: Any, sample: list[Any], rows: int) -> int:
    def measure(pages: list[Any]) -> int:
        return sum(map(len, written.write(columns=columns, pages=pages, metadata={})))

    empty, sampled = measure([]), sum(map(len, sample))
    return empty + (measure(sample) - empty) * rows // sampled if sampled else empty
