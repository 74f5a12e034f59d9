"""What a process keeps: what was asked for last, as much of it as there is room for."""

from evaluations.web.kept import Kept


def test_what_was_asked_for_last_is_kept():
    kept = Kept(most=2)
    kept.keep("first", []), kept.keep("second", [])
    assert kept.find("first") == []
    kept.keep("third", [])
    assert [kept.find(name) for name in ("first", "second", "third")] == [[], None, []]


def test_no_more_is_kept_than_it_may_weigh():
    kept = Kept(most=10, weigh=len)
    for name in "abc":
        kept.keep(name, b"four")
    assert [kept.find(name) for name in "abc"] == [None, b"four", b"four"]
    assert (len(kept), kept.weight) == (2, 8)
    kept.keep("d", b"more than ten")
    assert (len(kept), kept.weight) == (0, 0)


def test_threads_that_made_the_same_keep_the_first():
    kept = Kept(most=10, weigh=len)
    kept.keep("page", b"first")
    kept.keep("page", b"second")
    assert kept.find("page") == b"first"
    assert kept.weight == 5


def test_what_is_forgotten_weighs_nothing():
    kept = Kept(most=10, weigh=len)
    kept.keep("page", b"first")
    kept.forget()
    assert kept.find("page") is None
    assert kept.weight == 0
