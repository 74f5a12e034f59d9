"""A file of 8,931 recorded votes: imported, sealed and ranked, as `manage.py import_votes` does. Target: under 10 s.

The file has the shape of the LLMFAO data (19 prompts, 70 models, 124 raters), so that the bench needs no download.
"""

import csv
import itertools
import json
import random
import time
from pathlib import Path

from _arena import print_table, run_arena

PROMPTS, MODELS, RATERS, VOTES = 19, 70, 124, 8_931


def write_files(folder: Path) -> tuple[Path, Path, Path]:
    chance = random.Random(1)
    prompts, responses, votes = folder / "prompts.jsonl", folder / "responses.jsonl", folder / "votes.csv"
    with prompts.open("w") as file:
        for prompt in range(PROMPTS):
            file.write(json.dumps({"id": str(prompt), "prompt": f"Question {prompt}?"}) + "\n")
    with responses.open("w") as file:
        for prompt, model in itertools.product(range(PROMPTS), range(MODELS)):
            text = f"Answer of {model} to {prompt}. " * 20
            row = {"prompt_id": str(prompt), "model": f"Model {model}", "response": text}
            file.write(json.dumps(row) + "\n")
    with votes.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["prompt_id", "model_left", "model_right", "winner", "rater"])
        for _ in range(VOTES):
            left, right = chance.sample(range(MODELS), 2)
            margin = (left - right) / 20 + chance.gauss(0, 1.5)
            winner = "tie" if abs(margin) < 0.4 else "left" if margin > 0 else "right"
            names = [f"Model {left}", f"Model {right}"]
            writer.writerow([chance.randrange(PROMPTS), *names, winner, chance.randrange(RATERS)])
    return prompts, responses, votes


def main() -> None:
    with run_arena() as home:
        from django.core.management import call_command

        prompts, responses, votes = write_files(home)
        start = time.perf_counter()
        call_command("import_prompts", str(prompts), str(responses), prompt_set="bench", verbosity=0)
        half = time.perf_counter()
        call_command("import_votes", str(votes), study="bench", prompt_set="bench", verbosity=0)
        end = time.perf_counter()
        print()
        rows = [
            ("job", "rows", "seconds", "of the 10 s allowed"),
            ("prompts and responses", f"{PROMPTS * MODELS:,}", f"{half - start:.1f}", ""),
            (
                "votes: imported, sealed, ranked",
                f"{VOTES:,}",
                f"{end - half:.1f}",
                f"{(end - half) / 10:.0%}",
            ),
        ]
        print_table(rows)


if __name__ == "__main__":
    main()
