"""Files of votes in each form, votes to fill them with, and the command that ranks them."""

import csv
import gzip
import io
import json

import numpy as np
import pyarrow as pa
from django.core.management import call_command
from pyarrow import parquet

from evaluations.management.commands.rank import Command
from evaluations.ranking.votes import Votes

HEADER = "model_a,model_b,winner,judge"
ARENA = [
    {"model_a": "x", "model_b": "y", "winner": "model_a", "judge": "r1"},
    {"model_a": "y", "model_b": "z", "winner": "model_b", "judge": "r2"},
    {"model_a": "z", "model_b": "x", "winner": "tie", "judge": "r1"},
    {"model_a": "x", "model_b": "y", "winner": "both_bad", "judge": "r3"},
]
ARENA_ROWS = [
    ("x", "y", "a", "r1"),
    ("y", "z", "b", "r2"),
    ("z", "x", "tie", "r1"),
    ("x", "y", "both_bad", "r3"),
]
LABELS = {"model_a": "a", "model_b": "b", "tie": "tie", "both_bad": "both_bad"}

LINES = [
    "x,y,model_a,r1",
    "y,x,model_a,r2",
    "x,y,model_a,r3",
    "y,z,model_b,r1",
    "y,z,tie,r2",
    "champion,x,model_a,r3",
]


def lines(*rows):
    return io.StringIO("\n".join(rows) + "\n", newline="")


def told(table):
    """What a table says, row by row."""
    columns = [
        table.model_a,
        table.model_b,
        table.outcome,
        *([table.rater] if table.rater is not None else []),
    ]
    return list(zip(*(column.to_pylist() for column in columns), strict=True))


def as_csv(rows, delimiter=","):
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def as_jsonl(rows):
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def as_parquet(rows, **options):
    file = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(rows), file, **options)
    return file.getvalue()


FORMS = {
    "csv": as_csv,
    "tsv": lambda rows: as_csv(rows, "\t"),
    "semicolons": lambda rows: as_csv(rows, ";"),
    "jsonl": as_jsonl,
    "parquet": as_parquet,
    "csv.gz": lambda rows: gzip.compress(as_csv(rows)),
    "jsonl.gz": lambda rows: gzip.compress(as_jsonl(rows)),
    "csv with a byte order mark": lambda rows: b"\xef\xbb\xbf" + as_csv(rows),
    "jsonl with a byte order mark": lambda rows: b"\xef\xbb\xbf" + as_jsonl(rows),
}


def draw_rows(*, seed=0, votes=240, models=("ada", "bob", "cyd", "dan")):
    """Votes in Arena's columns, with prompts, languages and all that an option can ask for; the first is best."""
    generator = np.random.default_rng(seed)
    rows = []
    for _ in range(votes):
        a, b = generator.choice(len(models), 2, replace=False).tolist()
        chances = np.array([3.0 + b - a, 3.0 + a - b, 1.5, 0.7])
        rows.append(
            {
                "model_a": models[a],
                "model_b": models[b],
                "winner": str(generator.choice(list(LABELS), p=chances / chances.sum())),
                "judge": f"r{generator.integers(25)}",
                "prompt_id": f"p{generator.integers(12)}",
                "lang": ("en", "fr", "fr")[generator.integers(3)],
                "length": round(float(generator.normal()), 3),
                "chance": (0.25, 0.5, 1.0)[generator.integers(3)],
                "shown": ("left", "right")[generator.integers(2)],
                "response_a": draw_response(generator),
                "response_b": draw_response(generator),
            }
        )
    return rows


def draw_response(generator):
    pieces = ("# Heading\n\n", "**bold** ", "\n\n- item\n- item\n\n")
    chosen = [piece for piece in pieces if generator.random() < 0.5]
    return "word " * int(generator.integers(1, 30)) + "\n\n" + "".join(chosen)


def votes_of(rows, **more):
    """The votes of rows, from lists and not from a file."""
    return Votes.from_labels(
        model_a=[row["model_a"] for row in rows],
        model_b=[row["model_b"] for row in rows],
        outcome=[LABELS[row["winner"]] for row in rows],
        rater=[row["judge"] for row in rows],
        prompt=[row["prompt_id"] for row in rows],
        probability=[row["chance"] for row in rows],
        **{"side": 1, "covariates": {"length": [row["length"] for row in rows]}, **more},
    )


def run_rank(path, *options):
    """Run the command on a file; returns what it printed and what it said beside."""
    out, err = io.StringIO(), io.StringIO()
    call_command(Command(stdout=out, stderr=err), str(path), *options)
    return out.getvalue(), err.getvalue()
