"""The page of a study's health: a sentence for each state, what waits, and whose page it is."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from evaluations.models import RaterDecision
from evaluations.studies import close_study, pause_study, start_pilot
from tests.factories import NOW, make_battle, make_study, make_vote
from tests.raters import LATER, seal, turn_by_model, vote_often
from tests.refreshing import refresh_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def study():
    return make_study(names=("alpha", "beta"), slug="letters", prompts=30, target_votes=80)


@pytest.fixture
def raters(study, settings):
    """One who is fast and always on the left, and so the first to vote; two who are careful."""
    made = [vote_often(study=study, outcomes=turn_by_model(30)) for _ in range(2)]
    made.append(vote_often(study=study, outcomes=["left"] * 30, seconds=2))
    seal(settings)
    return made


def show(client, study, name="study-health", *more, language="en", **query):
    response = client.get(
        reverse(name, args=[study.slug, *more]), query, headers={"accept-language": language}
    )
    assert response.status_code == 200
    return response.content.decode()


def read_sentence(page):
    found = re.search(r'<p class="summary-sentence">(.*?)</p>', page, re.DOTALL).group(1)
    return " ".join(re.sub(r"<[^>]+>", "", found).split())


def decide(client, study, code, decision, *, reason="Too fast to have read.", after=0, back="rater"):
    data = {"decision": decision, "reason": reason, "after": after, "back": back}
    return client.post(reverse("study-rater-decide", args=[study.slug, code]), data)


def test_draft_and_pilot_say_so_and_list_nobody(sign_in_as):
    draft = make_study(opened=False)
    client = sign_in_as("viewer", draft)
    page = show(client, draft)
    assert read_sentence(page) == "This study is a draft. Nobody rates yet, and everything can be changed."
    assert 'id="raters"' not in page

    start_pilot(study=draft, now=timezone.now())
    make_vote(battle=make_battle(study=draft, pilot=True))
    sentence = read_sentence(show(client, draft))
    assert sentence.startswith("The pilot runs: 1 vote. Votes of a pilot never count.")


@pytest.mark.usefixtures("raters")
def test_open_study_says_how_far_it_is_and_what_waits(sign_in_as, study):
    page = show(sign_in_as("viewer", study), study)
    sentence = read_sentence(page)

    assert sentence == "All votes are there: 90 of 80. 1 rater waits for your decision."
    assert '<span class="status status-live">Open</span>' in page


@pytest.mark.usefixtures("raters")
def test_paused_and_closed_studies_say_since_when(sign_in_as, study):
    client = sign_in_as("owner", study)
    assert "Pause the study" in show(client, study)
    pause_study(study=study, now=LATER)
    page = show(client, study)
    assert read_sentence(page).startswith("Paused since 4 March 2026: 90 of 80 votes.")
    assert "Resume the study" in page
    close_study(study=study, now=LATER)
    page = show(client, study)
    assert read_sentence(page).startswith("Closed on 4 March 2026: 90 of 80 votes.")
    assert "the study</button>" not in page


@pytest.mark.usefixtures("raters")
@pytest.mark.parametrize(
    ("role", "asked"), [("viewer", []), ("editor", ["Keep"]), ("owner", ["Exclude 30 votes", "Keep"])]
)
def test_who_may_decide_is_asked_to(sign_in_as, study, role, asked):
    page = show(sign_in_as(role, study), study)
    queue = page[page.index('id="queue"') : page.index("Votes per day")]

    assert re.findall(r'<summary class="button">([^<]+)<', queue) == asked
    assert ">Very fast<" in queue
    assert ">One-sided<" in queue
    assert "30 votes, 2.0 s each (all raters: 30 s)." in queue
    assert "See votes" in queue
    assert ("Only an owner" in queue) == (role != "owner")


def test_every_share_has_its_interval(sign_in_as, study, raters):
    make_vote(battle=make_battle(study=study, rater=raters[0], kind="check", expected="left"), outcome="left")
    page = show(sign_in_as("viewer", study), study)
    body = page[page.index('id="raters"') :]

    rows = re.findall(r'<tr role="row">\s*<th role="rowheader".*?</tr>', body, re.DOTALL)
    assert len(rows) == 3
    for row in rows:
        text = re.sub(r"<[^>]+>", "", row)
        # Each share stands before its interval: “50% (33–67%)”.
        assert len(re.findall(r"\d+% \(\d+–\d+%\)", text)) == text.count("%") / 2 > 0
    assert body.count('class="interval') == body.count('class="point') == 3


@pytest.mark.usefixtures("raters")
def test_deciding_from_the_queue_empties_it_and_is_published(sign_in_as, study, settings, client):
    owner = sign_in_as("owner", study)
    response = decide(owner, study, "R-001", "exclude", back="health")
    assert response["Location"] == reverse("study-health", args=["letters"]) + "#queue"
    page = show(owner, study)
    assert "Nothing waits for you." in page
    assert "Left out" in page
    assert read_sentence(page).startswith("60 of 80 votes.")

    refresh_all(columns_root=settings.COLUMNS_ROOT, now=timezone.now())
    board = " ".join(client.get(reverse("leaderboard", args=["letters"])).content.decode().split())
    assert "30 votes of 1 rater are left out." in board
    assert "Too fast to have read." in board
    assert "R-001" in board
    raw = client.get(reverse("leaderboard", args=["letters"]), {"exclusions": "none"}).content.decode()
    assert "Raw figures: no vote is left out here." in raw
    assert "<dt>Counted</dt><dd>90</dd>" in raw
    assert "<dt>Counted</dt><dd>60</dd>" in board
    assert "?sort=-score&amp;exclusions=none" in raw


@pytest.mark.usefixtures("raters")
def test_roles_of_a_decision(sign_in_as, study):
    assert decide(sign_in_as("viewer", study), study, "R-001", "keep").status_code == 403
    editor = sign_in_as("editor", study)
    assert decide(editor, study, "R-001", "exclude").status_code == 403
    assert decide(editor, study, "R-001", "restore").status_code == 403
    assert not RaterDecision.objects.exists()
    assert decide(editor, study, "R-001", "keep").status_code == 302
    assert decide(sign_in_as("staff"), study, "R-001", "keep").status_code == 404
    assert RaterDecision.objects.count() == 1


@pytest.mark.usefixtures("raters")
def test_a_refused_decision_says_why_and_where_to_look(sign_in_as, study):
    owner = sign_in_as("owner", study)
    response = decide(owner, study, "R-001", "exclude", reason=" ")
    assert response.status_code == 409
    assert "A decision needs a reason." in response.content.decode()
    assert reverse("study-rater", args=["letters", "R-001"]) in response.content.decode()
    decide(owner, study, "R-001", "keep")
    response = decide(owner, study, "R-001", "exclude")
    assert "Somebody decided about this rater meanwhile." in response.content.decode()


@pytest.mark.usefixtures("raters")
def test_page_of_a_rater_shows_votes_figures_and_decisions(sign_in_as, study):
    owner = sign_in_as("owner", study)
    decide(owner, study, "R-001", "exclude")
    page = show(owner, study, "study-rater", "R-001")

    assert "Rater R-001" in page
    assert page.count("A is better") == 30
    assert "Alpha" in page
    assert "Too fast to have read." in page
    assert f"Decided by {owner.user.username}." in page
    assert "Take the votes back in" in page
    assert "Exclude" not in page
    for code in ("R-004", "R-0", "R-3", "nobody"):
        assert owner.get(reverse("study-rater", args=["letters", code])).status_code == 404


def test_raters_are_sorted_by_link_and_paged(sign_in_as, study, settings):
    for votes in range(1, 53):
        vote_often(study=study, outcomes=["left"] * (1 + votes % 3), seconds=votes)
    seal(settings)
    client = sign_in_as("viewer", study)

    def codes(**query):
        return re.findall(r">(R-\d+)</a>", show(client, study, "study-raters", **query))

    assert len(codes()) == 50
    assert len(codes(page=2)) == 2
    assert codes(sort="rater")[:2] == ["R-001", "R-002"]
    assert codes(sort="-rater")[:2] == ["R-052", "R-051"]
    assert codes(sort="nonsense") == codes(sort="votes")
    page = show(client, study, "study-raters", sort="time")
    assert 'aria-sort="descending"><a class="sort-link" href="?sort=-time">' in page
    assert "?page=2&amp;sort=time" in page
    assert "52 s" in page[page.index("<tbody") :].split("</tr>")[0]


def test_empty_study_has_an_empty_state_for_each_list(sign_in_as, study):
    page = show(sign_in_as("viewer", study), study)

    assert "Nothing waits for you." in page
    assert "No rater has voted yet." in page
    assert "0 of 80 votes." in read_sentence(page)
    assert "No rater has voted yet." in show(sign_in_as("viewer", study), study, "study-raters")


@pytest.mark.parametrize(
    ("days", "ends_in", "said"),
    [
        (3, None, "90 of 800 votes. At this pace all votes are there on"),
        (3, 100, "On time: 90 of 800 votes. At this pace all votes are there on"),
        (3, 4, "Late: 90 of 800 votes. At this pace there are"),
        (1, None, "90 of 800 votes. It is too early to say when the study ends."),
        (60, None, "90 of 800 votes. No vote came in the last seven days."),
    ],
)
def test_the_sentence_of_each_pace(sign_in_as, settings, monkeypatch, days, ends_in, said):
    now = NOW + timedelta(days=days)
    stopping = {} if ends_in is None else {"ends_on": (now + timedelta(days=ends_in)).date().isoformat()}
    study = make_study(names=("alpha", "beta"), prompts=30, target_votes=800, stopping=stopping)
    for _ in range(3):
        vote_often(study=study, outcomes=turn_by_model(30))
    seal(settings)
    client = sign_in_as("viewer", study)
    monkeypatch.setattr(timezone, "now", lambda: now)

    assert read_sentence(show(client, study)).startswith(said)


@pytest.mark.usefixtures("raters")
def test_numbers_in_charts_are_numbers_in_french_too(sign_in_as, study):
    page = show(sign_in_as("viewer", study), study, language="fr")

    for place in re.findall(r' (?:x1?|x2|y1?|y2|width|height|cx|cy)="([^"]*)"', page):
        assert re.fullmatch(r"-?[\d.]+%?", place), place


def test_queries_do_not_grow_with_raters(sign_in_as, study, settings, django_assert_max_num_queries):
    for _ in range(15):
        vote_often(study=study, outcomes=["left"] * 25, seconds=1)
    seal(settings)
    client = sign_in_as("owner", study)
    with django_assert_max_num_queries(32):
        show(client, study)
