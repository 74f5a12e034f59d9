"""`manage.py rank VOTES.csv`: the ranking of recorded votes, without a database."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from evaluations.errors import RankingError
from evaluations.ranking import Ranking, Votes, rank
from evaluations.ranking.files import read_votes
from evaluations.ranking.parameters import Cluster
from evaluations.ranking.report import as_csv, as_json, as_table

WRITERS: Final = {"table": as_table, "json": as_json, "csv": as_csv}
CLUSTERS: Final[dict[str | None, bool | None]] = {"rater": True, "none": False, None: None}


class Command(BaseCommand):
    """Reads model_a, model_b, winner (and rater or judge), or left, right, winner (and worker)."""

    help = "Rank the models of a CSV file of votes. No database is touched."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("votes", metavar="VOTES.csv", help="a CSV file of votes, or - for standard input")
        parser.add_argument("--method", default="bradley-terry", help="bradley-terry or elo")
        parser.add_argument("--ties", default="half", help="half: half a win for either model")
        parser.add_argument("--both-bad", default="tie", help="tie: counts as one; out: stays out of the fit")
        parser.add_argument("--interval", help="sandwich or bootstrap; with elo, orderings")
        parser.add_argument("--cluster", choices=("rater", "none"), help="take the votes of a rater together")
        parser.add_argument("--level", type=float, default=0.95, help="of intervals and rank ranges")
        parser.add_argument("--prior", type=float, default=0.0, help="precision of a normal prior; 0 is none")
        parser.add_argument("--anchor", help="the model whose score is 1000, in place of the mean")
        parser.add_argument("--rounds", type=int, default=1000, help="draws, bootstrap samples or orderings")
        parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same bytes")
        parser.add_argument("--format", choices=tuple(WRITERS), default="table")

    def handle(self, *args: object, **options: Any) -> None:
        try:
            votes = _read(path=options["votes"], raters=CLUSTERS[options["cluster"]])
            ranking = _rank(votes=votes, options=options)
        except RankingError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{options['votes']} cannot be read: {error.strerror}.") from error
        if options["cluster"] is None and options["method"] != "elo" and votes.rater is None:
            self.stderr.write("The file does not say who voted: votes are taken as independent.")
        self.stdout.write(WRITERS[options["format"]](ranking), ending="")


def _read(*, path: str, raters: bool | None) -> Votes:
    if path == "-":
        return read_votes(sys.stdin, raters=raters)
    with Path(path).open(encoding="utf-8-sig", newline="") as lines:
        return read_votes(lines, raters=raters)


def _rank(*, votes: Votes, options: dict[str, Any]) -> Ranking:
    """Rank; a choice not made follows from the others: Elo has orderings, raters are used where known."""
    elo = options["method"] == "elo"
    chosen = options["cluster"] or ("none" if elo or votes.rater is None else "rater")
    cluster: Cluster = "rater" if chosen == "rater" else None
    names = ("method", "ties", "both_bad", "level", "prior", "anchor", "rounds", "seed")
    return rank(
        votes,
        interval=options["interval"] or ("orderings" if elo else "sandwich"),
        cluster=cluster,
        **{name: options[name] for name in names},
    )
