from django.urls import path

from evaluations.web import battles, comprehension, pauses, raters, reminders, responses

urlpatterns = [
    path("studies/<slug:slug>/consent/", raters.agree_to_study, name="consent"),
    path("studies/<slug:slug>/comprehension/", comprehension.check_comprehension, name="comprehension"),
    path("studies/<slug:slug>/rate/", battles.rate_study, name="rate"),
    path("studies/<slug:slug>/pause/", pauses.pause_study, name="pause"),
    path("studies/<slug:slug>/reminders/<int:number>/", reminders.go_on, name="reminder"),
    path("battles/<slug:token>/", battles.show_battle, name="battle"),
    path("battles/<slug:token>/responses/", responses.show_responses, name="battle-responses"),
    path("battles/<slug:token>/next/", battles.hold_next, name="next-battle"),
    path("battles/<slug:token>/vote/", battles.cast_vote, name="vote"),
    path("battles/<slug:token>/skip/", battles.skip_battle, name="skip"),
    path("battles/<slug:token>/undo/", battles.undo_vote, name="undo"),
    path("battles/<slug:token>/reveal/", battles.reveal_models, name="reveal"),
]
