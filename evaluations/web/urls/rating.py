from django.urls import path
from django.views.decorators.gzip import gzip_page

from evaluations.web import battles, comprehension, pauses, raters, reminders, responses

# Compressed: a phone waits for bytes. Django masks the CSRF token anew in each answer and pads it by lot, so that its
# size tells nothing of what is in it (BREACH; heal-the-breach).
urlpatterns = [
    path("studies/<slug:slug>/consent/", gzip_page(raters.agree_to_study), name="consent"),
    path(
        "studies/<slug:slug>/comprehension/",
        gzip_page(comprehension.check_comprehension),
        name="comprehension",
    ),
    path("studies/<slug:slug>/rate/", gzip_page(battles.rate_study), name="rate"),
    path("studies/<slug:slug>/pause/", gzip_page(pauses.pause_study), name="pause"),
    path("studies/<slug:slug>/reminders/<int:number>/", gzip_page(reminders.go_on), name="reminder"),
    path("battles/<slug:token>/", gzip_page(battles.show_battle), name="battle"),
    path("battles/<slug:token>/responses/", gzip_page(responses.show_responses), name="battle-responses"),
    path("battles/<slug:token>/next/", gzip_page(battles.hold_next), name="next-battle"),
    path("battles/<slug:token>/vote/", gzip_page(battles.cast_vote), name="vote"),
    path("battles/<slug:token>/skip/", gzip_page(battles.skip_battle), name="skip"),
    path("battles/<slug:token>/undo/", gzip_page(battles.undo_vote), name="undo"),
    path("battles/<slug:token>/reveal/", gzip_page(battles.reveal_models), name="reveal"),
]
