from django.urls import path

from evaluations.web import battles, raters

urlpatterns = [
    path("studies/<slug:slug>/consent/", raters.agree_to_study, name="consent"),
    path("studies/<slug:slug>/rate/", battles.rate_study, name="rate"),
    path("battles/<slug:token>/", battles.show_battle, name="battle"),
    path("battles/<slug:token>/vote/", battles.cast_vote, name="vote"),
    path("battles/<slug:token>/skip/", battles.skip_battle, name="skip"),
    path("battles/<slug:token>/undo/", battles.undo_vote, name="undo"),
    path("battles/<slug:token>/reveal/", battles.reveal_models, name="reveal"),
]
