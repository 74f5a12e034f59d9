"""The one sentence that says what a ranking shows, true to its rank ranges, and how figures are written.

Leaders are the models whose range of ranks reaches 1: no model is significantly better than they are, so
that the votes can't separate one leader from another.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext, pgettext

from evaluations.leaderboards import BoardRow

# Where the votes come from decides what they may be called: only votes cast here are known to be blind.
VoteKind: TypeAlias = Literal["blind", "recorded", "simulated"]

NO_BREAK, NARROW_NO_BREAK = "\u00a0", "\u202f"
MOST_NAMES = 3

# Why a model has no place, as `evaluations.ranking` and `evaluations.leaderboards` say it.
REASONS = (
    gettext_noop("has no vote yet"),
    gettext_noop("has no votes"),
    gettext_noop("has only votes that called both answers bad, and these are left out"),
    gettext_noop("has won every battle"),
    gettext_noop("has lost every battle"),
    gettext_noop("is never compared, directly or through others, with the models of the largest group"),
    gettext_noop(
        "has never lost or tied against the models of the largest group, directly or through others"
    ),
    gettext_noop("has never won or tied against the models of the largest group, directly or through others"),
    gettext_noop(
        "is compared with the models of the largest group only through models that always won or always lost"
    ),
    gettext_noop("is in no group of models that have both won and lost against each other"),
)
# On what an interval rests where the votes alone do not give it, as `evaluations.ranking` says it.
CAUTIONS = (
    gettext_noop(
        "has only ties, so its interval is the one that the model expects, not one seen in the votes"
    ),
    gettext_noop("was judged by one rater, so its interval takes that rater's votes as independent"),
    gettext_noop("was judged on one prompt, so its interval takes the votes on it as independent"),
    gettext_noop(
        "was judged by few of the raters, so its interval adds the variation that the model expects"
    ),
    gettext_noop(
        "was judged on few of the prompts, so its interval adds the variation that the model expects"
    ),
    gettext_noop("was judged alike throughout, so its interval adds the variation that the model expects"),
)


def summarise(*, rows: Sequence[BoardRow], counted: int, minimum: int = 0, kind: VoteKind = "blind") -> str:
    """What the ranking shows. rows: the ranked models; counted: all votes; minimum: votes for a result."""
    leaders = [row for row in rows if row.rank_low == 1]
    values = {
        "names": join_names([row.model.name for row in leaders]),
        "votes": name_votes(counted=counted, kind=kind),
        "others": write_number(len(rows) - 1),
        "models": write_number(len(rows)),
    }
    return _choose_sentence(rows=rows, leaders=leaders, counted=counted, minimum=minimum) % values


def describe_leaders(*, rows: Sequence[BoardRow]) -> str:
    """How often the leaders win, or nothing where that would be a list of numbers."""
    leaders = [row for row in rows if row.rank_low == 1]
    if not 0 < len(leaders) <= MOST_NAMES or len(leaders) == len(rows):
        return ""
    rates = [write_number(100 * row.win_rate) for row in leaders]
    values = {"rate": rates[0], "rates": join_names(rates)}
    if len(leaders) == 1:
        return _("It wins about %(rate)s of 100 comparisons, a tie counting as half a win.") % values
    if len(set(rates)) == 1:
        return _("Each wins about %(rate)s of 100 comparisons, a tie counting as half a win.") % values
    return _("They win about %(rates)s of 100 comparisons, a tie counting as half a win.") % values


def describe_method(parameters: Mapping[str, Any]) -> list[str]:
    """A snapshot's parameters as sentences, none left out that changes a figure."""
    level = write_percent(parameters["level"])
    sentences = [_describe_fit(parameters), _("A tie counts as half a win for each model.")]
    if parameters["both_bad"] == "tie":
        sentences.append(_("“Both bad” counts as a tie."))
    else:
        sentences.append(_("“Both bad” votes are counted, but the fit leaves them out."))
    sentences.append(
        _describe_interval(parameters) % {"level": level, "rounds": write_number(parameters["rounds"])}
    )
    sentences.append(_("The ranges of ranks hold for all models together at %(level)s.") % {"level": level})
    if parameters["prior"]:
        prior = _("A normal prior of precision %(prior)s pulls every score towards the average.")
        sentences.append(prior % {"prior": write_number(parameters["prior"], decimals=2)})
    values = {"points": write_number(1000), "model": parameters["anchor"]}
    if parameters["anchor"] is None:
        return [*sentences, _("%(points)s points is the average of the ranked models.") % values]
    return [*sentences, _("The model %(model)s is set at %(points)s points.") % values]


def describe_reason(reason: str) -> str:
    """Why a model has no place, or an interval its width, in the reader's language."""
    return _(reason)


def name_votes(*, counted: int, kind: VoteKind) -> str:
    """“18,420 blind votes”."""
    values = {"number": write_number(counted)}
    match kind:
        case "blind":
            return ngettext("%(number)s blind vote", "%(number)s blind votes", counted) % values
        case "recorded":
            return ngettext("%(number)s recorded vote", "%(number)s recorded votes", counted) % values
        case "simulated":
            return ngettext("%(number)s simulated vote", "%(number)s simulated votes", counted) % values


def join_names(names: Sequence[str]) -> str:
    """“A”, “A and B”, “A, B and C”."""
    if len(names) < 2:
        return "".join(names)
    comma = pgettext("between the names of a list", ", ")
    return _("%(names)s and %(last)s") % {"names": comma.join(names[:-1]), "last": names[-1]}


def write_number(value: float, *, decimals: int = 0) -> str:
    """18,420 in English; 18 420 in French, with a narrow no-break space."""
    # Rounding first, so that nothing is written as minus zero.
    text = number_format(
        round(value, decimals) + 0.0, decimal_pos=decimals, use_l10n=True, force_grouping=True
    )
    return text.replace(NO_BREAK, NARROW_NO_BREAK).replace("-", "−")


def write_percent(share: float, *, decimals: int = 0) -> str:
    """61.0% in English; 61,0 % in French. share is in [0, 1]."""
    return _("%(number)s%%") % {"number": write_number(100 * share, decimals=decimals)}


def _describe_fit(parameters: Mapping[str, Any]) -> str:
    if parameters["method"] == "elo":
        return _("Elo ratings, averaged over %(rounds)s random orders of the votes.") % {
            "rounds": write_number(parameters["rounds"])
        }
    return _("Bradley–Terry model, fitted to all votes at once by maximum likelihood.")


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


def _choose_sentence(
    *, rows: Sequence[BoardRow], leaders: Sequence[BoardRow], counted: int, minimum: int
) -> str:
    if not rows:
        return _say_nothing_yet(counted=counted, minimum=minimum)
    if len(rows) == 1:
        return _("%(names)s is the only model with a place so far, so there is nothing to compare it with.")
    if len(leaders) == 1:
        return _say_one_leads(leader=leaders[0], counted=counted)
    if len(leaders) == len(rows) == 2:
        return ngettext(
            "%(names)s are level: %(votes)s cannot separate them.",
            "%(names)s are level: %(votes)s cannot separate them.",
            counted,
        )
    if len(leaders) == len(rows):
        return ngettext(
            "No model leads: after %(votes)s, any of the %(models)s models could be first.",
            "No model leads: after %(votes)s, any of the %(models)s models could be first.",
            len(rows),
        )
    if len(leaders) <= MOST_NAMES:
        return ngettext(
            "%(names)s lead, and %(votes)s cannot separate them.",
            "%(names)s lead, and %(votes)s cannot separate them.",
            counted,
        )
    shared = ngettext(
        "%(leaders)s models share the lead, and %%(votes)s cannot separate them.",
        "%(leaders)s models share the lead, and %%(votes)s cannot separate them.",
        counted,
    )
    return shared % {"leaders": _spell_number(len(leaders))}


def _say_one_leads(*, leader: BoardRow, counted: int) -> str:
    if leader.rank_high > 1:
        return _("%(names)s leads: on %(votes)s, no other model can be first.")
    return ngettext(
        "%(names)s leads: %(votes)s place it ahead of every other model.",
        "%(names)s leads: %(votes)s place it ahead of every other model.",
        counted,
    )


def _say_nothing_yet(*, counted: int, minimum: int) -> str:
    if counted >= minimum:
        return _("No result yet: %(votes)s do not place any model.")
    progress = ngettext(
        "No result yet: %(counted)s of %(minimum)s vote.",
        "No result yet: %(counted)s of %(minimum)s votes.",
        minimum,
    )
    return progress % {"counted": write_number(counted), "minimum": write_number(minimum)}


def _spell_number(number: int) -> str:
    """A number at the start of a sentence: a word up to twelve."""
    words = {
        4: pgettext("models share the lead", "Four"),
        5: pgettext("models share the lead", "Five"),
        6: pgettext("models share the lead", "Six"),
        7: pgettext("models share the lead", "Seven"),
        8: pgettext("models share the lead", "Eight"),
        9: pgettext("models share the lead", "Nine"),
        10: pgettext("models share the lead", "Ten"),
        11: pgettext("models share the lead", "Eleven"),
        12: pgettext("models share the lead", "Twelve"),
    }
    return words.get(number, write_number(number))
