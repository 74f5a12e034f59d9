"""XLSX: what a cell shows must be what is taken; a hostile file is refused before it is opened."""

import datetime
import gzip
import io
import re
import zipfile

import pytest
from openpyxl import Workbook

from evaluations.ingest.formats import read_records
from tests.ingest.files import check, write_file


@pytest.fixture
def write(tmp_path):
    def write_rows(*rows, formats=None, before=None, name="file.xlsx"):
        workbook = Workbook()
        sheet = workbook.active
        for row in rows:
            sheet.append(list(row))
        for cell, number_format in (formats or {}).items():
            sheet[cell].number_format = number_format
        if before:
            before(workbook)
        out = io.BytesIO()
        workbook.save(out)
        return write_file(tmp_path, out.getvalue(), name)

    return write_rows


HEADER = ("id", "prompt", "category")


def change_part(source, path, change):
    """The same workbook with one part rewritten."""
    with zipfile.ZipFile(source.path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[path] = change(parts.get(path, b""))
    with zipfile.ZipFile(source.path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


SHARED = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
INLINE = re.compile(rb't="inlineStr"><is>(<t[^>]*>[^<]*</t>)</is>')


def share_texts(source):
    """The texts in a part of their own, as Excel writes them."""
    texts = []

    def point(part):
        def replace(match):
            texts.append(b"<si>" + match.group(1) + b"</si>")
            return b't="s"><v>%d</v>' % (len(texts) - 1)

        return INLINE.sub(replace, part)

    change_part(source, "xl/worksheets/sheet1.xml", point)
    space = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    change_part(source, "xl/sharedStrings.xml", lambda part: space + b"".join(texts) + b"</sst>")
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{SHARED}"/></Types>'.encode()
    change_part(source, "[Content_Types].xml", lambda part: part.replace(b"</Types>", override))


def test_shared_texts_are_read_from_disk_in_any_order(write):
    source = write(HEADER, ("a", "Écris 😀", "x"), ("b", "Write", "x"))
    share_texts(source)
    change_part(
        source,
        "xl/sharedStrings.xml",
        lambda part: part.replace(b"<t>Write</t>", b"<r><t>Wri</t></r><r><t>te it</t></r>"),
    )
    checked = check(source)
    assert checked.faults == []
    assert [row["text"] for row in checked.summary.preview] == ["Écris 😀", "Write it"]


def test_characters_that_xml_cannot_say(write):
    source = write(HEADER, ("a", "one_x000D_two _x005F_x000D_"))
    assert check(source).summary.preview[0]["text"] == "one\rtwo _x000D_"


def test_texts_and_plain_numbers(write):
    checked = check(write(HEADER, (1, "Écris «\u00a0ça\u00a0»", None), (2, 42, "x"), (3, 0.5)))
    assert checked.faults == []
    assert [(row["id"], row["text"]) for row in checked.summary.preview] == [
        ("1", "Écris «\u00a0ça\u00a0»"),
        ("2", "42"),
        ("3", "0.5"),
    ]


def test_rows_keep_their_number_where_some_are_empty(write):
    source = write((), HEADER, ("a", "b"), (), (None, None, None), ("c", "", "x"))
    assert [(f.message, f.line) for f in check(source).faults] == [("prompt_missing", 6)]


def test_first_sheet_that_holds_something_and_is_shown(write):
    def add_sheets(workbook):
        workbook.active.title = "real"
        workbook.create_sheet("empty", 0)
        hidden = workbook.create_sheet("hidden", 0)
        hidden.append(["id", "zzz"])
        hidden.sheet_state = "hidden"

    assert check(write(HEADER, ("a", "b"), before=add_sheets)).summary.prompts == 1


@pytest.mark.parametrize(
    ("value", "shown_as", "message"),
    [
        (datetime.date(2024, 3, 4), None, "cell_date"),
        (datetime.time(12, 30), None, "cell_date"),
        (True, None, "cell_boolean"),
        (0.25, "0%", "cell_percent"),
        (3.14159, "0.00", "cell_number"),
        (12345678901234567, None, "cell_number"),
        ("#N/A", None, "cell_error"),
        ("=1+1", None, "cell_formula"),
    ],
)
def test_cell_that_says_one_thing_and_shows_another(write, value, shown_as, message):
    source = write(HEADER, ("a", value, "x"), formats={"B2": shown_as} if shown_as else None)
    fault = check(source).find(message)
    assert (fault.line, fault.column) == (2, "prompt")
    assert fault.describe_problem()
    assert fault.describe_remedy()


def test_number_with_leading_zeros_is_what_is_shown(write):
    source = write(HEADER, (7, "Why?"), formats={"A2": "000"})
    assert check(source).summary.preview[0]["id"] == "007"


def test_formula_with_its_result_is_its_result(write):
    source = write(HEADER, ("a", "=1+1", "x"))
    change_part(
        source,
        "xl/worksheets/sheet1.xml",
        lambda part: part.replace(
            b'<c r="B2"><f>1+1</f><v></v></c>', b'<c r="B2"><f>1+1</f><v>2</v></c>'
        ).replace(b'<c r="B2"><f>1+1</f><v /></c>', b'<c r="B2"><f>1+1</f><v>2</v></c>'),
    )
    assert check(source).summary.preview[0]["text"] == "2"


def test_ignored_column_may_hold_anything(write):
    rows = [("id", "name", "strength"), ("a", "Alpha", datetime.date(2024, 1, 1))]
    assert check(write(*rows), write_file(write(*rows).path.parent, "id,prompt\na,b\n")).faults == []


def test_too_many_cells_in_a_row(write):
    source = write(HEADER, ("a", "b", "c", None, "d"))
    fault = check(source).find("field_count")
    assert (fault.line, fault.values) == (2, {"found": 5, "expected": 3})


def test_packed_workbook(write, tmp_path):
    packed = gzip.compress(write(HEADER, ("a", "b")).path.read_bytes())
    assert check(write_file(tmp_path, packed, "file.xlsx.gz")).summary.prompts == 1


def test_progress_comes_up_to_the_size(write):
    source = write(HEADER, *[(str(n), f"{n} " + "word " * 150) for n in range(3_000)])
    told = []
    assert len(list(read_records(source=source, report=pytest.fail, progress=told.append))) == 3_000
    assert told == sorted(told)
    assert len(told) > 2
    assert told[-1] == source.path.stat().st_size


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;">]>'


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "docProps/core.xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_wherever_they_hide(write, part, encoding):
    source = write(HEADER, ("a", "b"))

    def declare(content):
        root = content[content.index(b"?>") + 2 :] if content.startswith(b"<?xml") else content
        text = (b"<!-- a note -->" + ENTITIES[ENTITIES.index(b"<!DOCTYPE") :] + root).decode()
        return f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)

    change_part(source, part, declare)
    assert check(source).messages == ["broken_file"]


def test_workbook_larger_than_the_limit_once_unpacked(write):
    source = write(HEADER, *[(str(n), "x" * 1_000 + str(n)) for n in range(6_000)])
    assert source.path.stat().st_size < 1_048_576
    assert check(source, max_mb=5).messages == ["too_large_unpacked"]


def test_part_that_is_held_whole_must_be_small(write):
    source = write(HEADER, ("a", "b"))
    padding = b"<!--" + b"x" * 21 * 1_048_576 + b"-->"
    change_part(source, "docProps/app.xml", lambda part: part + padding)
    assert check(source, max_mb=100).messages == ["broken_file"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'r="A2"', b'r="XFE2"'),
        (b'r="A2"', b'r="C2"'),
        (b"<v>3</v>", b"<v>99</v>"),
        (b"<v>3</v>", b"<v>x</v>"),
    ],
)
def test_cells_that_lie(write, old, new):
    source = write(HEADER, ("a", "b", "c"))
    share_texts(source)
    change_part(source, "xl/worksheets/sheet1.xml", lambda part: part.replace(old, new, 1))
    assert "broken_file" in check(source).messages


def test_row_far_below_makes_no_rows_between(write):
    source = write(HEADER, ("a", "b"))

    def move(part):
        return (
            part.replace(b'<row r="2"', b'<row r="1048576"')
            .replace(b'r="A2"', b'r="A1048576"')
            .replace(b'r="B2"', b'r="B1048576"')
        )

    change_part(source, "xl/worksheets/sheet1.xml", move)
    rows = list(read_records(source=source, report=pytest.fail))
    assert [row.line for row in rows] == [1_048_576]


def test_zip_that_is_no_workbook(tmp_path):
    for names, kind in (["a.txt"], "zip"), (["content.xml", "mimetype"], "not XLSX"):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name in names:
                archive.writestr(name, "x")
        fault = check(write_file(tmp_path, out.getvalue(), "file.xlsx")).find("not_text")
        assert kind in fault.describe_problem()


def test_damaged_zip(write, tmp_path):
    content = write(HEADER, ("a", "b")).path.read_bytes()
    assert check(write_file(tmp_path, content[:-100], "other.xlsx")).messages == ["broken_file"]
    assert check(write_file(tmp_path, b"PK\x03\x04rest", "other.xlsx")).messages == ["broken_file"]
