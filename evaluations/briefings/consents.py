"""What a rater agreed to, and whether those terms still stand."""

from dataclasses import dataclass

from evaluations.models import Consent, Rater, Study
from evaluations.raters import find_text_version


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """The newest consent of a rater in a study, if there is one. `holds`: it is to the terms of now."""

    consent: Consent | None
    holds: bool

    @property
    def is_outdated(self) -> bool:
        return self.consent is not None and not self.holds


def describe_agreement(*, study: Study, rater: Rater | None) -> Agreement:
    """Two queries, none for a visitor."""
    if rater is None:
        return Agreement(consent=None, holds=False)
    given = Consent.objects.filter(study=study, rater=rater).order_by("-text_version").first()
    holds = given is not None and given.text_version == find_text_version(study=study)
    return Agreement(consent=given, holds=holds)
