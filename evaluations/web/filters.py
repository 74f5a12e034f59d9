"""The filters of a leaderboard: what may be chosen, what is, each choice an address; and the selection in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from evaluations.boards import Board
from evaluations.leaderboards import list_names
from evaluations.models import Snapshot
from evaluations.publishing.analyses import ON, PRIMARY, Analysis
from evaluations.sentences import count_deciding, count_left_out, join_names, name_language, write_number
from evaluations.sentences.parts import capitalise

RAW = Snapshot.Exclusions.NONE
OFF = "off"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """value: in the address. offered: False where too few votes are behind it, and it is not what is shown."""

    value: str
    label: str
    chosen: bool
    offered: bool = True


@dataclass(frozen=True, kw_only=True)
class Filter:
    """name: in the address. usual: the choice that an address needs not name. long: a list to unfold, else choices side
    by side. offered: whether it means anything beside what else is chosen."""

    name: str
    label: str
    choices: Sequence[Choice]
    usual: str = ""
    long: bool = False
    offered: bool = True


def build_filters(board: Board, *, raw: bool, usual_rule: str = Snapshot.Exclusions.APPLIED) -> list[Filter]:
    """What this snapshot can be asked for; nothing without one. raw: whether the figures without exclusions are asked
    for, be it that nobody is excluded; usual_rule: of the address as it comes. An earlier code's snapshot has one
    analysis."""
    if board.snapshot is None:
        return []
    exclusions = _build_exclusions(raw=raw, usual=usual_rule)
    return [*_build_analyses(board), exclusions] if "analyses" in board.document else [exclusions]


def _build_analyses(board: Board) -> list[Filter]:
    analysis, elo = board.analysis, board.analysis.method == "elo"
    parts = [_build_part(board, noun="category"), _build_part(board, noun="language")]
    return [
        *[part for part in parts if part is not None],
        _choose(
            "method",
            _("Method"),
            {PRIMARY.method: "Bradley–Terry", "elo": "Elo"},
            usual=PRIMARY.method,
            chosen=analysis.method,
        ),
        _choose(
            "style",
            _("Style control"),
            {ON: pgettext("style control", "On"), OFF: pgettext("style control", "Off")},
            usual=OFF,
            chosen=ON if analysis.style else OFF,
            offered=not elo,
        ),
        _choose(
            "ties",
            _("Ties"),
            {PRIMARY.ties: _("Count half"), "davidson": _("Own parameter"), "out": _("Leave out")},
            usual=PRIMARY.ties,
            chosen=analysis.ties,
            offered=not elo,
        ),
    ]


def _build_exclusions(*, raw: bool, usual: str) -> Filter:
    chosen = RAW if raw else Snapshot.Exclusions.APPLIED
    words = {
        Snapshot.Exclusions.APPLIED.value: pgettext("exclusions", "Applied"),
        RAW.value: pgettext("exclusions", "None"),
    }
    return _choose("exclusions", _("Exclusions"), words, usual=str(usual), chosen=chosen.value)


def _choose(
    name: str, label: str, words: Mapping[str, str], *, usual: str, chosen: str, offered: bool = True
) -> Filter:
    choices = [Choice(value=value, label=word, chosen=value == chosen) for value, word in words.items()]
    return Filter(name=name, label=label, choices=choices, usual=usual, offered=offered)


def _build_part(board: Board, *, noun: str) -> Filter | None:
    """All categories or languages, each with the votes that it has beside what else is chosen; None where there is
    nothing to choose."""
    names = list_names(board.document, noun)
    other = {"category": "language", "language": "category"}[noun]
    chosen, beside = getattr(board.analysis, noun), getattr(board.analysis, other)
    votes = {part[noun]: part["votes"] for part in board.document["parts"] if part[other] == beside}
    if not names or (len(names) == 1 and votes.get(names[0]) == votes.get("")):
        return None
    fewest = board.document["fewest"]
    labels = {"category": _("Category"), "language": _("Language")}
    every = {"category": _("All categories"), "language": _("All languages")}
    choices = [
        Choice(
            value=name,
            label=_name_choice(name, noun=noun, votes=votes.get(name, 0), fewest=fewest),
            chosen=name == chosen,
            offered=name == chosen or votes.get(name, 0) >= fewest,
        )
        for name in names
    ]
    first = Choice(value="", label=every[noun], chosen=not chosen)
    return Filter(name=noun, label=labels[noun], choices=[first, *choices], long=True)


def _name_choice(name: str, *, noun: str, votes: int, fewest: int) -> str:
    values = {
        "name": name if noun == "category" else capitalise(name_language(name)),
        "votes": write_number(votes),
        "fewest": write_number(fewest),
    }
    if votes < fewest:
        return _("%(name)s: %(votes)s of %(fewest)s votes") % values
    return values["name"]


def summarise_selection(board: Board, *, raw: bool) -> str:
    """“All categories, French, style control on, ties count half, exclusions applied: 18,420 votes by 412 raters on
    1,846 prompts.”"""
    return _("%(selection)s: %(counts)s.") % {
        "selection": describe_selection(board, raw=raw),
        "counts": _describe_counts(board),
    }


def describe_selection(board: Board, *, raw: bool) -> str:
    """“All categories, French, style control on, ties count half, exclusions applied”."""
    analysis = board.analysis
    words = [*_name_parts(board), *_name_terms(analysis)]
    if board.is_raw:
        words.append(_("no exclusions"))
    elif raw:
        words.append(_("no exclusions: nobody is excluded"))
    else:
        words.append(_("exclusions applied"))
    return capitalise(", ".join(words))


def _name_parts(board: Board) -> list[str]:
    """Nothing of what the study's prompts do not say."""
    analysis, words = board.analysis, []
    if list_names(board.document, "category"):
        words.append(
            _("category “%(category)s”") % {"category": analysis.category}
            if analysis.category
            else _("all categories")
        )
    if list_names(board.document, "language"):
        words.append(name_language(analysis.language) or _("all languages"))
    return words


def _name_terms(analysis: Analysis) -> list[str]:
    if analysis.method == "elo":
        return ["Elo", _("ties count half")]
    ties = {
        "half": _("ties count half"),
        "davidson": _("ties have a parameter of their own"),
        "out": _("ties left out"),
    }
    return [_("style control on") if analysis.style else _("style control off"), ties[analysis.ties]]


def _describe_counts(board: Board) -> str:
    """Of a part with too few votes the snapshot says how many, and not by whom."""
    counts, named = board.votes, _name_counts(board.votes)
    if counts["counted"] and not counts["raters"]:
        return named["votes"]
    whole = _("%(votes)s by %(raters)s on %(prompts)s") % named
    left_out = count_left_out(board)
    if not any(left_out.values()):
        return whole
    return _(
        "%(whole)s, of which %(ranked)s count in this ranking; left out, since they name no better response: "
        "%(left_out)s"
    ) % {
        "whole": whole,
        "ranked": write_number(count_deciding(board)),
        "left_out": _name_left_out(left_out),
    }


def _name_left_out(counts: Mapping[str, int]) -> str:
    """“294 ties and 114 votes for “both bad””."""
    ties, both_bad = counts["ties"], counts["both_bad"]
    named = [
        ngettext("%(number)s tie", "%(number)s ties", ties) % {"number": write_number(ties)} if ties else "",
        ngettext("%(number)s vote for “both bad”", "%(number)s votes for “both bad”", both_bad)
        % {"number": write_number(both_bad)}
        if both_bad
        else "",
    ]
    return join_names([each for each in named if each])


def _name_counts(counts: Mapping[str, int]) -> dict[str, str]:
    votes, raters, prompts = counts["counted"], counts["raters"], counts["prompts"]
    return {
        "votes": ngettext("%(number)s vote", "%(number)s votes", votes) % {"number": write_number(votes)},
        "raters": ngettext("%(number)s rater", "%(number)s raters", raters)
        % {"number": write_number(raters)},
        "prompts": ngettext("%(number)s prompt", "%(number)s prompts", prompts)
        % {"number": write_number(prompts)},
    }


def build_query(board: Board, *, raw: bool, **also: Any) -> str:
    """The query of an address that shows this selection, with its “?”; "" for the page as it comes."""
    chosen = {**also, **board.analysis.as_query(), **({"exclusions": RAW.value} if raw else {})}
    return "?" + urlencode(chosen) if chosen else ""
