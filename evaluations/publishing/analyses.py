"""Analyses: the ways in which a snapshot's votes are ranked, each with its own address.

The primary analysis is the one that the study's protocol names. The others are its part for a category or a language,
and what becomes of it with other ties, with style held equal, or by Elo.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final, Literal, TypeAlias, get_args
from urllib.parse import urlencode

from evaluations.errors import UnknownAnalysis

Method: TypeAlias = Literal["bradley-terry", "elo"]
Ties: TypeAlias = Literal["half", "davidson", "out"]

# What the query of an address says for style held equal.
ON: Final = "on"
# Orderings behind a board by Elo (Boubdir et al. 2023 ask for at least 100).
ELO_ROUNDS: Final = 100
# What stands between two names in a key never stands in a name: the key is a query.
PRIMARY_KEY: Final = ""


@dataclass(frozen=True, kw_only=True, order=True)
class Analysis:
    """category, language: "" for all of them. method; ties: half a win each, a parameter of their own, or left out.
    style: length, headings, bold and lists held equal."""

    category: str = ""
    language: str = ""
    method: Method = "bradley-terry"
    ties: Ties = "half"
    style: bool = False

    @property
    def key(self) -> str:
        """The query of its address: what differs from the primary analysis, in this order. "" is the primary one."""
        return urlencode(self.as_query())

    @property
    def is_primary(self) -> bool:
        return self == PRIMARY

    @property
    def part(self) -> Analysis:
        """The primary analysis of the same part of the votes."""
        return replace(PRIMARY, category=self.category, language=self.language)

    def as_query(self) -> dict[str, str]:
        """What differs from the primary analysis, as an address says it."""
        differing = {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if getattr(self, field.name) != field.default
        }
        return {name: ON if value is True else value for name, value in differing.items()}


PRIMARY: Final = Analysis()

# Beside the primary one, in each part of the votes. Elo knows neither style nor other ties.
VARIANTS: Final = (
    Analysis(style=True),
    Analysis(ties="davidson"),
    Analysis(ties="davidson", style=True),
    Analysis(ties="out"),
    Analysis(ties="out", style=True),
    Analysis(method="elo"),
)


def parse_analysis(
    query: Mapping[str, str], *, categories: Sequence[str], languages: Sequence[str]
) -> Analysis:
    """The analysis that a query asks for; names that it does not know are other people's business.

    Elo takes ties as halves and style as it comes, whatever else was asked for. Raises UnknownAnalysis, which says
    what there is.
    """
    method = _choose(query, "method", get_args(Method))
    ties: Ties = _choose(query, "ties", get_args(Ties)) if method != "elo" else "half"
    style = _choose(query, "style", ("off", ON)) == ON and method != "elo"
    category = _choose(query, "category", ("", *categories))
    language = _choose(query, "language", ("", *languages))
    return Analysis(category=category, language=language, method=method, ties=ties, style=style)


def list_part_analyses(parts: Sequence[tuple[str, str]]) -> Iterator[Analysis]:
    """The primary analysis of each of these parts of the votes (category, language), but for all of them."""
    for category, language in parts:
        if category or language:
            yield replace(PRIMARY, category=category, language=language)


def list_variants(parts: Sequence[tuple[str, str]]) -> Iterator[Analysis]:
    """Every other analysis of these parts of the votes (category, language), and of all of them first."""
    for category, language in dict.fromkeys([("", ""), *parts]):
        for variant in VARIANTS:
            yield replace(variant, category=category, language=language)


def adapt_parameters(
    parameters: Mapping[str, Any], *, analysis: Analysis, style: Sequence[str]
) -> dict[str, Any]:
    """The arguments of `rank` for this analysis, from those of the primary one. style: features that differ."""
    if analysis.method == "elo":
        kept = {name: parameters[name] for name in ("both_bad", "level", "seed") if name in parameters}
        return {**kept, "method": "elo", "interval": "orderings", "cluster": None, "rounds": ELO_ROUNDS}
    chosen = dict(parameters)
    if analysis.ties == "davidson":
        chosen["ties"] = "davidson"
    if analysis.ties == "out":
        # The votes that say “tie” are not given to the fit; those that say “both bad” are not taken as ties.
        chosen["both_bad"] = "out"
    if analysis.style:
        chosen["style"] = list(style)
    return chosen


def _choose(query: Mapping[str, str], name: str, offered: Sequence[str]) -> Any:
    """What the query says, by default the first that is offered."""
    asked = query.get(name, offered[0])
    if asked not in offered:
        named = ", ".join(f"“{value}”" for value in offered if value)
        raise UnknownAnalysis(f"There is no {name} “{asked}” on this leaderboard. There are: {named}.")
    return asked
