"""The rule by which a claim is judged, in words and in its exact figures, as it was registered."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluations.claims import JudgedClaim
from evaluations.sentences import write_number, write_percent


@dataclass(frozen=True, kw_only=True)
class ClaimRule:
    """holds: what is claimed; supported, refuted: when the verdict falls; early: what looking early costs. margin,
    level, alpha: in figures."""

    holds: str
    supported: str
    refuted: str
    early: str
    margin: str
    level: str
    alpha: str


def describe_rule(claim: JudgedClaim) -> ClaimRule:
    values = {
        "model": claim.model,
        "rival": claim.rival,
        "margin": write_points(claim.margin),
        "low": write_score(claim.holds[0]),
        "high": write_score(claim.holds[1]),
        "level": write_risk(claim.level),
        "alpha": write_risk(claim.alpha),
    }
    holds, supported, refuted = _choose_sentences(claim)
    return ClaimRule(
        holds=holds % values,
        supported=supported % values,
        refuted=refuted % values,
        early=_(
            "The interval may be looked at after every vote: it holds the true score at all times together with "
            "probability %(level)s. However often anyone looks, a false verdict has probability %(alpha)s at most."
        )
        % values,
        **{name: values[name] for name in ("margin", "level", "alpha")},
    )


def summarise_claims(claims: list[JudgedClaim]) -> str:
    """“Of 3 claims registered before the first vote, 1 is supported, 0 are refuted and 2 are undecided.”"""
    total = ngettext(
        "%(number)s claim was registered before the first vote.",
        "%(number)s claims were registered before the first vote.",
        len(claims),
    ) % {"number": write_number(len(claims))}
    counts = {
        verdict: sum(claim.verdict == verdict for claim in claims)
        for verdict in ("supported", "refuted", "undecided")
    }
    verdicts = _("Supported: %(supported)s. Refuted: %(refuted)s. Undecided: %(undecided)s.") % {
        verdict: write_number(count) for verdict, count in counts.items()
    }
    return f"{total} {verdicts}"


def write_score(share: float) -> str:
    """An expected score: 52.9%, and 50% where no tenth is needed."""
    return write_percent(share, decimals=0 if round(100 * share, 1) == round(100 * share) else 1)


def write_risk(share: float) -> str:
    """A probability as it was registered: 5%, 99.5%."""
    return write_score(share)


def write_points(value: float) -> str:
    return write_number(value, decimals=0 if round(value, 1) == round(value) else 1)


def _choose_sentences(claim: JudgedClaim) -> tuple[str, str, str]:
    above = (
        _("It is supported once the whole interval of that score lies above %(low)s."),
        _("It is refuted once the whole interval lies below %(low)s."),
    )
    match claim.kind:
        case "superior" if not claim.margin:
            return (
                _(
                    "%(model)s scores more than %(low)s when it meets %(rival)s, a tie counting as half a win."
                ),
                *above,
            )
        case "superior":
            return (
                _(
                    "%(model)s scores more than %(low)s when it meets %(rival)s, a tie counting as half a win: it is "
                    "more than %(margin)s points ahead."
                ),
                *above,
            )
        case "non_inferior":
            return (
                _(
                    "%(model)s scores more than %(low)s when it meets %(rival)s, a tie counting as half a win: it is "
                    "less than %(margin)s points behind, if it is behind at all."
                ),
                *above,
            )
        case _kind:
            return (
                _(
                    "%(model)s scores between %(low)s and %(high)s when it meets %(rival)s, a tie counting as half a "
                    "win: less than %(margin)s points lie between the two, either way."
                ),
                _("It is supported once the whole interval of that score lies between %(low)s and %(high)s."),
                _("It is refuted once the whole interval lies below %(low)s, or above %(high)s."),
            )
