"""A study from its draft to its close, for staff; its protocol, for everyone."""

from django.urls import path, register_converter

from evaluations.web import amendments, known_answers, manage, power, protocols, study_settings, wizard


class StepConverter:
    """The name of a step of the wizard."""

    regex = "|".join(wizard.STEPS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(StepConverter, "step")
STUDY = "manage/studies/<slug:slug>/"

urlpatterns = [
    path("manage/", manage.show_manage, name="manage"),
    path("manage/power/", power.show_power, name="power"),
    path("manage/studies/new/", wizard.make_study, name="study-new"),
    path(f"{STUDY}settings/", study_settings.show_settings, name="study-settings"),
    path(f"{STUDY}settings/<step:step>/", wizard.show_step, name="study-step"),
    path(f"{STUDY}settings/checks/add/", known_answers.add_known_answer, name="study-check-add"),
    path(
        f"{STUDY}settings/checks/<int:pk>/remove/",
        known_answers.remove_known_answer,
        name="study-check-remove",
    ),
    path(f"{STUDY}settings/amend/", amendments.amend, name="study-amend"),
    path(f"{STUDY}pilot/", study_settings.start_pilot, name="study-pilot"),
    path(f"{STUDY}open/", study_settings.open_study, name="study-open"),
    path(f"{STUDY}pause/", study_settings.pause, name="study-pause"),
    path(f"{STUDY}resume/", study_settings.resume, name="study-resume"),
    path(f"{STUDY}close/", study_settings.close, name="study-close"),
    path("studies/<slug:slug>/protocol.json", protocols.download_protocol, name="study-protocol"),
    path(
        "studies/<slug:slug>/protocols/<int:number>.json",
        protocols.download_version,
        name="study-protocol-version",
    ),
]
