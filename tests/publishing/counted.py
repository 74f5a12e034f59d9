"""Counted votes made of rows, as a snapshot would have them."""

import numpy as np

from evaluations.publishing.votes import CountedVotes

OUTCOMES = {"left": 0, "right": 1, "tie": 2, "both_bad": 3}


def make_counted(rows, *, models, categories=("code", "write"), languages=("en", "fr")):
    """rows: (left, right, outcome, rater, prompt), models by name; categories and languages follow the prompt."""
    names = list(models)
    left = np.array([names.index(row[0]) for row in rows])
    right = np.array([names.index(row[1]) for row in rows])
    prompt = np.array([row[4] for row in rows])
    nothing = np.zeros((len(rows), 4), dtype=np.int64)
    return CountedVotes(
        models=tuple(names),
        categories=categories,
        languages=languages,
        position=np.arange(len(rows)),
        left=left,
        right=right,
        outcome=np.array([OUTCOMES[row[2]] for row in rows]),
        rater=np.array([row[3] for row in rows]),
        prompt=prompt,
        category=prompt % len(categories),
        language=prompt // 2 % len(languages),
        origin=np.zeros(len(rows), dtype=np.int64),
        probability=np.full(len(rows), 0.5),
        left_style=nothing,
        right_style=nothing,
    )


def draw_rows(*, models, raters=12, each=40, prompts=20, seed=1, strength=0.6):
    """Every rater votes on every pair in turn; the models' strengths fall evenly."""
    generator = np.random.default_rng(seed)
    pairs = [(a, b) for place, a in enumerate(models) for b in models[place + 1 :]]
    rows = []
    for rater in range(raters):
        for turn in range(each):
            a, b = pairs[turn % len(pairs)]
            left, right = (a, b) if generator.random() < 0.5 else (b, a)
            ahead = strength * (models.index(right) - models.index(left))
            roll = generator.random()
            said = "left" if roll < 0.8 / (1 + np.exp(-ahead)) else "right"
            said = "tie" if roll > 0.9 else "both_bad" if roll > 0.85 else said
            rows.append((left, right, said, rater, int(generator.integers(prompts))))
    return rows
