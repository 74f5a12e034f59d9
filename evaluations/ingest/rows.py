"""Records to rows: known columns only, each cell checked and as the house keeps it. Pure: no Django."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from evaluations.ingest.arrangements import Arranged
from evaluations.ingest.faults import Fault, Report, SourceFile, show_text
from evaluations.ingest.formats import read_records
from evaluations.ingest.layouts import TEXT, Column, Kind, Layout, describe_stranger
from evaluations.ingest.mappings import find_model_name
from evaluations.ingest.records import Record
from evaluations.ingest.streams import Progress
from evaluations.ingest.values import BadValueError, check_json, clean_value


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row by the house's names. Fields with a fault are in `broken`, not in `values`.

    `columns` says what the file calls a field. A record with a column a model makes a row for each answer, or one
    without a model where it has none.
    """

    file: str
    line: int
    layout: Layout
    values: Mapping[str, Any]
    broken: frozenset[str]
    columns: Mapping[str, str] = field(default_factory=dict)

    def get(self, field: str) -> Any:
        return self.values.get(field, "")

    def has(self, *fields: str) -> bool:
        return all(field in self.values for field in fields)

    def fault(self, message: str, *, field: str, **values: object) -> Fault:
        # A column that the file lacks is called as the house calls it.
        meant = next((column.name for column in self.layout.columns if column.field == field), "")
        column, says = show_text(self.columns.get(field, meant)), show_text(self.get(field))
        return Fault(message=message, file=self.file, line=self.line, column=column, says=says, values=values)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A file that was recognised."""

    source: SourceFile
    columns: tuple[str, ...]
    arranged: Arranged
    max_mb: int
    has_header: bool

    @property
    def layout(self) -> Layout:
        return self.arranged.layout


def read_rows(*, sheet: Sheet, report: Report, progress: Progress | None = None) -> Iterator[Row]:
    """Every row of the file, its faults given to `report`, but the header's (see `opening`)."""
    quiet = True

    def report_and_note(fault: Fault) -> None:
        nonlocal quiet
        quiet = False
        report(fault)

    cleaner = _Cleaner(sheet=sheet, report=report)
    for record in read_records(
        source=sheet.source, report=report_and_note, max_mb=sheet.max_mb, progress=progress
    ):
        quiet = False
        yield from cleaner.clean(record)
    if quiet:
        report(Fault(message="no_rows", file=sheet.source.name))


class _Cleaner:
    """Makes rows of records. Objects may bring a key for the first time at any line."""

    def __init__(self, *, sheet: Sheet, report: Report) -> None:
        self.sheet, self.layout, self.report = sheet, sheet.layout, report
        self.file = sheet.source.name
        self.names = dict(sheet.arranged.names)
        self.models = dict(sheet.arranged.models)
        self.known = {*sheet.columns} if sheet.has_header else {*self.names.values(), *self.models}
        self.known |= sheet.arranged.ignored
        self.fields = self._list_fields()

    def _list_fields(self) -> dict[str, str]:
        """What the file calls each field."""
        kept = (column for column in self.layout.columns if column.kind is not Kind.IGNORED)
        return {column.field: self.names[column.name] for column in kept if column.name in self.names}

    def clean(self, record: Record) -> Iterator[Row]:
        for name in record.values.keys() - self.known:
            self._meet_key(name, line=record.line)
        row = self._clean_record(record)
        if not self.models:
            yield row
            return
        answers = [answer for name in self.models if (answer := self._clean_answer(row, record, name))]
        yield from answers or [row]

    def _meet_key(self, name: str, *, line: int) -> None:
        """A key that comes for the first time, in an object."""
        self.known.add(name)
        if self.models and (model := find_model_name(name)):
            self.models[name] = model
        elif self.layout.accepts(name.lower()) and name.lower() not in self.names:
            self.names[name.lower()] = name
            self.fields = self._list_fields()
        else:
            missing = self.sheet.arranged.list_missing()
            self.report(
                describe_stranger(
                    source=self.sheet.source, name=name, layout=self.layout, line=line, missing=missing
                )
            )

    def _clean_record(self, record: Record) -> Row:
        values: dict[str, Any] = {}
        broken: set[str] = set()
        for column in self.layout.columns:
            # A column that the whole file lacks has its own fault; its rows need none.
            if column.field not in self.fields:
                continue
            name = self.fields[column.field]
            try:
                values[column.field] = _clean_cell(column=column, name=name, record=record)
            except BadValueError as error:
                broken.add(column.field)
                self.report(_describe(file=self.file, record=record, column=name, error=error))
        if self.layout.extras:
            values["metadata"] = self._keep_extras(record)
        return Row(
            file=self.file,
            line=record.line,
            layout=self.layout,
            values=values,
            broken=frozenset(broken),
            columns=self.fields,
        )

    def _clean_answer(self, row: Row, record: Record, name: str) -> Row | None:
        """The row of one model's answer. Where a table has nothing, the model has not answered."""
        value = record.values.get(name)
        if value is None or value == "":
            return None
        columns = {**self.fields, "text": name, "model": name}
        values = {**row.values, "model": self.models[name]}
        try:
            text = clean_value(column=TEXT, value=value)
        except BadValueError as error:
            self.report(_describe(file=self.file, record=record, column=name, error=error))
            return replace(row, values=values, columns=columns, broken=row.broken | {"text"})
        return replace(row, values={**values, "text": text}, columns=columns)

    def _keep_extras(self, record: Record) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        for extra in self.layout.extras:
            name = self.names.get(extra, extra)
            value = record.values.get(name)
            try:
                check_json(value)
            except BadValueError as error:
                self.report(_describe(file=self.file, record=record, column=name, error=error))
            else:
                kept |= {} if value in (None, "") else {extra: value}
        return kept


def _clean_cell(*, column: Column, name: str, record: Record) -> Any:
    if column.needed and not column.may_be_absent and name not in record.values:
        raise BadValueError("missing_key")
    return clean_value(column=column, value=record.values.get(name))


def _describe(*, file: str, record: Record, column: str, error: BadValueError) -> Fault:
    says = record.values.get(column, "") if error.says is None else error.says
    return Fault(
        message=error.message,
        file=file,
        line=record.line,
        column=show_text(column),
        says=show_text("" if says is None else says),
        values=error.values,
    )
