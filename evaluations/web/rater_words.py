"""Raters' figures, flags and evidence in words."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from evaluations.quality.flags import Flag
from evaluations.quality.raters import Quality, RaterQuality
from evaluations.ranking import Figure
from evaluations.sentences import write_number, write_percent


def name_flag(kind: str) -> str:
    return {
        "fast": _("Very fast"),
        "one_side": _("One-sided"),
        "checks": _("Checks missed"),
        "agreement": _("Low agreement"),
        "repeats": _("Unsteady"),
        "pattern": _("Unusual pattern"),
    }[kind]


def write_share(figure: Figure) -> str:
    """“71% (54–83%)”, or a dash where nothing is known."""
    if figure.value is None:
        return "–"
    if figure.lower is None or figure.upper is None:
        return write_percent(figure.value)
    values = {
        "share": write_percent(figure.value),
        "lower": write_number(100 * figure.lower),
        "upper": write_percent(figure.upper),
    }
    return pgettext("a share with its interval", "%(share)s (%(lower)s–%(upper)s)") % values


def write_seconds(seconds: float | None) -> str:
    """“48 s”, “3.2 s”."""
    if seconds is None:
        return "–"
    decimals = 0 if seconds >= 10 else 1
    return pgettext("seconds", "%(number)s s") % {"number": write_number(seconds, decimals=decimals)}


def write_reminded(reminded: int | None) -> str:
    """How often the rater was reminded; a dash where nobody can be."""
    if reminded is None:
        return "–"
    return [_("Not yet"), _("Once"), _("Twice")][reminded]


def describe_evidence(*, rater: RaterQuality, flags: Sequence[Flag], quality: Quality) -> str:
    """What is known of the rater, limits that are crossed said as such, beside the others."""
    crossed = {flag.kind: flag for flag in flags}
    sentences = [_describe_votes(rater, quality)]
    if rater.left.value is not None:
        sentences.append(_("Chooses A in %(share)s of cases.") % {"share": write_share(rater.left)})
    if "one_side" in crossed:
        limit = write_percent(crossed["one_side"].limit)
        sentences.append(_("The plan’s limit for one side is %(limit)s.") % {"limit": limit})
    if rater.agreement.trials:
        agrees = _("Votes as others do in %(share)s of cases; all raters: %(others)s.")
        values = {"share": write_share(rater.agreement.share), "others": write_share(quality.conformity)}
        sentences.append(agrees % values)
    if rater.checks.trials:
        answered = ngettext(
            "%(share)s correct on %(number)s check question.",
            "%(share)s correct on %(number)s check questions.",
            rater.checks.trials,
        )
        values = {"share": write_share(rater.checks.share), "number": write_number(rater.checks.trials)}
        sentences.append(answered % values)
    if rater.repeats.trials:
        repeated = ngettext(
            "Answers %(share)s of %(number)s repeat as before.",
            "Answers %(share)s of %(number)s repeats as before.",
            rater.repeats.trials,
        )
        values = {"share": write_share(rater.repeats.share), "number": write_number(rater.repeats.trials)}
        sentences.append(repeated % values)
    sentences += [_describe_limit(flag) for flag in flags if flag.kind in {"checks", "agreement", "repeats"}]
    if rater.pattern is not None:
        sentences.append(describe_pattern(rater.pattern.alternative))
    return " ".join(sentences)


def _describe_votes(rater: RaterQuality, quality: Quality) -> str:
    values = {"number": write_number(rater.votes)}
    votes = ngettext("%(number)s vote", "%(number)s votes", rater.votes) % values
    if rater.seconds is None:
        return _("%(votes)s.") % {"votes": votes}
    return _("%(votes)s, %(seconds)s each (all raters: %(others)s).") % {
        "votes": votes,
        "seconds": write_seconds(rater.seconds),
        "others": write_seconds(quality.measured.seconds),
    }


def _describe_limit(flag: Flag) -> str:
    sentences = {
        "checks": _("Check questions are below the limit of %(limit)s set in the plan."),
        "agreement": _("Agreement is below the limit of %(limit)s set in the plan."),
        "repeats": _("Repeats are below the limit of %(limit)s set in the plan."),
    }
    return sentences[flag.kind] % {"limit": write_percent(flag.limit)}


def describe_pattern(alternative: str) -> str:
    """What the votes look like, as `ranking.rigging` names it."""
    whole = {
        "always the left side": _("The votes look like always choosing A."),
        "always the right side": _("The votes look like always choosing B."),
        "at random": _("The votes look drawn at random."),
        "against the order": _("The votes run against everyone else’s order of the models."),
    }
    if alternative in whole:
        return whole[alternative]
    verb, name = alternative.split(" ", 1)
    maker = name.removeprefix("the models of ")
    if maker != name and verb == "favours":
        sentence = _("The votes favour the models of %(name)s.")
    elif maker != name:
        sentence = _("The votes work against the models of %(name)s.")
    elif verb == "favours":
        sentence = _("The votes favour the model %(name)s.")
    else:
        sentence = _("The votes work against the model %(name)s.")
    return sentence % {"name": maker}
