"""Who runs this copy: a name and a way to reach them, as its settings say."""

from dataclasses import dataclass
from urllib.parse import quote

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email


@dataclass(frozen=True, kw_only=True)
class Operator:
    """Both may be empty. `address` is a link to the contact, where the contact is an e-mail or https address."""

    name: str
    contact: str
    address: str

    @property
    def is_known(self) -> bool:
        return bool(self.name or self.contact)


def describe_operator(*, name: str, contact: str) -> Operator:
    return Operator(
        name=name,
        contact=contact.removeprefix("https://").rstrip("/"),
        address=_find_address(contact=contact),
    )


def _find_address(*, contact: str) -> str:
    """A contact of another kind, a street or a telephone, is shown as it is."""
    try:
        if contact.startswith("https://"):
            URLValidator(schemes=["https"])(contact)
            return contact
        validate_email(contact)
        return f"mailto:{quote(contact, safe='@')}"
    except ValidationError:
        return ""
