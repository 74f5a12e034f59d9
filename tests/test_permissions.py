"""Roles: who has which. Two who act at once leave a study an owner, and the site a superuser."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from evaluations import accounts, memberships
from evaluations.errors import AccountError
from evaluations.models import Membership, Study
from evaluations.permissions import find_role, has_role, list_studies
from tests.factories import NOW, make_study


def make_account(name, **options):
    return get_user_model().objects.create_user(name, **{"is_staff": True, **options})


def give_role(study, account, role):
    return Membership.objects.create(study=study, user=account, role=role, created_at=NOW)


@pytest.mark.django_db
def test_role_counts_only_for_active_staff():
    study = make_study()
    account = make_account("kim")
    assert find_role(user=account, study=study) is None
    give_role(study, account, "editor")
    assert find_role(user=account, study=study) == "editor"
    for name in ("is_staff", "is_active"):
        setattr(account, name, False)
        assert find_role(user=account, study=study) is None
        setattr(account, name, True)
    assert find_role(user=AnonymousUser(), study=study) is None
    assert find_role(user=make_account("boss", is_superuser=True), study=study) == "owner"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "may"),
    [("viewer", ["viewer"]), ("editor", ["viewer", "editor"]), ("owner", ["viewer", "editor", "owner"])],
)
def test_higher_role_may_what_lower_ones_may(role, may):
    study = make_study()
    account = make_account("kim")
    give_role(study, account, role)
    assert [at for at in Membership.Role.values if has_role(user=account, study=study, at_least=at)] == may


@pytest.mark.django_db
def test_studies_listed_are_those_with_a_role():
    study = make_study()
    make_study()
    account = make_account("kim")
    give_role(study, account, "viewer")
    assert list(list_studies(user=account)) == [study]
    assert list_studies(user=make_account("boss", is_superuser=True)).count() == Study.objects.count() == 2


def run_at_once(first, second):
    """Both begin together, each on its own connection; returns how each ended."""
    barrier = Barrier(2)

    def run(act):
        try:
            barrier.wait()
            act()
            return "done"
        except AccountError:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(run, [first, second]))


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_remove_each_other_leave_one():
    for _turn in range(5):
        study = make_study()
        one, two = make_account(f"one-{study.pk}"), make_account(f"two-{study.pk}")
        roles = {account: give_role(study, account, "owner").pk for account in (one, two)}

        def remove(by, whom, study=study, roles=roles):
            memberships.remove_member(study=study, membership_id=roles[whom], by=by, now=NOW)

        ended = run_at_once(lambda: remove(one, two), lambda: remove(two, one))  # noqa: B023 - called at once
        assert ended == ["done", "refused"]
        assert Membership.objects.filter(study=study, role="owner").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_superusers_who_take_each_others_rights_leave_one():
    superusers = get_user_model().objects.filter(is_superuser=True, is_active=True)
    for turn in range(5):
        superusers.update(is_superuser=False)
        one = make_account(f"one-{turn}", is_superuser=True)
        two = make_account(f"two-{turn}", is_superuser=True)

        def act(by, whom, deactivate):
            if deactivate:
                accounts.deactivate_account(account=whom, by=by, now=NOW)
            else:
                accounts.change_level(account=whom, level="staff", by=by, now=NOW)

        ended = run_at_once(lambda: act(one, two, True), lambda: act(two, one, False))  # noqa: B023
        assert ended == ["done", "refused"]
        assert superusers.count() == 1
