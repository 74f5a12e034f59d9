"""Who may go where: a row for each route of the project. `test_routes.py` holds the project to it.

A new route needs a row: its name, its methods, who may use it, and what its parameters stand for where the default
in `things.py` is not it. A route that takes POST from fewer people than GET has two rows.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class Access(StrEnum):
    OPEN = "everyone"
    RATER = "the rater whose battle it is"
    SIGNED_IN = "any account"
    STAFF = "any account of staff"
    VIEWER = "who has a role in the study"
    EDITOR = "its editors and owners"
    OWNER = "its owners"
    SUPERUSER = "superusers"
    API_STAFF = "any account of staff, by token or session"
    API_VIEWER = "who has a role in the study, by token or session"
    API_EDITOR = "its editors and owners, by token or session"
    API_OWNER = "its owners, by token or session"
    API_SUPERUSER = "superusers, by token or session"
    # Steps of signing in that nobody stands at without the step before.
    PASSING = "whoever has just given their password"
    ABSENT = "nobody: it is not set up in tests"


@dataclass(frozen=True)
class Route:
    name: str
    methods: str
    access: Access
    # Parameters of the address, and what is sent with the request: names of things, or of a default.
    things: dict[str, str] = field(default_factory=dict)
    sent: dict[str, str] = field(default_factory=dict)
    # What the page answers those who may see it, where that is no success.
    shows: str = "allowed"


A = Access
BATTLE, IMPORT, RUN = {"token": "battle"}, {"token": "upload"}, {"token": "run"}
PANEL = {"slug": "panel_study"}
OIDC = {"provider_id": "provider_id"}

ROUTES = [
    # What everyone reads
    Route("home", "GET", A.OPEN),
    Route("method", "GET", A.OPEN),
    Route("data", "GET", A.OPEN),
    Route("privacy", "GET", A.OPEN),
    Route("accessibility", "GET", A.OPEN),
    Route("studies", "GET", A.OPEN),
    Route("study", "GET", A.OPEN),
    Route("study-protocol", "GET", A.OPEN),
    Route("study-protocol-version", "GET", A.OPEN),
    Route("leaderboards", "GET", A.OPEN),
    Route("leaderboard", "GET", A.OPEN),
    Route("set-theme", "POST", A.OPEN),
    Route("set-keys", "POST", A.OPEN),
    Route("set-language", "GET POST", A.OPEN),
    Route("healthz", "GET", A.OPEN),
    Route("readyz", "GET", A.OPEN),
    # Rating
    Route("consent", "POST", A.OPEN),
    Route("comprehension", "GET POST", A.OPEN),
    Route("rate", "GET", A.OPEN),
    Route("pause", "GET", A.OPEN),
    Route("reminder", "POST", A.RATER, {"number": "reminder_number"}),
    Route("battle", "GET", A.RATER, BATTLE),
    Route("battle-responses", "GET", A.RATER, BATTLE),
    Route("next-battle", "GET", A.RATER, BATTLE),
    Route("vote", "POST", A.RATER, BATTLE),
    Route("skip", "POST", A.RATER, BATTLE),
    Route("undo", "POST", A.RATER, BATTLE),
    Route("reveal", "POST", A.RATER, BATTLE),
    Route("mine-all", "GET", A.OPEN),
    Route("mine-data", "GET", A.OPEN),
    Route("mine", "GET", A.OPEN),
    Route("withdraw", "GET POST", A.OPEN),
    Route("receipts", "GET", A.OPEN),
    Route("join", "GET POST", A.OPEN),
    Route("arrive", "GET", A.OPEN, PANEL, {"PROLIFIC_PID": "participant"}),
    Route("leave", "GET POST", A.RATER, PANEL),
    # The way in
    Route("sign-in", "GET POST", A.OPEN),
    Route("account_login", "GET POST", A.OPEN),
    Route("sign-out", "GET POST", A.OPEN),
    Route("account_logout", "GET POST", A.OPEN),
    Route("account_inactive", "GET", A.OPEN),
    Route("mfa_authenticate", "GET POST", A.PASSING),
    Route("account_reset_password", "GET POST", A.OPEN),
    Route("account_reset_password_done", "GET", A.OPEN),
    Route("account_reset_password_from_key", "GET POST", A.OPEN),
    Route("account_reset_password_from_key_done", "GET", A.OPEN),
    Route("openid_connect_login", "GET POST", A.ABSENT, OIDC),
    Route("openid_connect_callback", "GET POST", A.ABSENT, OIDC),
    Route("socialaccount_login_cancelled", "GET", A.OPEN),
    Route("socialaccount_login_error", "GET", A.OPEN, shows="401"),
    # One's own account
    Route("account", "GET", A.SIGNED_IN),
    Route("mfa_index", "GET", A.SIGNED_IN),
    Route("account_reauthenticate", "GET POST", A.SIGNED_IN),
    Route("mfa_reauthenticate", "GET POST", A.SIGNED_IN),
    Route("account_change_password", "GET POST", A.SIGNED_IN),
    Route("account_set_password", "GET POST", A.SIGNED_IN),
    Route("mfa_activate_totp", "GET POST", A.SIGNED_IN),
    Route("mfa_deactivate_totp", "GET POST", A.SIGNED_IN),
    Route("mfa_view_recovery_codes", "GET", A.SIGNED_IN),
    Route("mfa_generate_recovery_codes", "GET POST", A.SIGNED_IN),
    Route("mfa_download_recovery_codes", "GET", A.SIGNED_IN),
    Route("token-make", "POST", A.STAFF),
    Route("token-revoke", "POST", A.STAFF, {"key": "own_token"}),
    # People and what they did
    Route("people", "GET", A.SUPERUSER),
    Route("person-add", "POST", A.SUPERUSER),
    Route("person", "GET", A.SUPERUSER, {"pk": "person"}),
    Route("person-level", "POST", A.SUPERUSER, {"pk": "person"}),
    Route("person-deactivate", "POST", A.SUPERUSER, {"pk": "person"}),
    Route("person-reactivate", "POST", A.SUPERUSER, {"pk": "person"}),
    Route("person-link", "POST", A.SUPERUSER, {"pk": "person"}),
    Route("person-second-factor", "POST", A.SUPERUSER, {"pk": "person"}),
    Route("study-people", "GET", A.VIEWER),
    Route("study-people-add", "POST", A.OWNER),
    Route("study-people-role", "POST", A.OWNER),
    Route("study-people-remove", "POST", A.OWNER),
    Route("audit-log", "GET", A.STAFF),
    Route("audit-log-file", "GET", A.STAFF),
    # A study
    Route("manage", "GET", A.STAFF),
    Route("power", "GET", A.STAFF),
    Route("study-new", "GET POST", A.STAFF),
    Route("study-settings", "GET", A.VIEWER),
    Route("study-step", "GET", A.VIEWER),
    Route("study-step", "POST", A.EDITOR),
    Route(
        "study-check-add",
        "POST",
        A.EDITOR,
        {},
        {"prompt": "prompt", "better": "response", "worse": "response"},
    ),
    Route("study-check-remove", "POST", A.EDITOR, {"pk": "known_answer"}),
    Route("study-amend", "GET POST", A.OWNER),
    Route("study-pilot", "POST", A.OWNER),
    Route("study-open", "POST", A.OWNER),
    Route("study-pause", "POST", A.OWNER),
    Route("study-resume", "POST", A.OWNER),
    Route("study-close", "POST", A.OWNER),
    Route("study-health", "GET", A.VIEWER),
    Route("study-raters", "GET", A.VIEWER),
    Route("study-rater", "GET", A.VIEWER),
    Route("study-rater-decide", "POST", A.EDITOR, {}, {"decision": "decision", "reason": "reason"}),
    Route("study-access", "GET", A.VIEWER),
    Route("study-invite", "POST", A.EDITOR),
    Route("study-withdraw-invitation", "POST", A.EDITOR, {"pk": "invitation"}),
    Route("study-panel", "POST", A.OWNER, PANEL),
    Route("study-erase-ids", "POST", A.OWNER, PANEL),
    Route("study-exports", "GET", A.VIEWER),
    Route("study-codebook", "GET", A.VIEWER),
    Route("study-codebook-file", "GET", A.VIEWER),
    Route("study-export", "GET", A.EDITOR),
    # Prompts, responses, models
    Route("imports", "GET", A.STAFF),
    Route("imports-new", "GET POST", A.STAFF),
    Route("import", "GET", A.STAFF, IMPORT),
    Route("import-confirm", "POST", A.STAFF, IMPORT),
    Route("import-check", "POST", A.STAFF, IMPORT),
    Route("import-discard", "POST", A.STAFF, IMPORT),
    Route("import-columns", "GET POST", A.STAFF, IMPORT),
    Route("import-findings", "GET", A.STAFF, IMPORT),
    Route("import-findings-decide", "POST", A.STAFF, IMPORT),
    Route("import-faults", "GET", A.STAFF, IMPORT),
    Route("prompt-sets", "GET", A.STAFF),
    Route("prompt-set", "GET", A.STAFF, {"slug": "prompt_set"}),
    Route("prompt-set-difference", "GET", A.STAFF, {"slug": "prompt_set"}),
    Route("models", "GET", A.STAFF),
    Route("model-new", "GET POST", A.STAFF),
    Route("model", "GET", A.STAFF, {"slug": "model"}),
    Route("model-edit", "GET POST", A.STAFF, {"slug": "model"}),
    Route("model-delete", "POST", A.STAFF, {"slug": "model"}),
    Route("providers", "GET", A.SUPERUSER),
    Route("provider-new", "GET POST", A.SUPERUSER),
    Route("provider", "GET POST", A.SUPERUSER, {"slug": "provider"}),
    Route("provider-key-remove", "POST", A.SUPERUSER, {"slug": "provider"}),
    Route("provider-try", "POST", A.SUPERUSER, {"slug": "provider"}),
    Route("generations", "GET", A.STAFF),
    Route("generation-new", "GET POST", A.STAFF),
    Route("generation", "GET", A.STAFF, RUN),
    Route("generation-cancel", "POST", A.STAFF, RUN),
    Route("generation-resume", "POST", A.STAFF, RUN),
    Route("generation-decide", "POST", A.STAFF, RUN),
    Route("generation-publish", "POST", A.STAFF, RUN),
    # For programs
    Route("api-leaderboards", "GET", A.OPEN),
    Route("api-leaderboard", "GET", A.OPEN),
    Route("api-snapshot", "GET", A.OPEN),
    Route("api-schema", "GET", A.OPEN),
    Route("api-docs", "GET", A.OPEN),
    Route("api-prompt-sets", "GET", A.API_STAFF),
    Route("api-prompt-set", "GET", A.API_STAFF, {"slug": "prompt_set"}),
    Route("api-prompts", "GET", A.API_STAFF, {"slug": "prompt_set"}),
    Route("api-generation-plan", "GET", A.API_STAFF, {"slug": "prompt_set"}),
    Route("api-prompt-set-difference", "GET", A.API_STAFF, {"slug": "prompt_set"}),
    Route("api-imports", "GET POST", A.API_STAFF),
    Route("api-import", "GET DELETE", A.API_STAFF, IMPORT),
    Route("api-import-confirm", "POST", A.API_STAFF, IMPORT),
    Route("api-import-check", "POST", A.API_STAFF, IMPORT),
    Route("api-import-columns", "GET PUT", A.API_STAFF, IMPORT),
    Route("api-import-faults", "GET", A.API_STAFF, IMPORT),
    Route("api-import-faults-file", "GET", A.API_STAFF, IMPORT),
    Route("api-import-findings", "GET", A.API_STAFF, IMPORT),
    Route("api-import-decide", "POST", A.API_STAFF, IMPORT),
    Route("api-models", "GET POST", A.API_STAFF),
    Route("api-model", "GET PATCH DELETE", A.API_STAFF, {"slug": "model"}),
    Route("api-providers", "GET POST", A.API_SUPERUSER),
    Route("api-provider", "GET PATCH", A.API_SUPERUSER, {"slug": "provider"}),
    Route("api-provider-key", "DELETE", A.API_SUPERUSER, {"slug": "provider"}),
    Route("api-provider-try", "POST", A.API_SUPERUSER, {"slug": "provider"}),
    Route("api-generations", "GET POST", A.API_STAFF),
    Route("api-generation", "GET", A.API_STAFF, RUN),
    Route("api-generation-cancel", "POST", A.API_STAFF, RUN),
    Route("api-generation-resume", "POST", A.API_STAFF, RUN),
    Route("api-generation-publish", "POST", A.API_STAFF, RUN),
    Route("api-generation-findings", "GET", A.API_STAFF, RUN),
    Route("api-generation-decide", "POST", A.API_STAFF, RUN),
    Route("api-studies", "GET POST", A.API_STAFF),
    Route("api-power", "GET", A.API_STAFF),
    Route("api-audit-log", "GET", A.API_STAFF),
    Route("api-study", "GET", A.API_VIEWER),
    Route("api-study", "PATCH", A.API_EDITOR),
    Route("api-study-pilot", "POST", A.API_OWNER),
    Route("api-study-open", "POST", A.API_OWNER),
    Route("api-study-pause", "POST", A.API_OWNER),
    Route("api-study-resume", "POST", A.API_OWNER),
    Route("api-study-close", "POST", A.API_OWNER),
    Route("api-amendments", "GET", A.API_VIEWER),
    Route("api-amendments", "POST", A.API_OWNER),
    Route("api-claims", "GET", A.API_VIEWER),
    Route("api-claims", "PUT", A.API_EDITOR),
    Route("api-checks", "GET POST", A.API_EDITOR),
    Route("api-check", "DELETE", A.API_EDITOR, {"pk": "known_answer"}),
    Route("api-study-power", "GET", A.API_VIEWER),
    Route("api-study-health", "GET", A.API_VIEWER),
    Route("api-raters", "GET", A.API_VIEWER),
    Route("api-rater", "GET", A.API_VIEWER),
    Route("api-decisions", "GET", A.API_VIEWER),
    Route("api-decisions", "POST", A.API_EDITOR, {}, {"decision": "decision", "reason": "reason"}),
    Route("api-invitations", "GET", A.API_VIEWER),
    Route("api-invitations", "POST", A.API_EDITOR),
    Route("api-invitation", "DELETE", A.API_EDITOR, {"pk": "invitation"}),
    Route("api-panel", "GET PUT", A.API_OWNER, PANEL),
    Route("api-panel-ids", "DELETE", A.API_OWNER, PANEL),
    Route("api-members", "GET", A.API_VIEWER),
    Route("api-members", "POST", A.API_OWNER),
    Route("api-member", "PATCH DELETE", A.API_OWNER, {"pk": "membership"}),
    Route("api-exports", "GET", A.API_VIEWER),
    Route("api-codebook", "GET", A.API_VIEWER),
    Route("api-export", "GET", A.API_EDITOR),
]
