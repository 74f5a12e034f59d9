"""Invitations, panels, and the way in for their raters."""

from django.urls import path

from evaluations.web import access, arrivals

STUDY = "manage/studies/<slug:slug>/access/"

urlpatterns = [
    path("join/<slug:secret>/", arrivals.join_study, name="join"),
    path("studies/<slug:slug>/arrive/", arrivals.arrive, name="arrive"),
    path("studies/<slug:slug>/leave/", arrivals.leave_study, name="leave"),
    path(STUDY, access.show_access, name="study-access"),
    path(STUDY + "invitations/", access.make_invitation, name="study-invite"),
    path(
        STUDY + "invitations/<int:pk>/withdraw/", access.withdraw_invitation, name="study-withdraw-invitation"
    ),
    path(STUDY + "panel/", access.save_panel, name="study-panel"),
    path(STUDY + "erase-ids/", access.erase_ids, name="study-erase-ids"),
]
