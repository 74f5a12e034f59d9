"""Requests are counted exactly, whoever counts at once, by an address that nobody can make up."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from evaluations.models import RequestCount
from evaluations.tasks import sweep_requests
from evaluations.throttling import KEPT, Limit, count_request, digest_caller, find_address
from tests.factories import NOW

LIMIT = Limit(scope="tests", most=3)


def count(caller="address 192.0.2.1", *, limit=LIMIT, now=NOW):
    return count_request(limit=limit, caller=caller, now=now)


@pytest.mark.django_db
class TestCounting:
    def test_as_many_as_the_limit_and_no_more(self):
        standings = [count() for _ in range(5)]
        assert [standing.count for standing in standings] == [1, 2, 3, 4, 5]
        assert [standing.is_over for standing in standings] == [False, False, False, True, True]
        assert [standing.left for standing in standings] == [2, 1, 0, 0, 0]

    def test_each_window_begins_anew(self):
        for _ in range(4):
            count()
        later = count(now=NOW + timedelta(seconds=59))
        assert (later.count, later.reset) == (5, 1)
        fresh = count(now=NOW + timedelta(seconds=60))
        assert (fresh.count, fresh.reset) == (1, 60)

    def test_callers_and_scopes_are_counted_apart(self):
        count()
        assert count("address 192.0.2.2").count == 1
        assert count(limit=Limit(scope="others", most=3)).count == 1

    def test_without_a_limit_nothing_is_counted(self):
        assert count(limit=Limit(scope="tests", most=0)) is None
        assert not RequestCount.objects.exists()

    def test_it_is_one_statement(self, django_assert_num_queries):
        with django_assert_num_queries(1):
            count()

    def test_no_address_is_kept(self, settings):
        count("address 192.0.2.77")
        kept = RequestCount.objects.get().caller
        assert "192" not in kept
        settings.SECRET_KEY = "another"
        assert digest_caller("address 192.0.2.77") != kept

    def test_old_windows_are_swept_and_young_ones_stay(self):
        count(now=timezone.now() - KEPT - timedelta(minutes=2))
        RequestCount.objects.create(
            scope="tests", caller="c", starts_at=timezone.now() - timedelta(hours=1), count=1
        )
        sweep_requests()
        assert [row.caller for row in RequestCount.objects.all()] == ["c"]


@pytest.mark.django_db(transaction=True)
def test_no_two_requests_at_once_read_the_same_number():
    def one(_number):
        try:
            return count(limit=Limit(scope="tests", most=50)).count
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=8) as pool:
        counts = list(pool.map(one, range(200)))
    assert sorted(counts) == list(range(1, 201))


@pytest.mark.parametrize(
    ("remote", "forwarded", "proxies", "expected"),
    [
        ("192.0.2.1", "", 0, "192.0.2.1"),
        # Without a proxy that is trusted, the header is anyone's word.
        ("192.0.2.1", "203.0.113.9", 0, "192.0.2.1"),
        ("10.0.0.1", "203.0.113.9", 1, "203.0.113.9"),
        # What stands before the trusted entries was sent by who asks.
        ("10.0.0.1", "198.51.100.1, 203.0.113.9", 1, "203.0.113.9"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2", 2, "198.51.100.1"),
        # Past the proxies, the header does not count.
        ("10.0.0.1", "203.0.113.9", 2, "10.0.0.1"),
        ("10.0.0.1", "", 1, "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "", 0, "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "", 0, "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "", 0, "192.0.2.1"),
        ("fe80::1%eth0", "", 0, "fe80::/64"),
        ("10.0.0.1", "203.0.113.9:4711", 1, "203.0.113.9"),
        ("10.0.0.1", "[2001:db8:1:2::7]:4711", 1, "2001:db8:1:2::/64"),
        ("10.0.0.1", "made up", 1, "unknown"),
    ],
)
def test_address_is_the_one_that_the_nearest_trusted_machine_saw(remote, forwarded, proxies, expected):
    assert find_address(remote=remote, forwarded=forwarded, proxies=proxies) == expected


@pytest.mark.django_db
class TestInvariants:
    def test_request_count_once_per_window(self):
        row = {"scope": "s", "caller": "c", "starts_at": NOW, "count": 1}
        RequestCount.objects.create(**row)
        with pytest.raises(IntegrityError, match="request_count_once_per_window"):
            RequestCount.objects.create(**row)

    def test_request_count_counts_something(self):
        with pytest.raises(IntegrityError, match="request_count_counts_something"):
            RequestCount.objects.create(scope="s", caller="c", starts_at=NOW, count=0)
