"""Records to rows: known columns only, each cell checked and as the house keeps it. Pure: no Django."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evaluations.ingest.faults import Fault, Report, SourceFile, show_text
from evaluations.ingest.formats import Record, read_columns, read_records
from evaluations.ingest.layouts import (
    Column,
    Kind,
    Layout,
    check_header,
    check_missing,
    describe_stranger,
    describe_unrecognised,
    recognise,
)
from evaluations.ingest.lines import check_file, is_jsonl
from evaluations.ingest.values import BadValueError, check_json, clean_value


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row by the house's names. Fields with a fault are in `broken`, not in `values`."""

    file: str
    line: int
    layout: Layout
    values: Mapping[str, Any]
    broken: frozenset[str]

    def get(self, field: str) -> Any:
        return self.values.get(field, "")

    def has(self, *fields: str) -> bool:
        return all(field in self.values for field in fields)

    def fault(self, message: str, *, field: str, **values: object) -> Fault:
        column = next((column.name for column in self.layout.columns if column.field == field), "")
        says = show_text(self.get(field))
        return Fault(message=message, file=self.file, line=self.line, column=column, says=says, values=values)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A file that was recognised."""

    source: SourceFile
    layout: Layout
    columns: tuple[str, ...]


def open_sheet(*, source: SourceFile, max_mb: int, report: Report) -> Sheet | None:
    """Recognise the file by its first bytes and its columns; None, and a fault, where it can't be read."""
    if fault := check_file(source=source, max_mb=max_mb):
        report(fault)
        return None
    columns = read_columns(source=source)
    layout = recognise(columns=columns)
    if layout is None:
        _report_unreadable(source=source, columns=columns, report=report)
        return None
    if not is_jsonl(source=source):
        for fault in check_header(source=source, columns=columns, layout=layout):
            report(fault)
    for fault in check_missing(source=source, columns=columns, layout=layout):
        report(fault)
    return Sheet(source=source, layout=layout, columns=tuple(columns))


def _report_unreadable(*, source: SourceFile, columns: list[str], report: Report) -> None:
    """What is wrong with the bytes where no column could be read; else that nobody knows the columns."""
    faults: list[Fault] = []
    if not columns:
        for _record in read_records(source=source, report=faults.append):
            break
    for fault in faults or [describe_unrecognised(source=source, columns=columns)]:
        report(fault)


def read_rows(*, sheet: Sheet, report: Report) -> Iterator[Row]:
    """Every row of the file, its faults given to `report`, but the header's (see `open_sheet`)."""
    seen: set[str] = set() if is_jsonl(source=sheet.source) else set(sheet.columns)
    quiet = True

    def report_and_note(fault: Fault) -> None:
        nonlocal quiet
        quiet = False
        report(fault)

    for record in read_records(source=sheet.source, report=report_and_note):
        quiet = False
        for name in record.values.keys() - seen:
            _check_key(sheet=sheet, name=name, line=record.line, report=report)
        seen |= record.values.keys()
        yield _clean_record(sheet=sheet, record=record, report=report)
    if quiet:
        report(Fault(message="no_rows", file=sheet.source.name))


def _check_key(*, sheet: Sheet, name: str, line: int, report: Report) -> None:
    """A key that comes for the first time, in an object of a JSONL file."""
    if not sheet.layout.accepts(name):
        missing = sheet.layout.missing_from(sheet.columns)
        report(
            describe_stranger(source=sheet.source, name=name, layout=sheet.layout, line=line, missing=missing)
        )


def _clean_record(*, sheet: Sheet, record: Record, report: Report) -> Row:
    values: dict[str, Any] = {}
    broken: set[str] = set()
    # A column that the whole file lacks has its own fault; its rows need none.
    known = {*sheet.columns, *record.values}
    for column in sheet.layout.columns:
        if column.kind is Kind.IGNORED or column.name not in known:
            continue
        try:
            values[column.field] = _clean_cell(column=column, record=record)
        except BadValueError as error:
            broken.add(column.field)
            report(_describe(sheet=sheet, record=record, column=column.name, error=error))
    if sheet.layout.extras:
        values["metadata"] = _keep_extras(sheet=sheet, record=record, report=report)
    return Row(
        file=sheet.source.name, line=record.line, layout=sheet.layout, values=values, broken=frozenset(broken)
    )


def _clean_cell(*, column: Column, record: Record) -> Any:
    if column.needed and not column.may_be_absent and column.name not in record.values:
        raise BadValueError("missing_key")
    return clean_value(column=column, value=record.values.get(column.name))


def _keep_extras(*, sheet: Sheet, record: Record, report: Report) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name in sheet.layout.extras:
        value = record.values.get(name)
        try:
            check_json(value)
        except BadValueError as error:
            report(_describe(sheet=sheet, record=record, column=name, error=error))
        else:
            kept |= {} if value in (None, "") else {name: value}
    return kept


def _describe(*, sheet: Sheet, record: Record, column: str, error: BadValueError) -> Fault:
    says = record.values.get(column, "") if error.says is None else error.says
    return Fault(
        message=error.message,
        file=sheet.source.name,
        line=record.line,
        column=column,
        says=show_text("" if says is None else says),
        values=error.values,
    )
