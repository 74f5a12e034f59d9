"""The way in, one's own account, other people's, and what they all did.

Of django-allauth only what is needed has an address: nobody signs up, no address is confirmed by mail.
"""

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.socialaccount import views as outside
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.urls import path, re_path

from evaluations.web import accounts, audit_log, people, study_people

SIGN_IN = "manage/sign-in/"
ACCOUNT = "manage/account/"
STUDY = "manage/studies/<slug:slug>/people/"

urlpatterns = [
    path(SIGN_IN, account.login, name="sign-in"),
    path(SIGN_IN, account.login, name="account_login"),
    path("manage/sign-out/", account.logout, name="sign-out"),
    path("manage/sign-out/", account.logout, name="account_logout"),
    path(f"{SIGN_IN}closed/", account.account_inactive, name="account_inactive"),
    path(f"{SIGN_IN}code/", second_factor.authenticate, name="mfa_authenticate"),
    path(f"{SIGN_IN}password/", accounts.reset_password, name="account_reset_password"),
    path(f"{SIGN_IN}password/sent/", account.password_reset_done, name="account_reset_password_done"),
    path(
        f"{SIGN_IN}password/set/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    # Its two parts must stand together: allauth writes the address of its mails so.
    re_path(
        rf"^{SIGN_IN}password/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(f"{SIGN_IN}with/<slug:provider_id>/", oidc.login, name="openid_connect_login"),
    path(f"{SIGN_IN}with/<slug:provider_id>/callback/", oidc.callback, name="openid_connect_callback"),
    path(f"{SIGN_IN}with-cancelled/", outside.login_cancelled, name="socialaccount_login_cancelled"),
    path(f"{SIGN_IN}with-error/", outside.login_error, name="socialaccount_login_error"),
    path(ACCOUNT, accounts.show_account, name="account"),
    path(ACCOUNT, accounts.show_account, name="mfa_index"),
    path(f"{ACCOUNT}confirm/", account.reauthenticate, name="account_reauthenticate"),
    path(f"{ACCOUNT}confirm/code/", second_factor.reauthenticate, name="mfa_reauthenticate"),
    path(f"{ACCOUNT}password/", account.password_change, name="account_change_password"),
    path(f"{ACCOUNT}password/first/", account.password_set, name="account_set_password"),
    path(f"{ACCOUNT}second-factor/", app.activate_totp, name="mfa_activate_totp"),
    path(f"{ACCOUNT}second-factor/remove/", app.deactivate_totp, name="mfa_deactivate_totp"),
    path(f"{ACCOUNT}codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(f"{ACCOUNT}codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path(f"{ACCOUNT}codes.txt", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path(f"{ACCOUNT}tokens/", accounts.make_token, name="token-make"),
    path(f"{ACCOUNT}tokens/<slug:key>/revoke/", accounts.revoke_token, name="token-revoke"),
    path("manage/people/", people.show_people, name="people"),
    path("manage/people/add/", people.add_person, name="person-add"),
    path("manage/people/<int:pk>/", people.show_person, name="person"),
    path("manage/people/<int:pk>/level/", people.change_level, name="person-level"),
    path("manage/people/<int:pk>/deactivate/", people.deactivate, name="person-deactivate"),
    path("manage/people/<int:pk>/reactivate/", people.reactivate, name="person-reactivate"),
    path("manage/people/<int:pk>/link/", people.make_link, name="person-link"),
    path("manage/people/<int:pk>/second-factor/", people.remove_second_factor, name="person-second-factor"),
    path(STUDY, study_people.show_people, name="study-people"),
    path(f"{STUDY}add/", study_people.add_person, name="study-people-add"),
    path(f"{STUDY}<int:membership>/role/", study_people.change_role, name="study-people-role"),
    path(f"{STUDY}<int:membership>/remove/", study_people.remove_person, name="study-people-remove"),
    path("manage/audit-log/", audit_log.show_events, name="audit-log"),
    path("manage/audit-log/events.csv", audit_log.download_events, name="audit-log-file"),
]
