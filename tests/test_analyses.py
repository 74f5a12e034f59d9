"""Analyses of a snapshot: each is what `rank` gives on its part; kept for the newest, computed for the others."""

from dataclasses import replace

import numpy as np
import pytest
from django.conf import settings

from evaluations import analyses
from evaluations.analyses import fetch_analysis, keep_analyses
from evaluations.errors import SnapshotError, UnknownAnalysis
from evaluations.leaderboards import fetch_board
from evaluations.models import KeptAnalysis, Response, ResponseStyle, Snapshot
from evaluations.prefixes import open_prefix
from evaluations.publishing.analyses import PRIMARY, VARIANTS, Analysis
from evaluations.publishing.documents import FEWEST, REFUSED
from evaluations.ranking import (
    STYLE_FEATURES,
    Votes,
    measure_style,
    rank,
    standardise_differences,
    style_differences,
)
from evaluations.snapshots import read_document
from evaluations.studies.protocols import PRIMARY_ANALYSIS
from evaluations.styles import fetch_styles, measure_batch
from tests.part_studies import cast_votes, make_part_study, publish

pytestmark = pytest.mark.django_db

VOTES = 240
# 60 votes on each of the four prompts.
PARTS = {("", ""): 240, ("code", ""): 120, ("", "en"): 120, ("", "fr"): 60, ("explain", ""): 60}


@pytest.fixture
def study():
    study = make_part_study()
    cast_votes(study, VOTES)
    return study


def keep(study):
    board = study.leaderboards.select_related("study").get()
    return keep_analyses(leaderboard=board, columns_root=settings.COLUMNS_ROOT)


def fetch(snapshot, **asked):
    return fetch_analysis(snapshot=snapshot, analysis=Analysis(**asked), columns_root=settings.COLUMNS_ROOT)


def expect(snapshot, *, kept=lambda votes: True, style=False, **parameters):
    """The ranking by the house's one call, from rows picked one by one."""
    prefix = open_prefix(snapshot_id=snapshot.pk, columns_root=settings.COLUMNS_ROOT)
    votes = prefix.read(prefix.positions)
    chosen = kept(votes) & np.ones(len(votes), dtype=bool)
    differences = style_differences(a=votes.left_style, b=votes.right_style)
    covariates = standardise_differences(differences=differences)
    ranking = rank(
        Votes.from_codes(
            models=votes.models,
            a=votes.left[chosen],
            b=votes.right[chosen],
            outcome=votes.outcome[chosen],
            rater=votes.rater[chosen],
            covariates=dict(zip(covariates.names, covariates.values[chosen].T, strict=True)),
        ),
        **{**PRIMARY_ANALYSIS, **parameters, **({"style": covariates.names} if style else {})},
    )
    return dict(zip(ranking.models, ranking.score.tolist(), strict=True))


def read_scores(record):
    return pytest.approx({row["model"]: row["score"] for row in record["ranking"]}, abs=1e-5)


def test_parts_are_counted_and_ranked_by_themselves(study):
    snapshot = publish(study)
    document = read_document(snapshot=snapshot)
    said = {(part["category"], part["language"]): part["votes"] for part in document["parts"]}
    assert {part: said[part] for part in PARTS} == PARTS
    assert said["code", "fr"] == 60
    assert document["parts"][0] == {"category": "", "language": "", "votes": VOTES}
    assert expect(snapshot, kept=lambda votes: votes.language == 1) == read_scores(
        fetch(snapshot, language="fr")
    )
    code_en = fetch(snapshot, category="code", language="en")
    assert expect(snapshot, kept=lambda votes: (votes.language == 0) & (votes.category == 0)) == read_scores(
        code_en
    )
    assert code_en["votes"]["counted"] == 60
    assert code_en["votes"]["raters"] == len({number % 8 for number in range(0, VOTES, 4)})


def test_the_snapshot_names_the_digest_of_each_part(study):
    snapshot = publish(study)
    kept = dict(snapshot.analyses.values_list("key", "digest"))
    assert kept == read_document(snapshot=snapshot)["analyses"]
    assert "category=code&language=fr" in kept


def test_each_variant_is_what_rank_gives(study):
    snapshot = publish(study)
    assert expect(snapshot, style=True) == read_scores(fetch(snapshot, style=True))
    assert expect(snapshot, ties="davidson") == read_scores(fetch(snapshot, ties="davidson"))
    assert expect(snapshot, kept=lambda votes: votes.outcome != 2, both_bad="out") == read_scores(
        fetch(snapshot, ties="out")
    )
    elo = expect(snapshot, method="elo", interval="orderings", cluster=None, rounds=100)
    assert elo == read_scores(fetch(snapshot, method="elo"))
    plain = {row["model"]: row["score"] for row in fetch(snapshot, ties="half")["ranking"]}
    assert plain != read_scores(fetch(snapshot, style=True))


def test_leaving_ties_out_changes_no_count_of_the_votes(study):
    snapshot = publish(study)
    assert fetch(snapshot, ties="out")["votes"] == fetch(snapshot, method="elo")["votes"]
    assert fetch(snapshot, ties="out")["parameters"]["both_bad"] == "out"


def test_all_variants_of_all_parts_are_kept_for_the_newest_snapshot_only(study):
    first = publish(study)
    made = keep(study)
    ranked = [part for part in read_document(snapshot=first)["parts"] if part["votes"] >= FEWEST]
    assert made == len(VARIANTS) * len(ranked)
    assert keep(study) == 0
    before = fetch(first, style=True, language="fr")
    cast_votes(study, 12, start=VOTES)
    second = publish(study)
    assert not KeptAnalysis.objects.filter(snapshot=first).exists()
    assert keep(study) == len(VARIANTS) * len(ranked)
    # The earlier one's are computed anew, from its own prefix, and say the same.
    assert fetch(first, style=True, language="fr") == before
    assert fetch(second, style=True, language="fr") != before


def test_kept_ones_are_not_computed_again(study, monkeypatch):
    snapshot = publish(study)
    keep(study)
    monkeypatch.setattr(analyses, "describe_analysis", None)
    assert fetch(snapshot, style=True)["ranking"]


def test_keeping_stops_where_a_newer_snapshot_has_come(study, monkeypatch):
    publish(study)
    real = analyses._keep

    def keep_and_publish(**arguments):
        real(**arguments)
        cast_votes(study, 3, start=Snapshot.objects.count() * 1000)
        publish(study)

    monkeypatch.setattr(analyses, "_keep", keep_and_publish)
    assert keep(study) == 1


def test_a_part_with_too_few_votes_is_no_ranking(study):
    few = make_part_study(slug="few")
    cast_votes(few, 4 * FEWEST - 4)
    snapshot = publish(few)
    record = fetch(snapshot, language="fr")
    assert record["refused"] == "too few votes"
    assert record["ranking"] == []
    assert record["votes"]["counted"] == FEWEST - 1
    # No model is said to have no votes: how many each has is not counted for such a part.
    assert {row["votes"] for row in record["unplaced"]} == {None}
    assert {row["reason"] for row in record["unplaced"]} == {REFUSED}
    board = fetch_board(slug="few", query={"language": "fr"})
    assert (board.rows, board.refused, board.votes["counted"]) == ((), "too few votes", FEWEST - 1)


def test_another_version_of_the_code_computes_nothing_of_an_old_snapshot(study):
    snapshot = publish(study)
    snapshot.code_version = "arena-0"
    with pytest.raises(SnapshotError, match="arena-0"):
        fetch(snapshot, style=True)


@pytest.mark.parametrize(
    "query",
    [
        {"category": "cooking"},
        {"language": "de"},
        {"method": "guess"},
        {"ties": "double"},
        {"style": "maybe"},
        {"exclusions": "some"},
    ],
)
def test_what_is_not_offered_is_an_error(study, query):
    publish(study)
    with pytest.raises(UnknownAnalysis):
        fetch_board(slug="parts", query=query)


def test_elo_knows_no_style_and_no_other_ties(study):
    publish(study)
    board = fetch_board(slug="parts", query={"method": "elo", "style": "on", "ties": "out"})
    assert board.analysis == Analysis(method="elo")
    assert fetch_board(slug="parts", query={"sort": "-votes"}).analysis == PRIMARY


def test_the_key_is_the_query_of_its_address():
    asked = Analysis(category="vers & prose", language="fr", ties="out", style=True)
    assert asked.key == "category=vers+%26+prose&language=fr&ties=out&style=on"
    assert PRIMARY.key == ""
    assert replace(asked, category="").part == Analysis(language="fr")


def test_styles_are_counted_once_and_kept(study):
    publish(study)
    counted = {style.pk: style for style in ResponseStyle.objects.all()}
    assert counted.keys() == set(Response.objects.values_list("pk", flat=True))
    for response in Response.objects.all():
        expected = measure_style(response.text)
        for feature in STYLE_FEATURES:
            assert getattr(counted[response.pk], feature) == getattr(expected, feature)
    first = ResponseStyle.objects.order_by("pk").first()
    ResponseStyle.objects.filter(pk=first.pk).update(length=999)
    assert fetch_styles(response_ids=[first.pk])[first.pk][0] == 999


def test_a_worker_counts_styles_ahead(study):
    assert measure_batch() == Response.objects.order_by("pk").last().pk
    assert measure_batch(after=0) is None
    assert ResponseStyle.objects.count() == Response.objects.count()
