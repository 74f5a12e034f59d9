"""`manage.py rank VOTES`: the ranking of recorded votes, without a database."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from evaluations.errors import RankingError
from evaluations.ranking import Parameters, Votes
from evaluations.ranking.files.boards import build_report, take_votes
from evaluations.ranking.files.reading import read_votes
from evaluations.ranking.files.vote_tables import VoteTable
from evaluations.ranking.reports.records import Report, as_csv, as_json
from evaluations.ranking.reports.tables import as_table

WRITERS: Final[dict[str, Callable[[Report], str]]] = {"table": as_table, "json": as_json, "csv": as_csv}
INDEPENDENT: Final = "The file does not say who voted: votes are taken as independent."
COLUMNS: Final = "model_a, model_b, winner (or chosen, and tie), rater, prompt, side, probability"


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
        parser.add_argument("--format", choices=tuple(WRITERS), default="table")
        _add_file_arguments(parser)
        _add_fit_arguments(parser)
        _add_interval_arguments(parser)

    def handle(self, *args: object, **options: Any) -> None:
        try:
            table = _read(options)
            votes = take_votes(table, style=options["style"])
            parameters = _choose(votes, options)
            report = build_report(table, votes=votes, parameters=parameters, influence=options["influence"])
        except RankingError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{options['votes']} cannot be read: {error.strerror or error}.") from error
        if table.left_out:
            self.stderr.write(
                f"{table.left_out:,} votes are left out, as they do not say all that is needed."
            )
        if options["cluster"] is None and parameters.method != "elo" and votes.rater is None:
            self.stderr.write(INDEPENDENT)
        self.stdout.write(WRITERS[options["format"]](report), ending="")


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
        choices=("refuse", "leave out"),
        default="refuse",
        help="votes that do not say who met, won or voted",
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
        "--cluster",
        choices=("rater", "prompt", "both", "none"),
        help="take together the votes of a rater, on a prompt, or both",
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
    cluster = options["cluster"]
    wanted = {"rater": True, "both": True, "none": None if options["influence"] else False}
    return read_votes(
        sys.stdin if options["votes"] == "-" else Path(options["votes"]),
        raters=wanted.get(cluster),
        prompts=cluster in ("prompt", "both") or None,
        columns=_split(options["column"], "--column", "ROLE=COLUMN"),
        outcomes=_split(options["outcome"], "--outcome", "OUTCOME=LABEL"),
        covariates=options["covariate"],
        slices=options["slice"],
        style=options["style"],
        incomplete=options["incomplete"],
    )


def _split(given: Sequence[str], option: str, form: str) -> dict[str, str]:
    """Pairs of what stands before and after the first equals sign."""
    for text in given:
        if not all(text.partition("=")):
            raise CommandError(f"{option} takes {form}; it was {text!r}.")
    return {text.partition("=")[0]: text.partition("=")[2] for text in given}


def _choose(votes: Votes, options: dict[str, Any]) -> Parameters:
    """The parameters; a choice not made follows from the others: Elo has orderings, raters are used where known."""
    elo = options["method"] == "elo"
    cluster: Any = options["cluster"] or ("none" if elo or votes.rater is None else "rater")
    names = (
        "method",
        "ties",
        "both_bad",
        "level",
        "prior",
        "anchor",
        "rounds",
        "seed",
        "position",
        "weights",
        "k",
    )
    return Parameters(
        interval=options["interval"] or ("orderings" if elo else "sandwich"),
        cluster=None if cluster == "none" else cluster,
        style=tuple(votes.covariates),
        **{name: options[name] for name in names},
    )
