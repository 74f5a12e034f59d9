"""What raters read and agree to: markdown, in versions that stay."""

from datetime import datetime

from evaluations.models import Study, StudyText


def fetch_text(*, study: Study, kind: str) -> StudyText | None:
    """The newest version; None where the study uses the house's own words."""
    text = StudyText.objects.filter(study=study, kind=kind).order_by("-version").first()
    return text if text is not None and text.text else None


def write_text(*, study: Study, kind: str, text: str, now: datetime) -> StudyText | None:
    """A new version, unless it says what the newest one says. Empty: back to the house's own words.

    The caller holds the study's lock.
    """
    text = text.replace("\r\n", "\n").strip()
    newest = StudyText.objects.filter(study=study, kind=kind).order_by("-version").first()
    if text == (newest.text if newest else ""):
        return None
    version = newest.version + 1 if newest else 1
    return StudyText.objects.create(study=study, kind=kind, version=version, text=text, made_at=now)
