"""Claims on pages: no verdict without its interval, and none where a rater could learn the models."""

import hashlib
import html
import json
import re
from dataclasses import replace
from functools import partial

import pytest
from django.urls import reverse
from django.utils import translation

from evaluations import history
from evaluations.claims import fetch_claims
from evaluations.ledger import seal_all
from evaluations.models import LedgerEntry, Snapshot
from evaluations.studies import close_study
from evaluations.studies.amendments import amend_study
from evaluations.web import shown_boards
from evaluations.web.claim_rows import build_claim_rows
from evaluations.web.published_pages import PAGES
from tests.raters import LATER, seal
from tests.refreshing import refresh_all
from tests.test_claims import cast, cast_all, make_claiming_study
from tests.web.boards import publish

pytestmark = pytest.mark.django_db
NARROW = "\u202f"


@pytest.fixture
def study(settings):
    """One claim that the votes support, its opposite, and one on models that never met."""
    study = make_claiming_study(
        {},
        {"model": "beta", "rival": "alpha"},
        {"kind": "equivalent", "rival": "gamma", "margin": 30.0, "alpha": 0.005},
        slug="letters",
    )
    for _ in range(30):
        cast(study)
    cast(study, left="beta", right="gamma")
    publish(columns_root=settings.COLUMNS_ROOT)
    return study


def get(client, name, study, *, language="en", **query):
    response = client.get(reverse(name, args=[study.slug]), query, headers={"accept-language": language})
    assert response.status_code == 200
    return response.content.decode()


def read_claims(page):
    """(verdict, sentence, what is measured) of each."""
    rows = re.findall(r'<li class="claim">(.*?)</li>', page, re.DOTALL)
    parts = (
        r'<span class="status [\w-]+">(.*?)</span>',
        r"<h3>(.*?)</h3>",
        r"<figcaption.*?>(.*?)</figcaption>",
    )
    return [tuple(html.unescape(re.search(part, row, re.DOTALL).group(1)) for part in parts) for row in rows]


@pytest.mark.parametrize("name", ["leaderboard", "study-health"])
def test_page_has_each_claim_with_verdict_and_interval(sign_in_as, study, name):
    page = get(sign_in_as("viewer", study), name, study)
    supported, refuted, undecided = read_claims(page)
    assert supported[:2] == ("Supported", "Alpha is better than Beta, margin 0 points, risk 5%.")
    assert re.fullmatch(
        r"Score against Beta: 100\.0%, 95% interval \d\d\.\d% to 100\.0%\.( As a lead .*)?", supported[2]
    )
    assert refuted[:2] == ("Refuted", "Beta is better than Alpha, margin 0 points, risk 5%.")
    assert undecided == (
        "Undecided",
        "Alpha is as good as Gamma, margin 30 points, risk 0.5%.",
        "99.5% interval of the score against Gamma: 0.0% to 100.0%.",
    )
    assert "30 votes on these two models. The first one of each rater is judged: 30." in page
    assert page.count('class="zone"') == 2
    assert "No vote on these two models is counted yet." in page


def test_undecided_claim_says_how_many_votes_are_needed(client, settings):
    study = make_claiming_study({})
    cast_all(study)
    for _ in range(4):
        cast(study)
    publish(columns_root=settings.COLUMNS_ROOT)
    page = get(client, "leaderboard", study)
    assert read_claims(page)[0][0] == "Undecided"
    assert re.search(r"About \d+ more votes are needed, each by a new rater", page)


@pytest.mark.parametrize(
    ("needed", "said"),
    [
        (9_999, "About 10,000 more votes are needed, each by a new rater, if scores go on as so far."),
        (10_000, "About 10,000 more votes are needed, each by a new rater, if scores go on as so far."),
        (
            3_800_000,
            "More than 10,000 more votes are needed, each by a new rater: the score lies too near the margin to say "
            "how many.",
        ),
        (None, "No number of votes in sight decides it: the lead lies at the edge of the claim."),
    ],
)
def test_a_forecast_that_says_little_has_no_number(study, settings, needed, said):
    claim = fetch_claims(study=study, size=100, columns_root=settings.COLUMNS_ROOT)[0]
    undecided = replace(claim, verdict="undecided", still_needed=needed)
    with translation.override("en"):
        assert build_claim_rows([undecided])[0].detail.endswith(f". {said}")


def read_scales(page):
    """Of each picture of a claim: where its numbers and the line at 50 lie."""
    pictures = re.findall(r"<figure><svg(.*?)</svg>", page, re.DOTALL)
    assert all('x1="50.00%" x2="50.00%" y1="2"' in picture for picture in pictures)
    return [re.findall(r'x="([\d.]+%)" y="49">(\d+)<', picture) for picture in pictures]


@pytest.mark.parametrize("name", ["leaderboard", "leaderboard-claims", "study-health"])
def test_all_claims_of_all_pages_are_on_one_scale(sign_in_as, study, name):
    client = sign_in_as("viewer", study)
    scale = [("0.00%", "0"), ("50.00%", "50"), ("100.00%", "100")]
    assert read_scales(get(client, name, study)) == [scale] * 2
    page = show_claim(client, study, 1)
    assert read_scales(page) == [scale]
    assert 'data-parts="4"' in page
    assert re.findall(r'x="([\d.]+%)" y="13">(\d+)<', page) == scale


def test_pages_without_a_claim_say_nothing(sign_in_as, settings):
    study = make_claiming_study()
    cast_all(study)
    publish(columns_root=settings.COLUMNS_ROOT)
    client = sign_in_as("viewer", study)
    for name in ("leaderboard", "study-health", "study"):
        assert 'id="claims"' not in get(client, name, study)


def test_leaderboard_judges_what_it_shows(client, study, settings):
    """Its version stays the same until there is a snapshot, and so do its verdicts."""
    cast(study)
    seal(settings)
    assert "30 votes on these two models." in get(client, "leaderboard", study)
    publish(columns_root=settings.COLUMNS_ROOT)
    assert "31 votes on these two models." in get(client, "leaderboard", study)


def test_raw_figures_judge_nothing(client, study, monkeypatch):
    monkeypatch.setattr("evaluations.leaderboards.Board.is_raw", True)
    assert 'id="claims"' not in get(client, "leaderboard", study, exclusions="none")


def test_study_page_names_claims_only_when_nobody_can_rate(client, study):
    response = client.get(reverse("study", args=[study.slug]))
    assert response.context["claims"] == []
    assert "Alpha" not in response.content.decode()
    close_study(study=study, now=LATER)
    assert [row[0] for row in read_claims(get(client, "study", study))] == [
        "Supported",
        "Refuted",
        "Undecided",
    ]


def test_leaderboard_costs_no_query_for_any_number_of_claims(client, study, django_assert_num_queries):
    """The version of the board alone, once this process has read it."""
    get(client, "leaderboard", study)
    with django_assert_num_queries(1):
        get(client, "leaderboard", study, sort="votes")


def show_claims(client, study, **options):
    return get(client, "leaderboard-claims", study, **options)


def show_claim(client, study, number, *, status=200):
    address = reverse("leaderboard-claim", args=[study.slug, number])
    response = client.get(address, headers={"accept-language": "en"})
    assert response.status_code == status
    return re.sub(r"\s+", " ", html.unescape(response.content.decode()))


def test_board_leads_to_the_page_of_each_claim(client, study):
    page = get(client, "leaderboard", study)
    for number in (1, 2, 3):
        assert f'href="{reverse("leaderboard-claim", args=["letters", number])}"' in page


def test_claims_page_counts_the_verdicts_first_and_shows_each_claim(client, study):
    page = show_claims(client, study)
    assert "3 claims were registered before the first vote." in page
    assert "Supported: 1. Refuted: 1. Undecided: 1." in page
    assert read_claims(page) == read_claims(get(client, "leaderboard", study))


def test_claims_page_judges_what_was_published(client, study, settings):
    cast(study)
    seal(settings)
    assert "30 votes on these two models." in show_claims(client, study)
    assert "30 votes on these two models." in show_claim(client, study, 1)
    publish(columns_root=settings.COLUMNS_ROOT)
    assert "31 votes on these two models." in show_claim(client, study, 1)


def test_claims_page_reads_the_document_and_not_the_study_s_rows(client, study):
    """What is published is the snapshot: the page says what it says, figure for figure."""
    document = json.loads(Snapshot.objects.get(leaderboard__study=study).document)
    for claim in document["claims"]:
        page = show_claim(client, study, claim["number"])
        assert f"{100 * claim['lower']:.1f}% to {100 * claim['upper']:.1f}%" in page


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (
            1,
            "Alpha scores more than 50% when it meets Beta, a tie counting as half a win.",
        ),
        (
            3,
            "Alpha scores between 45.7% and 54.3% when it meets Gamma, a tie counting as half a win: less than 30 "
            "points lie between the two, either way.",
        ),
    ],
)
def test_claim_page_says_the_rule_in_words_and_exactly(client, study, number, words):
    page = show_claim(client, study, number)
    assert words in page
    if number == 3:
        assert "It is refuted once the whole interval lies below 45.7%, or above 54.3%." in page
        assert "<dd>45.693% – 54.307%</dd>" in page
        assert "probability 99.5%" in page
        assert "a false verdict has probability 0.5% at most" in page
    else:
        assert "It is supported once the whole interval of that score lies above 50%." in page


def test_claim_page_says_where_it_was_registered(client, study):
    entry = LedgerEntry.objects.get(study=study, kind="study_opened")
    page = show_claim(client, study, 1)
    assert f"at entry {entry.position} of the ledger. The study opened with this entry" in page
    assert study.protocol_hash[:8] in page
    assert reverse("study-protocol-version", args=["letters", 0]) in page
    protocol = client.get(reverse("study-protocol-version", args=["letters", 0])).content
    assert hashlib.sha256(protocol).hexdigest() == study.protocol_hash
    amend_study(study=study, changes={"minimum_votes": 7}, reason="Fewer will do.", now=LATER)
    page = show_claim(client, study, 1)
    assert "Later changes of the protocol repeat the claim word for word:" in page
    assert f"amendment 1, entry {LedgerEntry.objects.get(kind='study_amended').position}," in page


def test_claim_page_says_how_the_verdict_went(client, settings):
    study = make_claiming_study({})
    cast_all(study)
    publish(columns_root=settings.COLUMNS_ROOT)
    for _ in range(30):
        cast(study)
    seal_all(now=LATER)
    refresh_all(columns_root=settings.COLUMNS_ROOT, now=LATER)
    page = show_claim(client, study, 1)
    assert (
        "“Supported” since the snapshot of 4 March 2026, 12:00 UTC, which judged the first votes of 36"
        in page
    )
    rows = re.findall(
        r'<th role="rowheader" scope="row">(.*?)</th>.*?<span class="status [\w-]+">(.*?)<', page
    )
    assert rows == [("4 March 2026, 12:00 UTC", "Supported"), ("2 March 2026, 12:00 UTC", "Undecided")]


def test_before_the_first_vote_claims_stand_as_registered(client):
    study = make_claiming_study({})
    page = show_claims(client, study)
    assert "No vote is counted yet." in page
    assert read_claims(page)[0][0] == "Undecided"
    assert "no snapshot has judged this claim" in show_claim(client, study, 1)


def test_study_without_claims_says_so_and_has_no_page_of_one(client, settings):
    study = make_claiming_study()
    cast_all(study)
    publish(columns_root=settings.COLUMNS_ROOT)
    assert "No claim was registered for this study." in show_claims(client, study)
    show_claim(client, study, 1, status=404)
    assert client.get(reverse("leaderboard-claims", args=["nothing"])).status_code == 404


def test_claim_pages_cost_as_much_for_any_number_of_claims(client, study, django_assert_num_queries):
    """The version, then leaderboard, snapshot, models, protocols; of one claim its history besides."""
    show_claims(client, study)
    show_claim(client, study, 1)
    for show, queries in ((show_claims, 5), (partial(show_claim, number=1), 7)):
        (
            PAGES.forget(),
            shown_boards.KEPT.forget(),
            shown_boards.PRIMARY.forget(),
            history._list_once.cache_clear(),
        )
        with django_assert_num_queries(queries):
            show(client, study)


def test_claim_pages_in_french(client, study):
    page = show_claims(client, study, language="fr")
    assert "Confirmée" in page
    assert re.search(r"\d\d,\d\u202f%", page)
