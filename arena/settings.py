"""Settings: one file, driven by the environment, secure unless told otherwise.

`PORT`, `ARENA_HOME`, `DATABASE_URL`, `CELERY_BROKER_URL`, `SECRET_KEY`, `ALLOWED_HOSTS` are described in
docs/operations.md. Without `DATABASE_URL` and `CELERY_BROKER_URL` the embedded servers are used.
"""

import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from arena.embedded.home import addresses, read_or_make_secret

BASE_DIR = Path(__file__).resolve().parent.parent
ARENA_HOME = Path(os.environ.get("ARENA_HOME") or BASE_DIR / "var").resolve()


def read_flag(name: str, *, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    return default if not value else value in {"1", "true", "yes", "on"}


def read_list(name: str, *, default: list[str]) -> list[str]:
    return [item.strip() for item in os.environ.get(name, "").split(",") if item.strip()] or default


def parse_database_url(url: str) -> dict[str, object]:
    """A `postgresql://user:password@host:port/name?option=value` address as Django's dictionary."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError("DATABASE_URL must begin with postgresql:// (Arena needs PostgreSQL).")
    # What runs with every vote is planned once a connection (evaluations/statements.py). Poolers that hand a connection
    # on between two statements, and do not know prepared ones, need this off.
    prepares = read_flag("PREPARED_STATEMENTS", default=True)
    options: dict[str, object] = {
        **dict(parse_qsl(parts.query)),
        "prepare_threshold": 0 if prepares else None,
    }
    return {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(str(options.pop("host", parts.hostname or ""))),
        "PORT": str(options.pop("port", parts.port or "")),
        "OPTIONS": options,
    }


DEBUG = read_flag("DEBUG", default=False)
SECRET_KEY = os.environ.get("SECRET_KEY") or read_or_make_secret(home=ARENA_HOME, name="secret_key")
ALLOWED_HOSTS = read_list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = read_list("CSRF_TRUSTED_ORIGINS", default=[])

# Who runs this copy, as raters are told: a name, and an e-mail or https address.
OPERATOR_NAME = os.environ.get("OPERATOR_NAME", "").strip()
OPERATOR_CONTACT = os.environ.get("OPERATOR_CONTACT", "").strip()

# The licence of the data that this copy publishes: "CC BY 4.0" and its address. Empty: none is stated.
DATA_LICENCE = os.environ.get("DATA_LICENCE", "").strip()
DATA_LICENCE_URL = os.environ.get("DATA_LICENCE_URL", "").strip()

INSTALLED_APPS = [
    "evaluations.apps.EvaluationsConfig",
    "evaluations.apps.ArenaAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "knox",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "evaluations.web.second_factors.SecondFactorMiddleware",
    "evaluations.web.errors.ArenaErrorMiddleware",
]

ROOT_URLCONF = "arena.urls"
WSGI_APPLICATION = "arena.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "evaluations.web.preferences.add_preferences",
            ],
        },
    },
]

DATABASES = {
    "default": {
        "ENGINE": "arena.postgresql",
        **parse_database_url(os.environ.get("DATABASE_URL") or addresses(home=ARENA_HOME).database_url),
        # Threads keep their connection: opening one costs more than most of our queries.
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL") or addresses(home=ARENA_HOME).broker_url
CELERY_TASK_IGNORE_RESULT = True
# A task taken by a worker that is killed comes back: every task is idempotent.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Answers of providers take minutes: they have a queue of their own, so that no vote waits behind them. A worker
# that is started without -Q works on both.
CELERY_TASK_QUEUES = {
    "celery": {"exchange": "celery", "routing_key": "celery"},
    "generate": {"exchange": "generate", "routing_key": "generate"},
}
CELERY_TASK_ROUTES = {"evaluations.tasks.generate_response": {"queue": "generate"}}
CELERY_BEAT_SCHEDULE = {
    # Whatever a lost message or a dead worker left lying goes on within a minute.
    "sweep imports": {
        "task": "evaluations.tasks.sweep_imports",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "seal votes": {"task": "evaluations.tasks.seal_votes", "schedule": 2.0, "options": {"expires": 10}},
    "refresh leaderboards": {
        "task": "evaluations.tasks.refresh_leaderboards",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    # The frequent pass looks at recent votes only; this one looks at all, so that none is ever left out.
    "seal stragglers": {"task": "evaluations.tasks.seal_stragglers", "schedule": timedelta(hours=1)},
    "return slots": {
        "task": "evaluations.tasks.return_slots",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "stop studies": {
        "task": "evaluations.tasks.stop_studies",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "remind raters": {
        "task": "evaluations.tasks.remind_raters",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "sweep requests": {
        "task": "evaluations.tasks.sweep_requests",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "send generations": {
        "task": "evaluations.tasks.send_generations",
        "schedule": 5.0,
        "options": {"expires": 10},
    },
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "manage"
LOGOUT_REDIRECT_URL = "home"

# Accounts are made by people who may, not by whoever comes along (evaluations/web/adapters.py).
ACCOUNT_ADAPTER = "evaluations.web.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# One length for all sessions (SESSION_COOKIE_AGE): no box to tick.
ACCOUNT_SESSION_REMEMBER = True
# Proxies in front that add to X-Forwarded-For. Attempts are counted per address; without a proxy the header is a lie.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXIES") or 0)

MFA_ADAPTER = "evaluations.web.adapters.SecondFactorAdapter"
MFA_TOTP_ISSUER = "Arena"
MFA_TOTP_TOLERANCE = 1
# The address of an account is given by a superuser, not claimed by its owner: there is nothing to verify first.
MFA_ALLOW_UNVERIFIED_EMAIL = True
REQUIRE_SECOND_FACTOR = read_flag("REQUIRE_SECOND_FACTOR", default=False)

# Another place to sign in, spoken to by OpenID Connect. Without a server there is none.
OIDC_SERVER_URL = os.environ.get("OIDC_SERVER_URL", "").rstrip("/")
OIDC_ALLOWED_DOMAINS = [domain.lower() for domain in read_list("OIDC_ALLOWED_DOMAINS", default=[])]
SOCIALACCOUNT_ADAPTER = "evaluations.web.adapters.OutsideAccountAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, object]] = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "oidc",
                "name": os.environ.get("OIDC_NAME") or urlsplit(OIDC_SERVER_URL).hostname,
                "client_id": os.environ.get("OIDC_CLIENT_ID", ""),
                "secret": os.environ.get("OIDC_CLIENT_SECRET", ""),
                "settings": {
                    "server_url": OIDC_SERVER_URL,
                    # Some servers never say that an address is verified. Only for one that lets nobody choose theirs.
                    "verified_email": read_flag("OIDC_TRUST_EMAIL", default=False),
                },
            }
        ]
        if OIDC_SERVER_URL
        else [],
    }
}

# Mail is for links to a new password. Without a server a superuser hands them out.
EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT") or 587)
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = read_flag("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL") or "arena@localhost"

# Attempts to sign in are counted here. In the database, because every process of every machine must see the same
# count and PostgreSQL is what they share whatever the broker is; signing in is rare enough for it.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "arena_cache"}}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = ARENA_HOME / "static"
# For development and tests: files as they are in the tree, nothing to collect first.
STATIC_FROM_SOURCE = read_flag("STATIC_FROM_SOURCE", default=DEBUG)
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = STATIC_FROM_SOURCE
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if STATIC_FROM_SOURCE
        else "arena.static_files.StaticFilesStorage"
    },
}
MEDIA_ROOT = ARENA_HOME / "media"
COLUMNS_ROOT = ARENA_HOME / "columns"

# Uploads go to disk from the first byte: memory stays flat whatever the file's size.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
IMPORT_MAX_MB = int(os.environ.get("IMPORT_MAX_MB") or 500)

# Providers' keys that are kept are encrypted with the first of these; all of them can decrypt (rotate_provider_keys).
PROVIDER_KEY_SECRETS = read_list("PROVIDER_KEY_SECRETS", default=[]) or [
    read_or_make_secret(home=ARENA_HOME, name="provider_key_secret")
]
# Hosts inside the network that a provider may have, and without HTTPS: "localhost:11434, vllm.internal:8000".
PROVIDER_HOSTS_ALLOWED = read_list("PROVIDER_HOSTS_ALLOWED", default=[])

DEFAULT_EXCEPTION_REPORTER_FILTER = "evaluations.web.error_reports.SafeReports"

# HTTPS is the rule; the embedded servers speak plain HTTP on one machine until a proxy says otherwise.
BEHIND_HTTPS = read_flag("BEHIND_HTTPS", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_HTTPS else None
SECURE_SSL_REDIRECT = BEHIND_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_HTTPS else 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_HTTPS
SESSION_COOKIE_HTTPONLY = True
# A working day. Only staff have sessions.
SESSION_COOKIE_AGE = 12 * 60 * 60
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
OIDC_ORIGIN = ["{0.scheme}://{0.netloc}".format(urlsplit(OIDC_SERVER_URL))] if OIDC_SERVER_URL else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        # Browsers check where a form's answer leads, too: to the server where one signs in.
        "form-action": [SELF, *OIDC_ORIGIN],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Requests that one caller may make, counted in the database: of anyone, by address; of an account, by token or session;
# refused tokens, by address; new raters who agree to a study's terms, by address; and files with all votes, by address.
# 0: no limit.
API_PUBLIC_PER_MINUTE = int(os.environ.get("API_PUBLIC_PER_MINUTE") or 300)
API_TOKEN_PER_MINUTE = int(os.environ.get("API_TOKEN_PER_MINUTE") or 1200)
API_REFUSED_PER_MINUTE = int(os.environ.get("API_REFUSED_PER_MINUTE") or 30)
NEW_RATERS_PER_HOUR = int(os.environ.get("NEW_RATERS_PER_HOUR") or 600)
DOWNLOADS_PER_HOUR = int(os.environ.get("DOWNLOADS_PER_HOUR") or 120)

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_AUTHENTICATION_CLASSES": [
        # First: what it asks for is what a program without any is told (401).
        "evaluations.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["evaluations.api.parsers.HouseJSONParser"],
    "EXCEPTION_HANDLER": "evaluations.api.errors.handle_error",
    # Counted by ourselves, exactly (evaluations/throttling.py).
    "DEFAULT_THROTTLE_CLASSES": [],
    "DEFAULT_METADATA_CLASS": None,
}
REST_KNOX = {
    "SECURE_HASH_ALGORITHM": "hashlib.sha512",
    "AUTH_TOKEN_CHARACTER_LENGTH": 64,
    "TOKEN_TTL": timedelta(days=90),
    "AUTO_REFRESH": False,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Arena",
    "DESCRIPTION": "Leaderboards of language models, from blind votes, each figure with its interval.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    # What is sent and what is answered differ: keys, links and progress.
    "COMPONENT_SPLIT_REQUEST": True,
    "OAS_VERSION": "3.1.0",
    "POSTPROCESSING_HOOKS": ["evaluations.api.schema.describe_problems"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"as_warning": {"()": "arena.refused_hosts.AsWarning"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    # A refused request is no fault of ours, and needs no trace.
    "loggers": {
        "django.server": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"filters": ["as_warning"]},
    },
}
