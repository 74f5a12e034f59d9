"""What can be wrong in a file: the one table of sentences. Pure: no Django.

The sentences are templates, so that the layer that shows them can translate them first.
"""

from collections.abc import Mapping
from dataclasses import dataclass

ERROR = "error"
WARNING = "warning"


def gettext_noop(text: str) -> str:
    """Marks a sentence for the translators' tools; changes nothing."""
    return text


_ = gettext_noop


class Word(str):
    """A value in a sentence that is translated like the sentence itself."""

    __slots__ = ()


@dataclass(frozen=True)
class Message:
    """What is wrong, and what to do about it."""

    problem: str
    remedy: str
    severity: str = ERROR


MESSAGES: Mapping[str, Message] = {
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
        _("This is a %(kind)s file, not CSV or JSONL."),
        _("Export it as CSV (UTF-8) or JSONL, then add that."),
    ),
    "not_utf8": Message(
        _("This file is not UTF-8: byte %(byte)s (0x%(value)s) starts no character."),
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
    # JSONL
    "json_list": Message(
        _("This file is one JSON list."), _("Write one JSON object a line, without the brackets around them.")
    ),
    "bad_json": Message(
        _("This line is not JSON: %(reason)s, at character %(position)s."),
        _("Write one whole JSON object on each line."),
    ),
    "not_object": Message(
        _("This line is JSON, but not an object."), _('Write an object: {"id": "…", "prompt": "…"}.')
    ),
    "duplicate_key": Message(_("This object has the same key twice."), _("Remove or rename one of them.")),
    "nested_too_deep": Message(_("This JSON is nested too deep."), _("Use at most %(limit)s levels.")),
    # Columns
    "unrecognised": Message(
        _("These columns fit no file that is known here: %(columns)s."),
        _("Use the columns of one of these: %(layouts)s."),
    ),
    "unknown_column": Message(
        _("A file of %(layout)s has no such column."), _("Remove it. The columns are: %(known)s.")
    ),
    "misspelt_column": Message(
        _("A file of %(layout)s has no such column. “%(nearest)s” is the nearest."),
        _("Rename it to “%(nearest)s”, or remove it. The columns are: %(known)s."),
    ),
    "missing_column": Message(
        _("The column is missing. A file of %(layout)s needs it."), _("Add it. The columns are: %(known)s.")
    ),
    "duplicate_column": Message(_("Two columns have this name."), _("Rename or remove one of them.")),
    "votes_here": Message(
        _("This is a file of %(layout)s, not of prompts or responses."),
        _("Import votes with the command import_votes, once the prompts are imported."),
    ),
    "not_votes": Message(
        _("This is a file of %(layout)s, not of votes."),
        _("Add a file with the columns prompt_id, model_left, model_right, winner, rater."),
    ),
    "no_prompts": Message(
        _("No file here has prompts."),
        _("Add the file of prompts these files belong to, with the columns id and prompt."),
    ),
    "missing_key": Message(_("This object has no such key."), _('Add it; "" where there is nothing.')),
    # Values
    "nul": Message(_("The text holds a NUL character."), _("Remove it.")),
    "half_character": Message(
        _("The text holds half of a character (a lone surrogate)."),
        _("Write the whole character, or remove it."),
    ),
    "damaged_accents": Message(
        _("The accents are damaged: “%(found)s” was “%(meant)s”."),
        _("Open the original again and save it as UTF-8."),
    ),
    "lost_character": Message(
        _("A character was lost (�). It is imported as it is."),
        _("Replace it with the character that was meant."),
        WARNING,
    ),
    "not_text_value": Message(_("Expected text."), _("Write it between quotation marks.")),
    "control_character": Message(_("A control character is in it."), _("Remove it.")),
    "too_long": Message(
        _("This is longer than %(limit)s characters."), _("Shorten it to %(limit)s characters.")
    ),
    "missing_value": Message(_("It is empty, and it is needed."), _("Fill it in, or remove the row.")),
    "unknown_language": Message(
        _("This is not a language code."), _("Use a code such as fr or en, or leave it empty.")
    ),
    "named_language": Message(_("Expected a language code."), _("Use %(code)s.")),
    "bad_metadata": Message(
        _("Metadata must be a JSON object."), _('Write an object: {"source": "…"}, or leave it empty.')
    ),
    "bad_number": Message(
        _("A number is too large, infinite or not a number."), _("Write it between quotation marks.")
    ),
    "messages_not_list": Message(
        _("Messages must be a JSON list of at least one message."),
        _('Write a list: [{"role": "user", "content": "…"}].'),
    ),
    "message_shape": Message(
        _("Message %(number)s must have a role and a content, and nothing else."),
        _('Write it so: {"role": "user", "content": "…"}.'),
    ),
    "message_role": Message(
        _("Message %(number)s has an unknown role."), _("Use system, user or assistant.")
    ),
    "message_empty": Message(_("Message %(number)s is empty."), _("Write its content, or remove it.")),
    "messages_end": Message(
        _("The last message is not the user's, so there is nothing to answer."),
        _("End the list with a message whose role is user."),
    ),
    # Rows
    "prompt_missing": Message(_("The prompt is missing."), _("Write the prompt, or remove the row.")),
    "prompt_twice": Message(
        _("The row has a prompt and messages."), _("Keep the prompt or the messages, not both.")
    ),
    "duplicate_id": Message(
        _("The same id is on line %(line)s of %(file)s."),
        _("Give this row its own id, for instance %(free)s."),
    ),
    "prompt_differs": Message(
        _("It differs from line %(line)s, which has the same id."),
        _("Write the same, leave it empty, or give this row its own id."),
    ),
    "duplicate_response": Message(
        _("This model's response to this prompt is already on line %(line)s of %(file)s."),
        _("Keep one of the two."),
    ),
    "unknown_prompt": Message(
        _("No prompt has this id."), _("Correct the id, or add the prompt. Prompts are checked first.")
    ),
    "nearby_prompt": Message(
        _("No prompt has this id. “%(nearest)s” is the nearest."), _("Use “%(nearest)s”, or add the prompt.")
    ),
    "duplicate_name": Message(
        _("The model on line %(line)s of %(file)s has the same name."), _("Give each model its own name.")
    ),
    "unknown_model": Message(
        _("No model has this id or name."), _("Correct it, or add the model to the file of models.")
    ),
    "nearby_model": Message(
        _("No model has this id or name. “%(nearest)s” is the nearest."),
        _("Use “%(nearest)s”, or add the model to the file of models."),
    ),
    "numbered_model": Message(
        _("This is a number, and no file says which model it is."),
        _("Add the file of models (id, name), or write the model's name."),
    ),
    "empty_response": Message(
        _("The response is empty. It is imported as it is."),
        _("Nothing, if the model answered nothing."),
        WARNING,
    ),
    "same_response": Message(
        _("The same response as line %(line)s of %(file)s, by another model."),
        _("Nothing, if this is right."),
        WARNING,
    ),
    # Votes
    "unknown_winner": Message(
        _("This is not one of the four answers."), _("Use left, right, tie or both_bad.")
    ),
    "same_model": Message(
        _("A model is compared with itself."), _("Correct one of the two models, or remove the row.")
    ),
    "no_response": Message(
        _("The prompt set has no response of this model to prompt %(prompt)s."),
        _("Correct the row, or import the response first."),
    ),
}
