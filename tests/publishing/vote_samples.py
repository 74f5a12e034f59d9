"""Votes to publish, and their bundles: drawn by a seed, so that the same bytes come on every machine."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np

from evaluations.canonical import encode_canonical
from evaluations.publishing.analyses import list_variants
from evaluations.publishing.bundles import MANIFEST, MEMBERS, describe_bundle, measure_member, write_bundle
from evaluations.publishing.documents import describe_analysis, list_parts, list_ranked, publish_votes
from evaluations.publishing.verification import verify_bundle
from evaluations.publishing.vote_files import count_origins
from evaluations.publishing.votes import CountedVotes, count_outcomes, number_by_first

GOLDEN = Path(__file__).with_name("golden.zip")
MODELS = ("alpha", "beta", "delta", "gamma")
PARAMETERS = {"method": "bradley-terry", "interval": "sandwich", "cluster": "rater", "seed": 7, "rounds": 200}
CLAIMS = (
    {"number": 1, "kind": "superior", "model": "alpha", "rival": "beta", "margin": 0, "alpha": 0.05},
    {"number": 2, "kind": "equivalent", "model": "delta", "rival": "gamma", "margin": 300.5, "alpha": 0.1},
)


def draw_counted(*, votes=240, categories=("code", "prose"), recorded=False, seed=1, models=MODELS):
    """Counted votes in which earlier models tend to win, of 24 raters on 20 prompts in two languages."""
    generator = np.random.default_rng(seed)
    left = generator.integers(len(models), size=votes)
    right = (left + generator.integers(1, len(models), size=votes)) % len(models)
    prompt = generator.integers(20, size=votes)
    chance = np.where(left < right, 0.6, 0.35)
    outcome = np.where(generator.random(votes) < chance, 0, 1)
    outcome[generator.random(votes) < 0.2] = 2
    outcome[generator.random(votes) < 0.1] = 3
    no_category = np.full(votes, -1)
    category, categories = keep_used(
        prompt % len(categories) if categories else no_category, sorted(categories)
    )
    language, languages = keep_used(np.where(prompt < 2, -1, prompt // 2 % 2), ("en", "fr"))
    return CountedVotes(
        models=models,
        categories=categories,
        languages=languages,
        position=np.cumsum(generator.integers(1, 4, size=votes)),
        left=left,
        right=right,
        outcome=outcome,
        rater=number_by_first(generator.integers(24, size=votes)),
        prompt=number_by_first(prompt),
        category=category,
        language=language,
        origin=np.full(votes, 1 if recorded else 0),
        probability=np.full(votes, np.nan) if recorded else generator.choice([1 / 3, 0.2, 1e-7], size=votes),
        left_style=generator.integers([300, 5, 9, 12], size=(votes, 4)),
        right_style=generator.integers([300, 5, 9, 12], size=(votes, 4)),
    )


def keep_used(codes, names):
    """Codes, −1 for none, and the names of those that are used: votes name no others."""
    used = np.unique(codes[codes >= 0])
    return np.where(codes < 0, -1, np.searchsorted(used, codes)), tuple(names[code] for code in used)


def leave_out_all(votes):
    """The same study before its first counted vote."""
    nothing = {name: value[:0] for name, value in vars(votes).items() if isinstance(value, np.ndarray)}
    return replace(votes, categories=(), languages=(), **nothing)


def publish(votes, *, parameters=PARAMETERS, claims=CLAIMS, left_out=3, rule="applied"):
    excluded = 0 if rule == "none" else left_out
    return publish_votes(
        votes,
        head={
            "leaderboard": "letters",
            "study": "letters-2026",
            "ledger_size": max(1_000, int(votes.position.max(initial=0)) + 1),
            "votes": {**count_outcomes(votes), **count_origins(votes), "received": len(votes) + excluded + 2},
            "exclusions": {
                "rule": rule,
                "raters": min(excluded, 1),
                "votes": excluded,
                "positions": [700] if excluded else [],
                "withdrawn": {"raters": 1, "votes": 2},
            },
        },
        parameters=parameters,
        claims=claims,
    )


def list_records(votes, *, published, parameters=PARAMETERS):
    parts = list_ranked(list_parts(votes))
    yield from published.analyses.values()
    for analysis in list_variants(parts):
        yield encode_canonical(describe_analysis(votes, analysis=analysis, parameters=parameters))


def make_bundle(path, votes=None, *, licence=("", ""), **options):
    """Write a whole bundle to the path, and return the path."""
    votes = draw_counted() if votes is None else votes
    published = publish(votes, **options)
    parameters = options.get("parameters", PARAMETERS)
    records = list_records(votes, published=published, parameters=parameters)
    chunks = write_bundle(document=published.document, analyses=records, votes=votes, licence=licence)
    path.write_bytes(b"".join(chunks))
    return path


def read_files(path):
    with ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_files(path, files):
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def forge(path, files):
    """The files as a bundle whose manifest says that all is as it should be."""
    write_files(path, files)
    with ZipFile(path) as archive:
        measured = {name: measure_member(archive, name) for name in MEMBERS if name != MANIFEST}
    manifest = json.loads(files[MANIFEST])
    described = describe_bundle(document=json.loads(files["snapshot.json"]), files=measured)
    return write_files(path, {**files, MANIFEST: encode_canonical({**manifest, **described})})


def verify_forged(files, tmp_path, **options):
    """The verification of the files under a manifest that was made to match."""
    return verify_bundle(forge(tmp_path / "forged.zip", files), **options)


if __name__ == "__main__":
    make_bundle(GOLDEN)
