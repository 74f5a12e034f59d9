"""`manage.py rank VOTES`: the ranking of recorded votes, without a database."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from evaluations.errors import NothingToRank, RankingError
from evaluations.ranking import Parameters, Votes
from evaluations.ranking.files.boards import build_report, take_votes
from evaluations.ranking.files.layouts import NAME_ONE, SAY_OUTCOMES, SAY_WHICH
from evaluations.ranking.files.reading import read_votes
from evaluations.ranking.files.styles import measure_table
from evaluations.ranking.files.vote_tables import DO_WITHOUT, Incomplete, VoteTable
from evaluations.ranking.reports.records import Report, as_csv, as_json
from evaluations.ranking.reports.tables import as_table, list_uncounted
from evaluations.ranking.reports.texts import count_things, fit_encoding, make_printable
from evaluations.ranking.style import StyleCovariates

WRITERS: Final[Mapping[str, Callable[[Report], str]]] = {"table": as_table, "json": as_json, "csv": as_csv}
INCOMPLETE: Final[Mapping[str, Incomplete]] = {
    "refuse": "refuse",
    "leave-out": "leave out",
    "leave out": "leave out",
}
CLUSTERS: Final = ("rater", "prompt", "both", "none")
NO_ROOM: Final = "CSV has no room for effects and for what the order rests on: --format json has them."
INDEPENDENT: Final = "The file does not say who voted: votes are taken as independent."
COLUMNS: Final = "model_a, model_b, winner (or chosen, and tie), rater, prompt, side, probability"
# What the library says of its arguments, in the words of the shell.
SHELL_WORDS: Final[Mapping[str, str]] = {
    SAY_WHICH: "Say which column holds what: --column model_a=COLUMN …",
    SAY_OUTCOMES: "say which one is, by --column winner=COLUMN, or chosen=COLUMN.",
    NAME_ONE: "name one by --column",
    DO_WITHOUT: "--cluster none does without.",
}


class Command(BaseCommand):
    """Reads the layouts of public vote logs by their column names, and any other with --column and --outcome."""

    help = (
        "Rank the models of a file of votes: CSV, JSON Lines or Parquet, gzipped or not. No database is touched. "
        "Columns of Arena, FastChat, LMArena, compar:IA and LLMFAO are known by name."
    )
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("votes", metavar="VOTES", help="a file of votes, or - for standard input")
        parser.add_argument("--format", default="table", help=_list_choices(WRITERS))
        _add_file_arguments(parser)
        _add_fit_arguments(parser)
        _add_interval_arguments(parser)

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.called_from_command_line = False  # its faults are errors like the others, without the usage
        return parser

    def run_from_argv(self, argv: list[str]) -> None:
        try:
            super().run_from_argv(argv)
        except CommandError as error:
            fault = make_printable(str(error).removeprefix("Error: "))
            self.stderr.write(f"{type(error).__name__}: {fault}")
            sys.exit(error.returncode)

    def handle(self, *args: object, **options: Any) -> None:
        try:
            table = _read(options)
            style = measure_table(table) if options["style"] else None
            votes = take_votes(table, style=style)
            parameters = _choose(votes, options)
            report = build_report(
                table, votes=votes, parameters=parameters, style=style, influence=options["influence"]
            )
        except RankingError as error:
            raise CommandError(_tell(str(error))) from error
        except OSError as error:
            raise CommandError(
                make_printable(f"{options['votes']} cannot be read: {error.strerror or error}.")
            ) from error
        for line in _list_left_out(table, style):
            self.stderr.write(line)
        if options["format"] == "csv" and (report.turns or report.ranking.effects):
            self.stderr.write(NO_ROOM)
        for line in list_uncounted(report.uncounted) if options["format"] == "csv" else ():
            self.stderr.write(line)
        if options["cluster"] is None and parameters.method != "elo" and votes.rater is None:
            self.stderr.write(INDEPENDENT)
        text = WRITERS[options["format"]](report)
        encoding = getattr(self.stdout, "encoding", None) or "utf-8"
        self.stdout.write(fit_encoding(text, encoding=encoding, form=options["format"]), ending="")


def _add_file_arguments(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("the file")
    group.add_argument(
        "--column", action="append", default=[], metavar="ROLE=COLUMN", help=f"ROLE: {COLUMNS}"
    )
    group.add_argument(
        "--outcome", action="append", default=[], metavar="OUTCOME=LABEL", help="OUTCOME: a, b, tie, both_bad"
    )
    group.add_argument(
        "--incomplete",
        default="refuse",
        help="votes that do not say who met, won or voted: refuse or leave-out",
    )
    group.add_argument(
        "--everything",
        action="store_true",
        help="of Arena's export, also repeats, checks and excluded raters",
    )
    group.add_argument(
        "--slice", action="append", default=[], metavar="COLUMN", help="rank each value of it too"
    )


def _add_fit_arguments(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("the fit")
    group.add_argument("--method", default="bradley-terry", help="bradley-terry or elo")
    group.add_argument(
        "--elo", action="store_const", const="elo", dest="method", help="the same as --method elo"
    )
    group.add_argument(
        "--k", type=float, default=4.0, help="points that one vote moves an Elo rating at the most"
    )
    group.add_argument(
        "--ties", default="half", help="half: half a win each; davidson: a parameter of their own"
    )
    group.add_argument("--both-bad", default="tie", help="tie: counts as one; out: stays out of the fit")
    group.add_argument(
        "--style",
        action="store_true",
        help="hold length, headings, bold and lists equal; the board without it stands beside",
    )
    group.add_argument(
        "--covariate", action="append", default=[], metavar="COLUMN", help="hold this number (a less b) equal"
    )
    group.add_argument("--position", action="store_true", help="hold the left side's advantage equal")
    group.add_argument("--weights", help="inverse-probability: of each vote's draw")
    group.add_argument("--prior", type=float, default=0.0, help="precision of a normal prior; 0 is none")
    group.add_argument("--anchor", help="the model whose score is 1000, in place of the mean")


def _add_interval_arguments(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("how sure it is")
    group.add_argument("--interval", help="sandwich or bootstrap; with elo, orderings")
    group.add_argument(
        "--cluster", help="take together the votes of a rater, those on a prompt, or both; or none"
    )
    group.add_argument("--level", type=float, default=0.95, help="of intervals and rank ranges")
    group.add_argument("--rounds", type=int, default=1000, help="draws, bootstrap samples or orderings")
    group.add_argument("--seed", type=int, default=0, help="the same seed gives the same bytes")
    group.add_argument(
        "--influence",
        action="store_true",
        help="the fewest votes, and raters, that the order at the top rests on",
    )


def _read(options: dict[str, Any]) -> VoteTable:
    """The votes that are to be ranked, of which there is one at least."""
    if not options["votes"]:
        raise CommandError("Name a file of votes.")
    cluster = options["cluster"]
    _require("--format", options["format"], WRITERS)
    _require("--incomplete", options["incomplete"], INCOMPLETE)
    _require("--cluster", "none" if cluster is None else cluster, CLUSTERS)
    wanted = {"rater": True, "both": True, "none": None if options["influence"] else False}
    table = read_votes(
        sys.stdin if options["votes"] == "-" else Path(options["votes"]),
        raters=wanted.get(cluster),
        prompts=cluster in ("prompt", "both") or None,
        columns=_split(options["column"], "--column", "ROLE=COLUMN"),
        outcomes=_split(options["outcome"], "--outcome", "OUTCOME=LABEL"),
        covariates=options["covariate"],
        slices=options["slice"],
        style=options["style"],
        incomplete=INCOMPLETE[options["incomplete"]],
        everything=options["everything"],
    )
    if not len(table):
        if table.uncounted and any(table.uncounted.values()):
            raise NothingToRank(
                "Every vote is on a repeat or check, or of an excluded rater: --everything ranks them."
            )
        left_out, empty = "Every vote is incomplete and left out.", "The file has a header and no votes."
        raise NothingToRank(left_out if table.left_out else empty)
    return table


def _require(option: str, value: str, choices: Iterable[str]) -> None:
    if value not in choices:
        raise CommandError(f"{option} is {value!r}; it can be {_list_choices(choices)}.")


def _list_choices(choices: Iterable[str]) -> str:
    """Those that are named in a sentence: a value with a space is another spelling."""
    *others, last = (choice for choice in choices if " " not in choice)
    return f"{', '.join(others)} or {last}"


def _tell(fault: str) -> str:
    """A sentence of the library in the words of the shell, which brings no control character to the terminal."""
    for said, here in SHELL_WORDS.items():
        fault = fault.replace(said, here)
    return make_printable(fault)


def _list_left_out(table: VoteTable, style: StyleCovariates | None) -> Iterator[str]:
    if table.left_out:
        verb, does = ("is", "it does") if table.left_out == 1 else ("are", "they do")
        yield (
            f"{count_things(table.left_out, 'vote')} {verb} left out, as {does} not say all that is needed."
        )
    for name, reason in style.constant if style is not None else ():
        yield f"Left out of style: {name} {reason}."


def _split(given: Sequence[str], option: str, form: str) -> dict[str, str]:
    """Pairs of what stands before and after the first equals sign."""
    pairs: dict[str, str] = {}
    for text in given:
        name, _, value = text.partition("=")
        if not name or not value:
            raise CommandError(f"{option} takes {form}; it was {text!r}.")
        if name in pairs:
            raise CommandError(f"{option} names {name!r} twice: {pairs[name]!r} and {value!r}.")
        pairs[name] = value
    return pairs


def _choose(votes: Votes, options: dict[str, Any]) -> Parameters:
    """The parameters; a choice not made follows from the others: Elo has orderings, raters are used where known."""
    elo = options["method"] == "elo"
    cluster: Any = options["cluster"] or ("none" if elo or votes.rater is None else "rater")
    fit = ("method", "ties", "both_bad", "position", "weights", "prior", "anchor", "k")
    return Parameters(
        interval=options["interval"] or ("orderings" if elo else "sandwich"),
        cluster=None if cluster == "none" else cluster,
        style=tuple(votes.covariates),
        **{name: options[name] for name in (*fit, "level", "rounds", "seed")},
    )
