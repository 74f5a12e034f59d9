"""History and convergence: what the titles say of the snapshots, and where the marks lie."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest

from evaluations.publishing.analyses import Analysis
from evaluations.web.charts.convergence import (
    GROUND,
    TOP,
    Width,
    build_convergence,
    find_pace,
    fit_axes,
    list_goals,
    list_widths,
    predict_half,
)
from evaluations.web.charts.history import BESIDE, BETWEEN, RIGHT, build_history, spread_heights
from evaluations.web.charts.history_words import find_lead
from evaluations.web.charts.labels import COLUMN, PHONE
from evaluations.web.charts.words import SQUARE, STRONG, measure_text
from tests.web.charts.boards import make_board, make_row, make_rows, make_standing

FIRST = make_row("Alpha", score=1020, ranks=(1, 1))
SECOND = make_row("Beta", score=980, ranks=(2, 2))
LEVEL = [make_row("Alpha", score=1002, ranks=(1, 2)), make_row("Beta", score=998, ranks=(1, 2))]
TURNED = [make_row("Beta", score=1020, ranks=(1, 1)), make_row("Alpha", score=980, ranks=(2, 2))]


@pytest.mark.parametrize(
    ("rows", "past", "title"),
    [
        ([FIRST, SECOND], [[FIRST, SECOND]] * 3, "Alpha has led since 1 March 2026"),
        ([FIRST, SECOND], [LEVEL, LEVEL, [FIRST, SECOND]], "New in the lead on 3 March 2026: Alpha"),
        (
            [FIRST, SECOND],
            [[FIRST, SECOND], LEVEL, [FIRST, SECOND], [FIRST, SECOND]],
            "Alpha has led since 3 March 2026",
        ),
        (
            LEVEL,
            [[FIRST, SECOND], LEVEL, LEVEL],
            "No model leads: since 2 March 2026 each of these could be first",
        ),
        (TURNED, [[FIRST, SECOND], TURNED], "New in the lead on 2 March 2026: Beta"),
    ],
)
def test_since_when_they_lead(rows, past, title):
    standings = [make_standing(ranked, day=place) for place, ranked in enumerate(past)]
    assert find_lead(rows, standings) == title


def test_many_leaders_are_counted():
    rows = [make_row(f"Model {place}", score=1000, ranks=(1, 5)) for place in range(5)]
    last = make_row("Last", score=500, ranks=(6, 6))
    standings = [make_standing([*rows, last], day=place) for place in range(2)]
    assert find_lead(rows, standings) == "The same 5 models have shared the lead since 1 March 2026"


def test_where_every_model_could_be_first_none_has_led():
    rows = [make_row(f"Model {place}", score=1000, ranks=(1, 5)) for place in range(5)]
    standings = [make_standing(rows, day=place) for place in range(2)]
    assert find_lead(rows, standings) == "No model leads: since 1 March 2026 each of these could be first"


def test_one_snapshot_is_no_history():
    figure = build_history(make_board([FIRST, SECOND]), [make_standing([FIRST, SECOND])])
    assert not figure.picture
    assert "One snapshot so far" in figure.note


def test_what_is_no_history_though_more_was_published():
    board, standings = make_board([FIRST, SECOND]), [make_standing([FIRST, SECOND])]
    raw = replace(board, exclusions={**board.exclusions, "rule": "none"})
    assert "count the same votes" in build_history(board, standings, published=2).note
    assert "One snapshot without exclusions so far" in build_history(raw, standings, published=1).note


@pytest.mark.parametrize(
    ("drawn", "published", "said"),
    [
        (2, 2, "Scores in 2 snapshots, with their intervals."),
        (2, 3, "Scores in 2 of 3 snapshots, the last of each hour, with their intervals."),
        (40, 41, "Scores in 40 of 41 snapshots, evenly spread, with their intervals."),
    ],
)
def test_snapshots_that_are_not_drawn_are_counted(drawn, published, said):
    standings = [make_standing([FIRST, SECOND], day=day) for day in range(drawn)]
    assert build_history(make_board([FIRST, SECOND]), standings, published=published).note == said


def test_every_model_has_a_line_and_the_first_their_interval():
    rows = make_rows(8)
    figure = build_history(make_board(rows), [make_standing(rows, day=day) for day in range(4)])

    assert figure.picture.count('class="trend"') == figure.picture.count('class="band"') == 5
    assert figure.picture.count('class="faint"') == 3
    assert figure.picture.count('class="interval"') == 5
    assert len(figure.table.rows) == 4
    assert len(figure.data().rows) == 4 * 8
    steps = re.search(r'class="trend" d="M([^"]+)"', figure.picture).group(1).split("L")
    assert [int(step.split()[0]) for step in steps] == [0, 333, 667, 1000]
    assert all(0 <= float(step.split()[1]) <= figure.height for step in steps)


def test_a_model_that_came_later_has_a_shorter_line():
    standings = [make_standing([FIRST], day=0), *(make_standing([FIRST, SECOND], day=day) for day in (1, 2))]
    figure = build_history(make_board([FIRST, SECOND]), standings)
    lines = re.findall(r'class="trend" d="M([^"]+)"', figure.picture)
    assert [len(line.split("L")) for line in lines] == [3, 2]
    assert figure.table.rows[0][3] is None


def test_names_at_the_end_do_not_lie_on_each_other():
    found = spread_heights([10.0, 12.0, 13.0, 100.0], ground=310)
    assert all(after - before >= BETWEEN for before, after in pairwise(found))
    assert found[0] == 10.0
    assert found[3] == 100.0


def test_names_at_the_end_do_not_lie_on_the_days():
    found = spread_heights([280.0, 300.0, 304.0, 305.0, 310.0], ground=310)
    assert all(after - before >= BETWEEN for before, after in pairwise(found))
    assert found[-1] == 310


def test_a_name_is_as_long_as_there_is_room_for():
    names = ["Claude Opus 4.5 Thinking", "W" * 40, "通义千问超大杯模型二点五版一二三", "Kimi"]
    rows = [make_row(name, score=1000 - 10 * place) for place, name in enumerate(names)]
    standings = [make_standing(rows, day=day) for day in range(2)]
    picture = build_history(make_board(rows), standings).picture

    for css, width in (("strong roomy", COLUMN), ("strong tight", PHONE)):
        shown = re.findall(rf'class="{css}"[^>]*><title>[^<]*</title>([^<]+)<', picture)
        room = (100 - RIGHT) / 100 * width - BESIDE
        lengths = [measure_text(name, strong=True) for name in shown]
        assert len(lengths) == 3
        assert all(room - SQUARE - 2 * STRONG < length <= room for length in lengths)
    assert re.findall(r'class="strong"[^>]*>([^<]+)<', picture) == ["Kimi"]


def test_other_analyses_are_said_not_to_be_shown():
    board = make_board([FIRST, SECOND], analysis=Analysis(language="fr"))
    standings = [make_standing([FIRST, SECOND], day=day, votes=100 + day) for day in range(2)]
    for figure in (build_history(board, standings), build_convergence(board, standings)):
        assert "All votes by the main analysis" in figure.note


def study_of(**options):
    return make_board([FIRST, SECOND], **options).study


@pytest.mark.parametrize(
    ("halves", "votes", "target", "title"),
    [
        ([20], [400], 1600, "The intervals are ±20 points now; 1,600 votes would make them about ±10"),
        ([20, 10], [400, 1600], 1600, "The intervals narrow as the votes grow: ±10 points now"),
        ([20, 15], [400, 1600], 1600, "The intervals narrow more slowly than the votes grow: ±15 points now"),
        ([20, 5], [400, 1600], 1600, "The intervals are ±5 points after 1,600 votes"),
        ([20, 19], [400, 420], 400, "The intervals are ±19 points after 420 votes"),
    ],
)
def test_pace(halves, votes, target, title):
    widths = [Width(votes=number, half=half) for number, half in zip(votes, halves, strict=True)]
    assert find_pace(widths, study=study_of(target_votes=target)) == title


def test_width_is_that_of_the_median_model():
    rows = [make_row(f"M{half}", score=1000, half=half) for half in (5, 8, 40)]
    assert list_widths([make_standing(rows, votes=300)]) == [Width(votes=300, half=8)]
    assert list_widths([make_standing(rows[:1], votes=300)]) == []


def test_four_times_the_votes_halve_it():
    assert predict_half(Width(votes=100, half=20), votes=400) == 10


def test_marks_lie_inside_and_wide_ones_stay_out():
    widths = [Width(votes=10, half=500), Width(votes=200, half=30), Width(votes=800, half=15)]
    across, down = fit_axes(widths, study=study_of(target_votes=1000, minimum_votes=100))

    assert across.high >= 1000
    assert 30 <= down.high < 500
    assert TOP <= down.place(30) < down.place(15) < GROUND
    assert 0 < across.place(200) < across.place(800) < 100


def test_a_goal_that_is_far_away_is_in_words():
    last = Width(votes=100, half=15)
    study = study_of(target_votes=100_000, minimum_votes=50)
    assert [number for number, _label in list_goals(study, last=last)] == [50]
    standings = [make_standing([FIRST, SECOND], votes=100)]
    figure = build_convergence(make_board([FIRST, SECOND], target_votes=100_000), standings)
    assert "The target of 100,000 votes lies further to the right." in figure.note


def test_table_has_what_was_predicted():
    standings = [
        make_standing([FIRST, SECOND], votes=votes, half=half) for votes, half in ((100, 30), (400, 10))
    ]
    figure = build_convergence(make_board([FIRST, SECOND]), standings)
    assert figure.table.rows == [[100, 30, 20], [400, 10, 10]]
    assert figure.picture.count("<circle") == 2
