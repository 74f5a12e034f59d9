"""What can be wrong with a file as such, and with how it is written. Pure: no Django."""

from collections.abc import Mapping

from evaluations.ingest.wording import Message, gettext_noop

_ = gettext_noop

FILE_MESSAGES: Mapping[str, Message] = {
    # The file
    "too_large": Message(
        _("This file is larger than %(limit)s MB."),
        _("Split it into smaller files, then add them together."),
    ),
    "empty_file": Message(_("This file is empty."), _("Choose the file that has the rows.")),
    "no_rows": Message(_("This file has a header and no rows."), _("Add the rows below the header.")),
    "too_many_rows": Message(
        _("This import has more than %(limit)s rows."), _("Split it into several prompt sets.")
    ),
    "not_text": Message(
        _("This is a %(kind)s file, and none that is read here."),
        _("Export it as CSV (UTF-8), JSONL, JSON, Parquet or XLSX, then add that."),
    ),
    "broken_file": Message(
        _("This %(kind)s file is damaged and can’t be read."),
        _("Open it in the program that wrote it, save it again, then add it again."),
    ),
    "broken_gzip": Message(
        _("This gzip file is damaged or cut short."), _("Compress the file again, then add it again.")
    ),
    "too_large_unpacked": Message(
        _("This file holds more than %(limit)s MB once it is unpacked."),
        _("Split it into smaller files, then add them together."),
    ),
    "not_utf8": Message(
        _("This file is not UTF-8: byte %(byte)s (0x%(value)s) starts no character."),
        _("Save the file again as UTF-8, then add it again."),
    ),
    "other_encoding": Message(
        _(
            "This file is not UTF-8 but probably %(encoding)s: byte %(byte)s (0x%(value)s) starts no character."
        ),
        _("Open it as %(encoding)s and save it as UTF-8 (in Excel: “CSV UTF-8”), then add it again."),
    ),
    "not_utf16": Message(
        _("This file begins as UTF-16, but byte %(byte)s belongs to no character."),
        _("Save the file again as UTF-8, then add it again."),
    ),
    "line_too_long": Message(
        _("This line is longer than %(limit)s MB."), _("Shorten the text, or remove the row.")
    ),
    "field_too_long": Message(
        _("A field that starts in this row is longer than %(limit)s MB. Nothing after it was read."),
        _("Look for a quotation mark that is never closed, or shorten the text."),
    ),
    "too_many_faults": Message(
        _("There are more than %(limit)s faults. The check stopped here."),
        _("Mend those listed, then check the file again."),
    ),
    # CSV
    "unclosed_quote": Message(
        _("A quotation mark that opens in this row is never closed. Nothing after it was read."),
        _('Close it. Inside a quoted field, write a quotation mark twice: "".'),
    ),
    "stray_quote": Message(
        _("Text follows the quotation mark that closes a field."),
        _('Put a comma after it. Inside a quoted field, write a quotation mark twice: "".'),
    ),
    "stray_return": Message(
        _("A carriage return stands alone in this row."), _("Save the file with line ends LF or CRLF.")
    ),
    "broken_csv": Message(_("This row is not CSV: %(reason)s."), _("Export the file as CSV again.")),
    "field_count": Message(
        _("This row has %(found)s fields; the header has %(expected)s."),
        _("Put quotation marks around text that holds a comma or a line break."),
    ),
    # JSON
    "list_unclosed": Message(
        _("The list is never closed: its end is missing."), _("Export the file again, whole.")
    ),
    "list_followed": Message(
        _("Something follows the end of the list."), _("Keep one list, or write one object a line.")
    ),
    "bad_json": Message(
        _("This is not JSON: %(reason)s, at character %(position)s."),
        _("Write one whole JSON object on each line, or a list of them."),
    ),
    "not_object": Message(
        _("This is JSON, but not an object."), _('Write an object: {"id": "…", "prompt": "…"}.')
    ),
    "duplicate_key": Message(_("This object has the same key twice."), _("Remove or rename one of them.")),
    "nested_too_deep": Message(_("This JSON is nested too deep."), _("Use at most %(limit)s levels.")),
}
