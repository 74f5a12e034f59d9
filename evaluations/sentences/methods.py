"""How a ranking was computed, from its parameters: every sentence stands for one that changes a figure."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from evaluations.publishing.analyses import PRIMARY, Analysis
from evaluations.sentences.numbers import join_names, write_number, write_percent


def describe_method(parameters: Mapping[str, Any], *, analysis: Analysis = PRIMARY) -> list[str]:
    """A ranking's parameters as sentences, none left out that changes a figure. analysis: of which they are; what it
    leaves out of the fit stands in no parameter."""
    level = write_percent(parameters["level"])
    sentences = [_describe_fit(parameters), *_describe_ties(parameters, analysis=analysis)]
    if parameters.get("style"):
        sentences.append(_describe_style(parameters["style"]))
    sentences.append(
        _describe_interval(parameters) % {"level": level, "rounds": write_number(parameters["rounds"])}
    )
    if parameters["method"] == "elo":
        sentences.append(_("The ranges of ranks hold over these orders alone, for all models together."))
    else:
        sentences.append(
            _("The ranges of ranks hold for all models together at %(level)s.") % {"level": level}
        )
    return [*sentences, *_describe_scale(parameters)]


def _describe_fit(parameters: Mapping[str, Any]) -> str:
    if parameters["method"] == "elo":
        return _("Elo ratings, averaged over %(rounds)s random orders of the votes.") % {
            "rounds": write_number(parameters["rounds"])
        }
    return _("Bradley–Terry model, fitted to all votes at once by maximum likelihood.")


def _describe_ties(parameters: Mapping[str, Any], *, analysis: Analysis) -> list[str]:
    if analysis.ties == "out":
        return [_("Ties and “both bad” votes are counted, but the fit leaves them out.")]
    if parameters.get("ties") == "davidson":
        ties = _("How often models tie is estimated too, as a parameter of its own (Davidson).")
    else:
        ties = _("A tie counts as half a win for each model.")
    if parameters["both_bad"] == "tie":
        return [ties, _("“Both bad” counts as a tie.")]
    return [ties, _("“Both bad” votes are counted, but the fit leaves them out.")]


def _describe_style(features: Sequence[str]) -> str:
    return _("Held equal between the two responses of a vote: %(features)s.") % {
        "features": name_features(features)
    }


def name_features(features: Sequence[str]) -> str:
    """“length and bold text”; as it comes what is no feature of style."""
    names = {
        "length": _("length"),
        "headings": _("headings"),
        "bold": _("bold text"),
        "lists": _("lists"),
    }
    return join_names([names.get(feature, feature) for feature in features])


def _describe_interval(parameters: Mapping[str, Any]) -> str:
    match parameters["interval"], parameters["cluster"]:
        case "sandwich", "rater":
            return _(
                "Intervals at %(level)s from the sandwich estimator, the votes of one rater taken together."
            )
        case "sandwich", None:
            return _("Intervals at %(level)s from the sandwich estimator, every vote taken as independent.")
        case "bootstrap", "rater":
            return _("Intervals at %(level)s from %(rounds)s resamples of the raters.")
        case "bootstrap", None:
            return _("Intervals at %(level)s from %(rounds)s resamples of the votes.")
        case _kind:
            return _("Intervals at %(level)s from the spread over %(rounds)s random orders of the votes.")


def _describe_scale(parameters: Mapping[str, Any]) -> list[str]:
    sentences = []
    if parameters.get("prior"):
        prior = _("A normal prior of precision %(prior)s pulls every score towards the average.")
        sentences.append(prior % {"prior": write_number(parameters["prior"], decimals=2)})
    values = {"points": write_number(1000), "model": parameters.get("anchor")}
    if values["model"] is None:
        return [*sentences, _("%(points)s points is the average of the ranked models.") % values]
    return [*sentences, _("The model %(model)s is set at %(points)s points.") % values]
