"""What can be wrong in a file: the one table of sentences. Pure: no Django.

The sentences are templates, so that the layer that shows them can translate them first.
"""

from collections.abc import Mapping

from evaluations.ingest.file_messages import FILE_MESSAGES
from evaluations.ingest.wording import WARNING, Message, gettext_noop

_ = gettext_noop

MESSAGES: Mapping[str, Message] = {
    **FILE_MESSAGES,
    # Columns
    "unrecognised": Message(
        _("These columns fit no file that is known here: %(columns)s."),
        _("Say what each column holds, or use the columns of one of these: %(layouts)s."),
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
    "wide_form": Message(
        _("Each of these columns is taken as the answers of a model: %(models)s."),
        _("Map the columns by hand if one of them is something else."),
        WARNING,
    ),
    "mapping_column": Message(
        _("The mapping names a column that this file does not have."), _("Map the columns that are there.")
    ),
    "mapping_field": Message(
        _("A column can’t be mapped to this."), _("Map it to one of these: %(fields)s.")
    ),
    "mapping_model": Message(
        _("The mapping gives no name of a model, or too long a one."),
        _("Write the model’s name, of at most 120 characters."),
    ),
    "mapping_twice": Message(
        _("Two columns are mapped to the same field."), _("Map one of them, and leave the other out.")
    ),
    "mapping_both_forms": Message(
        _("The mapping has a column a model, and a column of models or responses too."),
        _("Use one form: a row a response, or a column a model."),
    ),
    "mapping_incomplete": Message(
        _("These fields make no file that is known here: %(fields)s."),
        _(
            "Map a column to the id, and others to the prompt, to a model’s answers, or to model and response."
        ),
    ),
    "model_registered": Message(
        _("The model “%(name)s” is registered already and stays as it is."),
        _("What this file says of it here is not taken."),
        WARNING,
    ),
    "model_id_taken": Message(
        _("The model “%(name)s” is registered already with this id and stays as it is."),
        _(
            "A model with the name in this file is made beside it. If it is the same, write its name as it is there."
        ),
        WARNING,
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
    "cell_formula": Message(
        _("This cell is a formula, and its result was never computed."),
        _("Open the file in a spreadsheet program and save it, or write the value in the cell."),
    ),
    "cell_error": Message(
        _("This cell is an error of the spreadsheet."), _("Correct it, or empty the cell.")
    ),
    "cell_boolean": Message(
        _("This cell is true or false, not text."), _("Format the cell as text and write it again.")
    ),
    "cell_date": Message(
        _("This cell is a date or a time, not text."),
        _("Format the cell as text and write it again. Programs turn some texts into dates."),
    ),
    "cell_percent": Message(
        _("This cell is a percentage, not text."), _("Format the cell as text and write it again.")
    ),
    "cell_number": Message(
        _("This cell is a number whose digits are not those that are shown."),
        _("Format the cell as text and write it again."),
    ),
    "cell_too_long": Message(
        _("This text is longer than %(limit)s characters."), _("Shorten the text, or remove the row.")
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
    "frozen_model": Message(
        _("A study was opened with what this model had answered; it gets no more responses in this version."),
        _("Leave the model out, or make a new version of the prompt set with these responses."),
    ),
    "already_answered": Message(
        _("This model already has a response to this prompt."),
        _("Remove the row. A response is never changed; a new version of the prompt set brings another."),
    ),
    "prompts_here": Message(
        _("This file has prompts. Here, responses are added to prompts that are there."),
        _("Leave the prompts’ column out, or import the file as a new version."),
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
