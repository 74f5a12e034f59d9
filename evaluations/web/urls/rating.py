from django.urls import path

from evaluations.web import battles, raters

urlpatterns = [
    path("studies/<slug:slug>/consent/", raters.agree_to_study, name="consent"),
    path("studies/<slug:slug>/rate/", battles.rate_study, name="rate"),
    path("battles/<str:token>/", battles.show_battle, name="battle"),
    path("battles/<str:token>/vote/", battles.cast_vote, name="vote"),
    path("battles/<str:token>/skip/", battles.skip_battle, name="skip"),
    path("battles/<str:token>/undo/", battles.undo_vote, name="undo"),
    path("battles/<str:token>/reveal/", battles.reveal_models, name="reveal"),
]
