"""What an event of the audit log says, in the reader's language. A kind that is not here shows its plain name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from evaluations.models import AuditEvent

Text = str | Promise


@dataclass(frozen=True)
class Wording:
    """The kind's name in a list of kinds, and the sentence about one event: subject, thing and details fill it."""

    name: Text
    sentence: Text


# Values of details that are words of ours.
WORDS: Mapping[str, Text] = {
    "viewer": _("viewer"),
    "editor": _("editor"),
    "owner": _("owner"),
    "account": _("no access"),
    "staff": _("staff"),
    "superuser": _("superuser"),
    "keep": _("keep"),
    "mask": _("mask"),
    "leave_out": _("leave out"),
}

WORDINGS: Mapping[str, Wording] = {
    "sign_in": Wording(_("Sign-in"), _("Signed in.")),
    "sign_in_failed": Wording(_("Failed sign-in"), _("Someone failed to sign in as “%(subject)s”.")),
    "sign_out": Wording(_("Sign-out"), _("Signed out.")),
    "second_factor_failed": Wording(_("Wrong code"), _("Someone gave a wrong code for %(subject)s.")),
    "second_factor_set": Wording(_("Second factor set up"), _("Set up a second factor.")),
    "second_factor_removed": Wording(
        _("Second factor removed"), _("Removed the second factor of %(subject)s.")
    ),
    "recovery_codes_made": Wording(_("Recovery codes made"), _("Made new recovery codes.")),
    "password_changed": Wording(_("Password changed"), _("Changed their password.")),
    "password_set_by_link": Wording(_("Password set by a link"), _("Set a password by a link.")),
    "password_link_made": Wording(
        _("Link to a new password"), _("Made a link to a new password for %(subject)s.")
    ),
    "outside_account_added": Wording(
        _("Sign-in elsewhere added"), _("Signed in from elsewhere for the first time.")
    ),
    "token_made": Wording(_("Token made"), _("Made the token “%(subject)s…”.")),
    "token_revoked": Wording(_("Token revoked"), _("Revoked the token “%(subject)s…”.")),
    "account_created": Wording(_("Account made"), _("Made the account %(subject)s: %(level)s.")),
    "account_level": Wording(
        _("Access to the site changed"), _("Changed the access of %(subject)s from %(before)s to %(level)s.")
    ),
    "account_deactivated": Wording(_("Account deactivated"), _("Deactivated the account %(subject)s.")),
    "account_reactivated": Wording(_("Account reactivated"), _("Reactivated the account %(subject)s.")),
    "member_added": Wording(_("Role given"), _("Let %(subject)s into the study as %(role)s.")),
    "member_role": Wording(
        _("Role changed"), _("Changed the role of %(subject)s from %(before)s to %(role)s.")
    ),
    "member_removed": Wording(_("Role taken away"), _("Took the role %(role)s away from %(subject)s.")),
    "study_created": Wording(_("Study made"), _("Made the study.")),
    "study_piloted": Wording(_("Pilot started"), _("Started the pilot.")),
    "study_opened": Wording(_("Study opened"), _("Opened the study.")),
    "study_amended": Wording(_("Study amended"), _("Amended the protocol: amendment %(number)s.")),
    "study_paused": Wording(_("Study paused"), _("Paused the study.")),
    "study_resumed": Wording(_("Study resumed"), _("Resumed the study.")),
    "study_closed": Wording(_("Study closed"), _("Closed the study.")),
    "rater_exclude": Wording(_("Rater excluded"), _("Left out the votes of rater %(thing)s: %(reason)s")),
    "rater_keep": Wording(_("Rater kept"), _("Kept the votes of rater %(thing)s: %(reason)s")),
    "rater_restore": Wording(_("Rater restored"), _("Took the votes of rater %(thing)s back in: %(reason)s")),
    "invitation_made": Wording(_("Invitation made"), _("Made invitation %(thing)s: places %(places)s.")),
    "invitation_withdrawn": Wording(
        _("Invitation withdrawn"), _("Withdrew invitation %(thing)s: places taken %(taken)s.")
    ),
    "panel_set_up": Wording(_("Panel set up"), _("Set up the panel.")),
    "panel_ids_erased": Wording(_("Panel ids erased"), _("Erased panel ids: %(ids)s.")),
    "export_downloaded": Wording(_("File downloaded"), _("Downloaded %(subject)s.")),
    "import_received": Wording(_("Files uploaded"), _("Uploaded files for %(target)s (import %(thing)s).")),
    "import_mapped": Wording(_("Columns mapped"), _("Mapped the columns of import %(thing)s by hand.")),
    "import_confirmed": Wording(
        _("Import confirmed"), _("Confirmed the import into %(target)s (import %(thing)s).")
    ),
    "import_discarded": Wording(
        _("Import discarded"), _("Discarded the import into %(target)s (import %(thing)s).")
    ),
    "findings_decided": Wording(
        _("Findings decided"), _("Decided on responses of %(subject)s: %(decision)s (%(findings)s).")
    ),
    "headless_rater_made": Wording(
        _("Program’s rater registered"), _("Registered a rater who rates through a program.")
    ),
    "model_added": Wording(_("Model added"), _("Added the model %(thing)s.")),
    "model_changed": Wording(_("Model changed"), _("Changed the model %(thing)s.")),
    "model_deleted": Wording(_("Model deleted"), _("Deleted the model %(thing)s.")),
    "provider_added": Wording(_("Provider added"), _("Added the provider %(thing)s.")),
    "provider_changed": Wording(_("Provider changed"), _("Changed the provider %(thing)s.")),
    "provider_key_removed": Wording(
        _("Provider’s key removed"), _("Removed the key of the provider %(thing)s.")
    ),
    "provider_tried": Wording(_("Provider tried"), _("Tried the provider %(thing)s.")),
    "generation_started": Wording(
        _("Generation started"), _("Asked for %(responses)s responses to %(prompt_set)s (run %(thing)s).")
    ),
    "generation_cancelled": Wording(_("Generation cancelled"), _("Cancelled run %(thing)s.")),
    "generation_resumed": Wording(
        _("Generation resumed"), _("Resumed run %(thing)s; it may cost %(budget)s %(currency)s.")
    ),
    "generation_published": Wording(
        _("Generation added"), _("Added %(responses)s responses of run %(thing)s.")
    ),
}
NAMES: Mapping[str, Text] = {kind: wording.name for kind, wording in WORDINGS.items()}


def list_names() -> list[tuple[str, Text]]:
    """Kinds with their names, in the order of the alphabet of the reader's language."""
    return sorted(NAMES.items(), key=lambda item: str(item[1]).casefold())


def write_event(event: AuditEvent) -> str:
    """The event as a sentence; its plain kind and subject where there is no wording, or its details lack a word."""
    wording = WORDINGS.get(event.kind)
    plain = f"{event.kind} {event.subject}".strip()
    if wording is None:
        return plain
    # "provider ours" is about "ours".
    thing = event.subject.partition(" ")[2]
    values: dict[str, Any] = {name: WORDS.get(str(value), value) for name, value in event.details.items()}
    try:
        return str(wording.sentence) % {**values, "subject": event.subject, "thing": thing}
    except KeyError:
        return plain
