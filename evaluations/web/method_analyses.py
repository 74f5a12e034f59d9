"""The parts of the method that say in which ways the same votes are ranked."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from evaluations.publishing.analyses import ELO_ROUNDS
from evaluations.publishing.documents import FEWEST
from evaluations.sentences import write_number
from evaluations.web.method_equations import EQUATIONS


@dataclass(frozen=True, kw_only=True)
class MethodPart:
    """A section of the page. anchor: in its address; equations: in TeX; symbols: what their letters mean; source: the
    papers; function: in `evaluations`, "" where nothing is computed."""

    anchor: str
    title: str
    words: Sequence[str]
    equations: Sequence[str] = ()
    symbols: str = ""
    source: str = ""
    function: str = ""


def describe_analyses() -> list[MethodPart]:
    return [
        MethodPart(
            anchor="parts",
            title=_("Categories and languages"),
            words=[
                _(
                    "Each category, each language and each pair of them is fitted by itself, by the same rules. A "
                    "part of fewer than %(fewest)s votes is listed and not ranked."
                )
                % {"fewest": write_number(FEWEST)}
            ],
            function="publishing.documents.describe_analysis",
        ),
        MethodPart(
            anchor="ties",
            title=_("Ties"),
            words=[
                _(
                    "A tie is half a win for each model unless you choose otherwise: ties can have a parameter of "
                    "their own, or be left out. “Both bad” has its own count everywhere. In the fit it counts as a "
                    "tie, and is left out where ties are."
                )
            ],
            equations=EQUATIONS["ties"],
            symbols=_("a ∼ b is a tie; ν says how often equals tie."),
            source="Davidson (1970)",
            function="ranking.fits.regression.fit_regression",
        ),
        MethodPart(
            anchor="style",
            title=_("Style held equal"),
            words=[
                _(
                    "Long answers with headings, bold words and lists may attract votes. With style control the fit "
                    "estimates what each of these is worth, and gives the scores of answers of the same style. It "
                    "takes style off whether it helped the reader or only pleased; both boards are published."
                )
            ],
            equations=EQUATIONS["style"],
            symbols=_("n counts words, headings, bold words or list items in each of the two answers."),
            source="Li, Angelopoulos & Chiang (2024)",
            function="ranking.style.style_differences",
        ),
        MethodPart(
            anchor="elo",
            title=_("Elo"),
            words=[
                _(
                    "Elo ratings depend on the order in which votes are read. So they are computed in %(rounds)s "
                    "random orders and averaged. The spread shows what the order does; it is no interval, and says "
                    "nothing of how many votes there were."
                )
                % {"rounds": write_number(ELO_ROUNDS)}
            ],
            equations=EQUATIONS["elo"],
            symbols=_("y is 1 if a won, ½ for a tie, 0 if b won; R starts at 1000; k is 4."),
            source="Elo (1978); Boubdir et al. (2023)",
            function="ranking.elo.elo_strengths",
        ),
    ]
