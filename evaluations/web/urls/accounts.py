from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from evaluations.web import manage

urlpatterns = [
    path("manage/sign-in/", LoginView.as_view(template_name="registration/sign_in.html"), name="sign-in"),
    path("manage/sign-out/", LogoutView.as_view(), name="sign-out"),
    path("manage/people/", manage.show_manage, name="people"),
    path("manage/studies/<slug:slug>/people/", manage.show_manage, name="study-people"),
    path("manage/audit-log/", manage.show_manage, name="audit-log"),
]
