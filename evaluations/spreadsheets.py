"""Lines of CSV that are safe to open in a spreadsheet."""

import csv
import io
import unicodedata
from collections.abc import Iterable

# Tells spreadsheets that a file is UTF-8. It comes before the first line.
MARK = "\ufeff"
# What makes a spreadsheet run a cell, in any of its alphabets; and separators that would start another cell.
RUNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "|", "%", "\t", "\r", "\n")


def write_line(cells: Iterable[str | float]) -> str:
    """One line, each cell in quotes, texts defused; a number runs nothing, and −3 stays −3."""
    out = io.StringIO()
    safe = [defuse_cell(cell) if isinstance(cell, str) else str(cell) for cell in cells]
    csv.writer(out, quoting=csv.QUOTE_ALL).writerow(safe)
    return out.getvalue()


def defuse_cell(cell: str) -> str:
    """The cell as text: an apostrophe before it stops a spreadsheet from running it.

    A cell that is an apostrophe and such a text already gets another one, so that nothing is lost: who takes one
    apostrophe off a cell that begins with apostrophes and then runs has the text as it was.
    """
    return f"'{cell}" if _runs(cell.lstrip("'")) else cell


def _runs(cell: str) -> bool:
    return cell.startswith(RUNS) or _strip_unseen(cell).startswith(RUNS)


def _strip_unseen(cell: str) -> str:
    """Without the spaces, controls and invisible characters that it begins with."""
    start = next((place for place, sign in enumerate(cell) if not _is_unseen(sign)), len(cell))
    return cell[start:]


def _is_unseen(sign: str) -> bool:
    return unicodedata.category(sign) in {"Cc", "Cf", "Zs", "Zl", "Zp"}
