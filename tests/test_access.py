"""Who gets into a study that is not open to everyone, and how they leave it again."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from evaluations import access, panels
from evaluations.arrivals import count_arrivals, list_arrivals
from evaluations.errors import AccessError, StudyError, StudyNotOpen
from evaluations.models import Admission, AuditEvent, Invitation, Panel, Rater, RaterIdentity
from evaluations.raters import give_consent, make_code
from evaluations.studies import close_study
from tests.factories import NOW, make_battle, make_rater, make_study, make_vote

pytestmark = pytest.mark.django_db
IDS = {"PROLIFIC_PID": "5f0c", "STUDY_ID": "s1", "SESSION_ID": "x1"}


def invite(study, *, places=1, expires_at=None):
    return access.make_invitation(
        study=study, label="class", places=places, expires_at=expires_at, user=None, now=NOW
    )


def accept(invitation, *, rater=None, code=None, now=NOW):
    return access.accept_invitation(invitation=invitation, rater=rater, code=code or make_code(), now=now)


def set_up_panel(study, **values):
    given = {
        "participant_parameter": "PROLIFIC_PID",
        "study_parameter": "STUDY_ID",
        "session_parameter": "SESSION_ID",
        "return_url": "https://panel.example/done?cc={code}",
        "code_done": "DONE1",
        "code_screened_out": "OUT1",
        "code_stopped": "STOP1",
        **values,
    }
    return panels.save_panel(study=study, values=given, user=None, now=NOW)


@pytest.fixture
def invited():
    return make_study(access="invitation")


@pytest.fixture
def panel_study():
    study = make_study(access="panel", session_length=2)
    set_up_panel(study)
    return study


def test_everyone_is_admitted_to_a_public_study():
    assert access.is_admitted(study=make_study(), rater=None)


@pytest.mark.parametrize("kind", ["invitation", "panel"])
def test_nobody_is_admitted_to_another_without_an_admission(kind):
    study = make_study(access=kind)
    for rater in (None, make_rater()):
        with pytest.raises(AccessError):
            access.require_admission(study=study, rater=rater)


class TestInvitations:
    def test_the_secret_is_not_kept(self, invited):
        invitation, secret = invite(invited)

        assert secret not in str(Invitation.objects.values().get())
        assert access.find_invitation(secret=secret) == invitation
        assert secret not in str(list(AuditEvent.objects.values()))

    def test_another_secret_finds_nothing(self, invited):
        invite(invited)
        with pytest.raises(AccessError):
            access.find_invitation(secret="guess")

    def test_it_lets_in(self, invited):
        invitation, _secret = invite(invited)
        rater = accept(invitation)

        assert access.is_admitted(study=invited, rater=rater)
        assert rater.kind == Rater.Kind.INVITED
        assert Invitation.objects.get().taken == 1

    def test_twice_is_once(self, invited):
        invitation, _secret = invite(invited, places=2)
        code = make_code()
        first = accept(invitation, code=code)
        accept(invitation, rater=first)

        assert accept(invitation, code=code) == first
        assert Invitation.objects.get().taken == 1

    def test_no_more_than_its_places(self, invited):
        invitation, _secret = invite(invited, places=2)
        for _ in range(2):
            accept(invitation)
        with pytest.raises(AccessError, match="taken"):
            accept(invitation)
        assert Rater.objects.count() == Admission.objects.count() == 2

    def test_not_after_its_day(self, invited):
        invitation, _secret = invite(invited, expires_at=NOW + timedelta(days=1))
        with pytest.raises(AccessError, match="expired"):
            accept(invitation, now=NOW + timedelta(days=1))

    def test_not_once_withdrawn(self, invited):
        invitation, _secret = invite(invited)
        for _ in range(2):
            access.withdraw_invitation(study=invited, pk=invitation.pk, user=None, now=NOW)
        with pytest.raises(AccessError, match="withdrawn"):
            accept(invitation)
        assert list(AuditEvent.objects.order_by("pk").values_list("kind", flat=True))[-2:] == [
            "invitation_made",
            "invitation_withdrawn",
        ]

    def test_not_into_a_closed_study(self, invited):
        invitation, _secret = invite(invited)
        invitation.study = close_study(study=invited, now=NOW)
        with pytest.raises(StudyNotOpen):
            accept(invitation)

    @pytest.mark.parametrize("values", [{"places": 0}, {"places": 10_001}, {"expires_at": NOW}])
    def test_one_that_lets_nobody_in_is_not_made(self, invited, values):
        with pytest.raises(StudyError):
            invite(invited, **values)

    def test_only_a_study_by_invitation_has_any(self):
        with pytest.raises(StudyError):
            invite(make_study())


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_exactly_as_many_get_in_as_there_are_places():
    study = make_study(access="invitation")
    invitation, _secret = invite(study, places=3)
    results = []

    def try_in():
        try:
            results.append(accept(invitation).pk)
        except AccessError:
            results.append(None)
        finally:
            connection.close()

    threads = [threading.Thread(target=try_in) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(results) == 8
    assert results.count(None) == 5
    assert Invitation.objects.get().taken == Admission.objects.count() == Rater.objects.count() == 3


class TestPanels:
    def arrive(self, study, **ids):
        return panels.arrive(study=study, parameters={**IDS, **ids}, now=NOW)

    def test_a_participant_is_one_rater_whenever_they_come(self, panel_study):
        first = self.arrive(panel_study)

        assert self.arrive(panel_study, SESSION_ID="x2", STUDY_ID="s2") == first
        assert first.kind == Rater.Kind.PANEL
        assert RaterIdentity.objects.get().panel_session == "x2"
        assert Admission.objects.count() == 1
        assert self.arrive(panel_study, PROLIFIC_PID="6a") != first

    def test_in_another_study_they_are_another_rater(self, panel_study):
        other = make_study(access="panel")
        set_up_panel(other)

        assert self.arrive(panel_study) != self.arrive(other)

    @pytest.mark.parametrize(
        "participant", ["", " ", "a b", "x" * 121, "<script>", "{{%PROLIFIC_PID%}}", "é"]
    )
    def test_what_is_no_id_is_refused(self, panel_study, participant):
        with pytest.raises(AccessError):
            self.arrive(panel_study, PROLIFIC_PID=participant)
        assert not Rater.objects.exists()

    def test_nobody_new_comes_into_a_closed_study_but_who_was_in_gets_out(self, panel_study):
        rater = self.arrive(panel_study)
        closed = close_study(study=panel_study, now=NOW)
        with pytest.raises(StudyNotOpen):
            self.arrive(closed, PROLIFIC_PID="6a")

        assert self.arrive(closed) == rater
        panels.leave(study=closed, rater=rater, now=NOW)
        assert panels.fetch_exit(study=closed, rater=rater)[0] == "OUT1"

    def test_a_public_study_has_no_panel(self):
        with pytest.raises(AccessError):
            self.arrive(make_study())

    def test_who_never_agreed_is_screened_out(self, panel_study):
        rater = self.arrive(panel_study)

        assert panels.leave(study=panel_study, rater=rater, now=NOW).exit == "screened_out"
        assert panels.fetch_exit(study=panel_study, rater=rater) == (
            "OUT1",
            "https://panel.example/done?cc=OUT1",
        )

    def agree(self, study, rater):
        give_consent(rater=rater, study=study, may_publish=False, uses_keys=True, now=NOW)

    def test_who_leaves_early_stopped_and_may_come_back(self, panel_study):
        rater = self.arrive(panel_study)
        self.agree(panel_study, rater)
        make_vote(battle=make_battle(study=panel_study, rater=rater))

        assert panels.leave(study=panel_study, rater=rater, now=NOW).exit == "stopped"
        make_vote(battle=make_battle(study=panel_study, rater=rater))
        assert panels.leave(study=panel_study, rater=rater, now=NOW).exit == "done"
        assert panels.fetch_exit(study=panel_study, rater=rater)[0] == "DONE1"

    def test_done_stays_done(self, panel_study):
        rater = self.arrive(panel_study)
        panels.finish(study=panel_study, rater=rater, now=NOW)

        assert panels.leave(study=panel_study, rater=rater, now=NOW).exit == "done"

    def test_who_was_never_in_cannot_leave(self, panel_study):
        with pytest.raises(AccessError):
            panels.leave(study=panel_study, rater=make_rater(), now=NOW)

    def test_erasing_the_ids_keeps_the_votes(self, panel_study):
        rater, other = self.arrive(panel_study), self.arrive(panel_study, PROLIFIC_PID="6a")
        vote = make_vote(battle=make_battle(study=panel_study, rater=rater))

        assert panels.erase_identities(study=panel_study, rater=rater.pk, user=None, now=NOW) == 1
        assert RaterIdentity.objects.get().rater == other
        assert panels.erase_identities(study=panel_study, rater=None, user=None, now=NOW) == 1
        assert panels.erase_identities(study=panel_study, rater=None, user=None, now=NOW) == 0
        vote.refresh_from_db()
        assert Admission.objects.count() == 2
        assert AuditEvent.objects.filter(kind="panel_ids_erased").count() == 2

    def test_another_studys_ids_are_not_erased(self, panel_study):
        rater = self.arrive(panel_study)
        other = make_study(access="panel")

        assert panels.erase_identities(study=other, rater=rater.pk, user=None, now=NOW) == 0

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("participant_parameter", ""),
            ("participant_parameter", "a&b"),
            ("study_parameter", "1x"),
            ("return_url", "http://panel.example/{code}"),
            ("return_url", "javascript:alert(1)//{code}"),
            ("return_url", "https://panel.example/"),
            ("return_url", "https://{code}"),
            ("code_done", "a b"),
            ("code_done", ""),
            ("code_stopped", "DONE1"),
        ],
    )
    def test_a_panel_that_cannot_work_is_not_saved(self, field, value):
        study = make_study(access="panel")
        with pytest.raises(ValidationError) as refused:
            set_up_panel(study, **{field: value})
        assert field in refused.value.message_dict
        assert not Panel.objects.exists()

    def test_codes_are_in_no_audit_event(self, panel_study):
        assert "DONE1" not in str(list(AuditEvent.objects.values()))

    def test_proposed_codes_differ(self):
        panel = panels.propose_panel(study=make_study(access="panel"))

        assert len({panel.code_done, panel.code_screened_out, panel.code_stopped}) == 3
        assert panel.pk is None


@pytest.mark.django_db(transaction=True)
def test_a_participant_who_arrives_in_many_tabs_at_once_is_one_rater():
    study = make_study(access="panel")
    set_up_panel(study)
    raters = []

    def come():
        try:
            raters.append(panels.arrive(study=study, parameters=IDS, now=NOW).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=come) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(raters) == 6
    assert len(set(raters)) == 1
    assert Rater.objects.count() == Admission.objects.count() == 1


def test_arrivals_are_counted_by_how_they_left():
    study = make_study(access="invitation")
    for exit_, count in [("", 3), ("done", 2), ("stopped", 1)]:
        for _ in range(count):
            Admission.objects.create(
                study=study,
                rater=make_rater(),
                admitted_at=NOW,
                exit=exit_,
                exited_at=NOW if exit_ else None,
            )
    rater = Admission.objects.filter(exit="done").first().rater
    for _ in range(2):
        make_vote(battle=make_battle(study=study, rater=rater))
    counts = count_arrivals(study=study)

    assert (counts.all, counts.inside, counts.done, counts.stopped, counts.screened_out) == (6, 3, 2, 1, 0)
    assert {row.votes for row in list_arrivals(study=study)} == {0, 2}
    assert list_arrivals(study=study).get(rater=rater).votes == 2
