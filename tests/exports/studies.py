"""A study with one of everything that an export tells of, and files read back."""

import csv
import hashlib
import io
import json
from datetime import timedelta

from pyarrow import parquet

from evaluations.exports import ExportOptions, open_export
from evaluations.ledger import seal_all
from evaluations.models import Consent, LanguageModel, Prompt, RaterIdentity, Response, Study, Vote
from evaluations.quality.decisions import decide_rater, find_newest
from evaluations.raters import create_rater
from evaluations.studies import open_study
from evaluations.votes import make_receipt
from tests.factories import NOW, make_battle, make_study

FORMULA = '=HYPERLINK("http://example.org")'


def make_full_study(**options) -> Study:
    """A panel rater who may be published: a normal vote, a repeat and a check. One who may not. An excluded one."""
    study = make_study(slug=options.pop("slug", "tasks"), **options)
    panel, silent, excluded = (create_rater(now=NOW, kind="panel") for _ in range(3))
    RaterIdentity.objects.create(
        rater=panel,
        source="prolific",
        external_id="participant-5f1e",
        panel_study="panelstudy-77",
        panel_session="panelsession-88",
    )
    for rater, may_publish in [(panel, True), (silent, False), (excluded, True)]:
        Consent.objects.create(rater=rater, study=study, may_publish=may_publish, agreed_at=NOW)
    first = make_battle(study=study, rater=panel)
    add_vote(
        first, outcome="left", comment=FORMULA, reasons={"left": ["clear", "short"], "right": []}, ms=4200
    )
    answers = {"left": first.right, "right": first.left}
    add_vote(make_battle(study=study, rater=panel, kind="repeat", repeats=first, **answers), outcome="right")
    add_vote(make_battle(study=study, rater=panel, kind="check", expected="left"), outcome="left")
    add_vote(make_battle(study=study, rater=silent), outcome="tie", comment="Not for others")
    add_vote(make_battle(study=study, rater=excluded), outcome="right")
    seal_all(now=NOW + timedelta(minutes=1))
    exclude(study, excluded)
    return study


def make_study_about(*, messages, texts):
    """A study, and the prompt in it that has these messages, answered by alpha and beta with these texts."""
    study = make_study(slug="about", opened=False)
    prompt = Prompt.objects.create(prompt_set=study.prompt_set, key="own", messages=messages, html="")
    for name, text in zip(("alpha", "beta"), texts, strict=True):
        model = LanguageModel.objects.get(slug=name)
        digest = hashlib.sha256(text.encode()).hexdigest()
        Response.objects.create(prompt=prompt, model=model, text=text, digest=digest)
    return open_study(study=study, now=NOW), prompt


def add_vote(battle, *, outcome, comment="", reasons=None, ms=None):
    return Vote.objects.create(
        battle=battle,
        outcome=outcome,
        receipt=make_receipt(),
        cast_at=NOW + timedelta(seconds=17 + Vote.objects.count()),
        comment=comment,
        reasons=reasons,
        active_ms=ms,
    )


def exclude(study, rater, *, decision="exclude", reason="Too fast to have read"):
    newest = find_newest(study=study, rater=rater)
    return decide_rater(
        study=study,
        rater=rater,
        number=1,
        decision=decision,
        reason=reason,
        flags=[],
        after=newest.pk if newest else 0,
        user=None,
        now=NOW + timedelta(minutes=2),
    )


def export_bytes(study, name, **options) -> bytes:
    return b"".join(open_export(study=study, name=name, options=ExportOptions(**options)).chunks)


def read_jsonl(study, name="jsonl", **options):
    return [json.loads(line) for line in export_bytes(study, name, **options).decode().splitlines()]


def read_csv(study, name="csv", **options):
    """Every cell a text."""
    text = export_bytes(study, name, **options).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def read_parquet(study, name="parquet", **options):
    return parquet.read_table(io.BytesIO(export_bytes(study, name, **options)))
