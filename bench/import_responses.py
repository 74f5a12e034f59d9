"""100,000 responses of 1.2 kB: checked and stored, as a worker does it. Targets: 60 s, memory under 300 MB.

Files as JSONL: 2,500 prompts, 40 models. Peak memory is that of the whole process, Django and numpy included.
"""

import json
import random
import resource
import time
from pathlib import Path

from _arena import print_table, run_arena

PROMPTS, MODELS = 2_500, 40
WORDS = ["the", "model", "answers", "a", "question", "about", "rivers", "bread", "maps", "light", "numbers"]


def write_files(folder: Path) -> list[Path]:
    chance = random.Random(1)
    prompts, responses = folder / "prompts.jsonl", folder / "responses.jsonl"
    with prompts.open("w") as file:
        for prompt in range(PROMPTS):
            row = {"id": f"p{prompt}", "prompt": f"Question {prompt}?", "category": f"c{prompt % 8}"}
            file.write(json.dumps(row) + "\n")
    with responses.open("w") as file:
        for prompt in range(PROMPTS):
            for model in range(MODELS):
                text = " ".join(chance.choices(WORDS, k=220))
                row = {"prompt_id": f"p{prompt}", "model": f"Quartz {model}", "response": text}
                file.write(json.dumps(row) + "\n")
    return [prompts, responses]


def read_peak() -> float:
    """Megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    with run_arena() as home:
        from django.utils import timezone

        from evaluations import imports
        from evaluations.management.import_reports import list_uploads
        from evaluations.models import Response

        files = write_files(home)
        base = read_peak()
        given = {"uploads": list_uploads([str(file) for file in files]), "slug": "bench"}
        upload = imports.receive_files(**given, now=timezone.now())
        times, work = [time.perf_counter()], [time.process_time()]
        upload = imports.check_import(upload=upload)
        times.append(time.perf_counter())
        work.append(time.process_time())
        upload = imports.confirm_import(upload=upload, now=timezone.now())
        times.append(time.perf_counter())
        work.append(time.process_time())
        assert Response.objects.count() == PROMPTS * MODELS, upload.trouble
        size = sum(file.stat().st_size for file in files) / 1_048_576
        rows = [("job", "seconds", "of the 60 s allowed", "seconds of this process")]
        for job, first, last in (("check", 0, 1), ("store", 1, 2), ("both", 0, 2)):
            seconds, own = times[last] - times[first], work[last] - work[first]
            rows.append((job, f"{seconds:.1f}", f"{seconds / 60:.0%}", f"{own:.1f}"))
        print_table(rows)
        print(
            f"{size:.0f} MB of files; peak memory {read_peak():.0f} MB, {base:.0f} MB of it before the import."
        )


if __name__ == "__main__":
    main()
