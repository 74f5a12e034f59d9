"""Every snapshot has its row, any two can be compared, and what changed between them is said, no more."""

import html
import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from evaluations.ledger import seal_all
from evaluations.models import Leaderboard, Snapshot
from evaluations.quality.decisions import decide_rater
from evaluations.studies import close_study
from evaluations.studies.amendments import amend_study
from evaluations.web.published_pages import PAGES
from tests.factories import NOW, make_study
from tests.raters import LATER, vote_often
from tests.refreshing import refresh_all
from tests.test_claims import cast, cast_all, make_claiming_study
from tests.web.boards import add_votes, make_ranked_study, publish

pytestmark = pytest.mark.django_db


def get(client, address, *, status=200, language="en", **query):
    response = client.get(address, query, headers={"accept-language": language})
    assert response.status_code == status
    return re.sub(r"\s+", " ", html.unescape(response.content.decode()))


def show_list(client, study, **query):
    return get(client, reverse("leaderboard-snapshots", args=[study.slug]), **query)


def publish_at(now, *, settings):
    seal_all(now=now)
    refresh_all(columns_root=settings.COLUMNS_ROOT, now=now)


def list_digests(study, **only):
    found = Snapshot.objects.filter(leaderboard__study=study, **only)
    return list(found.order_by("ledger_size").values_list("result_digest", flat=True))


def show_difference(client, study, later, earlier, **options):
    address = reverse("snapshot-difference", args=[study.slug, later[:16], earlier[:16]])
    return get(client, address, **options)


@pytest.fixture
def study(settings):
    """Two snapshots: the second has twelve votes more, all for the model that trails."""
    study = make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="letters")
    add_votes(study=study, results=((0, 2, 0, 12),))
    publish_at(NOW + timedelta(days=2), settings=settings)
    return study


def test_before_the_first_snapshot_the_list_says_so(client):
    page = show_list(client, make_study(slug="letters"))
    assert "This leaderboard was not published yet." in page
    assert "0 times" not in page


def test_list_has_every_snapshot_the_newest_first(client, study):
    page = show_list(client, study)
    rows = re.findall(r'<tr role="row"> <th role="rowheader".*?</tr>', page)
    assert "This leaderboard was published 2 times." in page
    assert ["3 March 2026" in rows[0], "2 March 2026" in rows[1]] == [True, True]
    newer, older = list_digests(study)[::-1]
    assert reverse("snapshot", args=["letters", newer[:16]]) in rows[0]
    assert f"<code>{older[:16]}</code>" in rows[1]
    assert 'data-name="Votes counted">42<' in rows[0]
    assert 'data-name="Votes counted">30<' in rows[1]
    assert 'data-name="Exclusions">Applied<' in rows[0]
    assert "arena-" in rows[0]


def test_list_names_who_could_be_first(client, settings):
    study = make_ranked_study(columns_root=settings.COLUMNS_ROOT, results=((0, 1, 40, 2), (1, 2, 30, 10)))
    page = show_list(client, study)
    assert re.search(r'data-name="Could be first">Alpha<', page)


def test_list_names_all_whose_range_reaches_the_first_place(client, study):
    newest = Snapshot.objects.filter(leaderboard__study=study).first()
    rows = json.loads(newest.document)["ranking"]
    first = [row["model"].title() for row in rows if row["rank_low"] == 1]
    assert len(first) == 3
    names = f"{first[0]}, {first[1]} and {first[2]}"
    assert f'data-name="Could be first">{names}<' in show_list(client, study)


def test_list_of_a_study_without_votes_says_so(client):
    assert "No snapshot yet." in show_list(client, make_study())
    get(client, reverse("leaderboard-snapshots", args=["nothing"]), status=404)


def test_list_costs_no_query_more_for_more_snapshots(client, study, settings, django_assert_num_queries):
    """The version, then the page: leaderboard, how many, this page of them, the models' names."""
    show_list(client, study)
    PAGES.forget()
    with django_assert_num_queries(5):
        show_list(client, study)
    add_votes(study=study)
    publish_at(NOW + timedelta(days=3), settings=settings)
    with django_assert_num_queries(5):
        show_list(client, study)


def test_two_that_are_chosen_lead_to_their_difference(client, study):
    earlier, later = list_digests(study)
    address = reverse("leaderboard-snapshots", args=[study.slug])
    response = client.get(address, {"earlier": earlier[:16], "later": later[:16]})
    assert response["Location"] == reverse("snapshot-difference", args=[study.slug, later[:16], earlier[:16]])
    # Named in the wrong order, they are put right.
    swapped = client.get(address, {"earlier": later[:16], "later": earlier[:16]}, follow=True)
    assert swapped.redirect_chain[-1][0] == response["Location"]


def test_first_choice_is_kept_while_the_second_is_looked_for(client, study, monkeypatch):
    monkeypatch.setattr("evaluations.web.snapshots.PAGE_SIZE", 1)
    later = list_digests(study)[1][:16]
    page = show_list(client, study, later=later)
    assert f'<input type="hidden" name="later" value="{later}">' in page
    assert f"{later} is chosen as the later one." in page
    assert 'name="earlier"' in page
    assert 'type="radio" name="later"' not in page
    assert f'href="?page=2&later={later}"' in page


def test_what_is_no_digest_is_not_carried_on(client, study):
    page = show_list(client, study, later="abc", earlier="../../admin")
    assert "is chosen" not in page
    assert not re.search(r'type="hidden" name="(later|earlier)"', page)


def test_difference_says_first_what_changed(client, study):
    earlier, later = list_digests(study)
    page = show_difference(client, study, later, earlier)
    assert "12 more votes are counted, 42 in all." in page
    assert '<th scope="row">Counted</th><td class="number">30</td><td class="number">42</td>' in page
    assert '<td class="number">+12</td>' in page
    assert '<th scope="row">Simulated</th>' not in page
    assert "The parameters of the ranking are the same." in page
    assert "Nothing was decided about raters or about the study in between." in page


@pytest.mark.parametrize(("minimum", "said"), [(30, 0), (31, 1), (43, 2)])
def test_a_snapshot_of_too_few_votes_is_called_provisional(client, settings, minimum, said):
    study = make_study(names=("alpha", "beta", "gamma"), minimum_votes=minimum)
    for day, votes in ((1, 30), (2, 12)):
        add_votes(study=study, results=((0, 1, votes // 2, 0), (1, 2, 0, votes // 2)))
        publish_at(NOW + timedelta(days=day), settings=settings)
    earlier, later = list_digests(study)
    assert show_difference(client, study, later, earlier).count(">Provisional</span>") == said


def test_moves_are_those_of_the_two_documents(client, study):
    earlier, later = list_digests(study)
    page = show_difference(client, study, later, earlier)
    documents = [
        json.loads(Snapshot.objects.get(result_digest=digest).document) for digest in (earlier, later)
    ]
    for row in documents[1]["ranking"]:
        (shown,) = re.findall(rf'class="model">{row["model"].title()}</th>.*?</tr>', page)
        before = next(item for item in documents[0]["ranking"] if item["model"] == row["model"])
        for said in (before, row):
            assert f"{said['score']:,.0f}<small>{said['lower']:,.0f}–{said['upper']:,.0f}</small>" in shown
        change = round(row["score"]) - round(before["score"])
        assert (f">+{change}<" if change > 0 else f">{change}<".replace("-", "−")) in shown


def test_a_model_that_turned_is_said_to_have_moved_and_one_that_did_not_is_not(client, settings):
    study = make_study(names=("alpha", "beta", "gamma"))
    add_votes(study=study, results=((0, 1, 190, 10), (1, 2, 100, 100)), raters=40)
    publish_at(NOW + timedelta(days=1), settings=settings)
    add_votes(study=study, results=((0, 1, 10, 900), (1, 2, 3, 3)), raters=40)
    publish_at(NOW + timedelta(days=2), settings=settings)
    earlier, later = list_digests(study)
    page = show_difference(client, study, later, earlier)
    assert "Moved beyond what the intervals allow: " in page
    assert "Alpha" in re.search(r"intervals allow: (.*?)\.", page).group(1)


def test_small_changes_are_no_moves(client, study, settings):
    add_votes(study=study, results=((0, 1, 1, 1),))
    publish_at(NOW + timedelta(days=4), settings=settings)
    *_, earlier, later = list_digests(study)
    page = show_difference(client, study, later, earlier)
    assert "No model moved beyond what the intervals allow." in page
    assert page.count("Within the intervals") == 3


def test_same_twice_changes_nothing(client, study):
    (digest, _later) = list_digests(study)
    page = show_difference(client, study, digest, digest)
    assert "Nothing changed: these are one and the same snapshot." in page
    assert 'id="votes"' not in page


def test_two_of_two_leaderboards_are_refused_in_words(client, study, settings):
    other = make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="other")
    (foreign,) = list_digests(other)
    page = show_difference(client, study, list_digests(study)[1], foreign, status=409)
    assert "These two snapshots are of two leaderboards, “Study letters” and “Study other”" in page
    show_difference(client, study, foreign, list_digests(study)[1], status=404)
    show_difference(client, study, list_digests(study)[1], "0" * 16, status=404)


def test_decisions_in_between_are_named_with_their_reasons(client, study, settings):
    rater = vote_often(study=study, outcomes=["left"] * 6)
    publish_at(NOW + timedelta(days=3), settings=settings)
    decision = {"study": study, "rater": rater, "number": 9, "flags": [], "user": None, "now": LATER}
    first = decide_rater(
        **decision, decision="exclude", reason="Chose the left side <b>60</b> times.", after=0
    )
    publish_at(NOW + timedelta(days=4), settings=settings)
    *_, counted, left_out = list_digests(study, exclusions="applied")
    page = show_difference(client, study, left_out, counted)
    assert "6 votes fewer are counted, 42 in all." in page
    assert "The votes of R-009 were left out." in page
    raw = client.get(reverse("snapshot-difference", args=[study.slug, left_out[:16], counted[:16]])).content
    assert b"&lt;b&gt;60&lt;/b&gt;" in raw
    assert "Votes left out by decisions about raters: 0 before, 6 after." in page
    decide_rater(**decision, decision="restore", reason="A keyboard at fault.", after=first.pk)
    publish_at(NOW + timedelta(days=5), settings=settings)
    back = list_digests(study, exclusions="applied")[-1]
    page = show_difference(client, study, back, left_out)
    assert "The votes of R-009 were taken back in." in page
    assert "A keyboard at fault." in page
    assert "left out." not in page.partition('id="decisions"')[2]


def test_two_rules_are_compared_with_a_word_of_warning(client, study, settings):
    rater = vote_often(study=study, outcomes=["left"] * 6)
    seal_all(now=LATER)
    decide_rater(
        **{"study": study, "rater": rater, "number": 9, "flags": [], "user": None, "now": LATER},
        **{"decision": "exclude", "reason": "Votes for one side only.", "after": 0},
    )
    publish_at(LATER, settings=settings)
    (raw,) = list_digests(study, exclusions="none")
    applied = list_digests(study, exclusions="applied")[-1]
    page = show_difference(client, study, applied, raw)
    assert "The two follow different rules." in page
    assert "6 votes fewer are counted" in page
    assert 'data-name="Exclusions">None<' in show_list(client, study)


def test_amendments_entered_and_retired_models_are_named(client, study, settings):
    retired = study.entries.get(model__slug="gamma").model
    amend_study(study=study, changes={"retire": [retired]}, reason="Its maker took it back.", now=LATER)
    add_votes(study=study, results=((0, 1, 2, 2),))
    publish_at(LATER, settings=settings)
    close_study(study=study, now=LATER, reason="Enough.")
    add_votes(study=study, results=((0, 1, 1, 1),))
    publish_at(LATER + timedelta(hours=1), settings=settings)
    _first, earlier, amended, closed = list_digests(study)
    page = show_difference(client, study, amended, earlier)
    assert "Retired, and no longer compared: Gamma." in page
    assert "Amendment 1 changed the protocol." in page
    assert "Its maker took it back." in page
    page = show_difference(client, study, closed, amended)
    assert "Retired" not in page
    assert "The study was closed." in page


def test_verdict_that_fell_in_between_is_named(client, settings):
    study = make_claiming_study({})
    cast_all(study)
    publish_at(NOW + timedelta(days=1), settings=settings)
    for _ in range(30):
        cast(study)
    publish_at(NOW + timedelta(days=2), settings=settings)
    earlier, later = list_digests(study)
    page = show_difference(client, study, later, earlier)
    assert "1 claim has another verdict." in page
    assert re.search(r"Undecided</span> → <span class=\"status status-good\">Supported", page)
    assert "another verdict" not in show_difference(client, study, earlier, earlier)


def test_snapshots_of_earlier_formats_are_listed_and_compared(client, study):
    """As arena-2 wrote them: without standing, exclusions, claims."""
    newest = Snapshot.objects.filter(leaderboard__study=study).first()
    document = json.loads(newest.document)
    old = {name: document[name] for name in document if name not in {"exclusions", "claims", "parts"}}
    old |= {"format": "arena-snapshot/1", "code_version": "arena-2", "input_digest": "f" * 64}
    Snapshot.objects.create(
        leaderboard=Leaderboard.objects.get(study=study),
        **{"ledger_size": 3, "parameters_digest": "p", "code_version": "arena-2", "input_digest": "f" * 64},
        **{"result_digest": "e" * 64, "document": json.dumps(old), "created_at": NOW},
    )
    assert 'data-name="Code">arena-2<' in show_list(client, study)
    page = show_difference(client, study, newest.result_digest, "e" * 64)
    assert "The code changed from arena-2 to arena-6." in page
    assert "The earlier one judges no claims, so no verdicts are compared." in page
    assert "Nothing changed: the same votes, the same figures." in page


def test_pages_in_french(client, study):
    earlier, later = list_digests(study)
    page = show_difference(client, study, later, earlier, language="fr")
    assert re.search(r"1 \d{3}<small>", page)  # a score above 1,000, its no-break space read as any other
    assert "12 votes de plus sont comptés, 42 en tout." in page
    assert "2 mars 2026" in show_list(client, study, language="fr")


def test_simulated_votes_are_called_so(client, settings):
    study = make_ranked_study(columns_root=settings.COLUMNS_ROOT, origin="simulated", simulated=True)
    publish(columns_root=settings.COLUMNS_ROOT)
    assert "Simulated votes" in show_list(client, study)
