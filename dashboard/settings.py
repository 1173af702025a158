"""Every setting, from typed environment variables. The README's table lists each variable read here."""

import base64
import contextlib
import hashlib
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from environs import Env, EnvError, validate

from dashboard import data_folder

ROOT = Path(__file__).resolve().parent.parent
env = Env()


def _read_secret(path: Path) -> str:
    """The key kept in the data folder, made on first use and readable by its owner only."""
    try:
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Linked into place whole, so that processes starting together agree on one key.
            with tempfile.NamedTemporaryFile("w", dir=path.parent) as file, contextlib.suppress(FileExistsError):
                file.write(get_random_secret_key())
                file.flush()
                path.hardlink_to(file.name)
        return path.read_text()
    except OSError as error:
        raise ImproperlyConfigured(f"Set PACKSHOT_SECRET_KEY: {path} cannot be written ({error.strerror}).") from error


try:
    DATA_DIR = Path(env.path("PACKSHOT_DATA_DIR", ROOT / ".data")).resolve()
    if _problem := data_folder.shut(DATA_DIR):
        sys.stderr.write(f"{_problem}\n")
    DEBUG = env.bool("PACKSHOT_DEBUG", False)
    PORT = env.int("PACKSHOT_PORT", 8000)
    PUBLIC_URL = env.str("PACKSHOT_PUBLIC_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
    SECRET_KEY = env.str("PACKSHOT_SECRET_KEY", "") or _read_secret(DATA_DIR / "secret.key")
    ENCRYPTION_KEYS = env.list("PACKSHOT_ENCRYPTION_KEYS", []) or [
        base64.urlsafe_b64encode(hashlib.sha256(b"packshot encryption" + SECRET_KEY.encode()).digest()).decode()
    ]
    ALLOWED_HOSTS = env.list("PACKSHOT_ALLOWED_HOSTS", [urlsplit(PUBLIC_URL).hostname or "", "127.0.0.1", "localhost"])
    SANDBOX = env.bool("PACKSHOT_SANDBOX", True)
    DEMO = env.bool("PACKSHOT_DEMO", True)
    SANDBOX_SECONDS = env.float("PACKSHOT_SANDBOX_SECONDS", 2.0)
    SANDBOX_SCALE = env.float("PACKSHOT_SANDBOX_SCALE", 1.0, validate=validate.Range(min=0.125, max=1))
    LINK_SECONDS = env.int("PACKSHOT_LINK_SECONDS", 3600)
    HISTORY_DAYS = env.int("PACKSHOT_HISTORY_DAYS", 90, validate=validate.Range(min=1))
    SANDBOX_DAYS = env.int("PACKSHOT_SANDBOX_DAYS", 30, validate=validate.Range(min=1))
    REDIS_URL = env.str("REDIS_URL", f"unix://{data_folder.socket_path(DATA_DIR)}")
    _database = env.dj_db_url("DATABASE_URL", f"sqlite:///{DATA_DIR}/db.sqlite3")
    _mail = env.dj_email_url("EMAIL_URL", "console:")
    DEFAULT_FROM_EMAIL = env.str("PACKSHOT_MAIL_FROM", "Packshot <packshot@localhost>")
    S3_BUCKET = env.str("PACKSHOT_S3_BUCKET", "")
    S3_ENDPOINT = env.str("PACKSHOT_S3_ENDPOINT", "") or None
    S3_REGION = env.str("PACKSHOT_S3_REGION", "") or None
    S3_ACCESS_KEY = env.str("PACKSHOT_S3_ACCESS_KEY", "") or None
    S3_SECRET_KEY = env.str("PACKSHOT_S3_SECRET_KEY", "") or None
    OIDC_URL = env.str("PACKSHOT_OIDC_URL", "").rstrip("/")
    OIDC_CLIENT_ID = env.str("PACKSHOT_OIDC_CLIENT_ID", "")
    OIDC_CLIENT_SECRET = env.str("PACKSHOT_OIDC_CLIENT_SECRET", "")
    OIDC_NAME = env.str("PACKSHOT_OIDC_NAME", "single sign-on")
    TRUSTED_PROXIES = env.int("PACKSHOT_TRUSTED_PROXIES", 0)
    HSTS_PRELOAD = env.bool("PACKSHOT_HSTS_PRELOAD", False)
    TEAMS_PER_PERSON = env.int("PACKSHOT_TEAMS_PER_PERSON", 20)
    TRUSTED_WEBHOOKS: list[str] = env.list("PACKSHOT_TRUSTED_WEBHOOKS", [])
    TRUSTED_PROVIDERS: list[str] = env.list("PACKSHOT_TRUSTED_PROVIDERS", [])
except EnvError as error:
    raise ImproperlyConfigured(str(error)) from error

HTTPS = PUBLIC_URL.startswith("https://")

_single_sign_on = {
    "PACKSHOT_OIDC_URL": OIDC_URL,
    "PACKSHOT_OIDC_CLIENT_ID": OIDC_CLIENT_ID,
    "PACKSHOT_OIDC_CLIENT_SECRET": OIDC_CLIENT_SECRET,
}
SINGLE_SIGN_ON = any(_single_sign_on.values())
if SINGLE_SIGN_ON and not all(_single_sign_on.values()):
    _missing = " and ".join(name for name, value in _single_sign_on.items() if not value)
    raise ImproperlyConfigured(f"Single sign-on is half configured: set {_missing} too, or none of the three.")
if SINGLE_SIGN_ON and not OIDC_URL.startswith(("https://", "http://")):
    raise ImproperlyConfigured(
        "PACKSHOT_OIDC_URL is the address of the identity provider, e.g. https://id.example.com."
    )

for _prefix in (*TRUSTED_WEBHOOKS, *TRUSTED_PROVIDERS):
    if not _prefix.strip().lower().startswith(("https://", "http://")):
        raise ImproperlyConfigured(
            f"{_prefix} trusts nobody: PACKSHOT_TRUSTED_WEBHOOKS and PACKSHOT_TRUSTED_PROVIDERS hold addresses such as "
            "http://10.0.0.5:8080/hooks, by commas."
        )

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "lucide",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    *(["allauth.socialaccount.providers.openid_connect"] if SINGLE_SIGN_ON else []),
    "dashboard.operations",
    "dashboard.ui",
    "dashboard.accounts",
    "dashboard.projects",
    "dashboard.presets",
    "dashboard.studio",
    "dashboard.gallery",
    "dashboard.connections",
    "dashboard.audit",
    "dashboard.spend",
    "dashboard.api",
    "generation",
    "generation.sandbox",
]

MIDDLEWARE = [
    "dashboard.operations.proxies.client_address",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "dashboard.accounts.time_zone.team_time_zone",
]

ROOT_URLCONF = "dashboard.urls"
ASGI_APPLICATION = "dashboard.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["dashboard.accounts.templatetags.orders", "dashboard.ui.templatetags.times"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dashboard.shell.context.shell",
            ],
        },
    }
]

DATABASES = {"default": _database}
if _database["ENGINE"] == "django.db.backends.sqlite3":
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 60,  # seconds; writers wait in no order, and among many one may be unlucky for 20
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;",
    }
else:
    # As many connections as dashboard.operations.gates lets in.
    _database["OPTIONS"] = {**_database.get("OPTIONS", {}), "pool": {"min_size": 1, "max_size": 20, "timeout": 10}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": {"BACKEND": "dashboard.accounts.row_cache.RowCache"}}

CELERY = {
    "broker_url": REDIS_URL.replace("unix://", "redis+socket://", 1),
    "broker_connection_retry_on_startup": True,
    "broker_transport_options": {
        "visibility_timeout": 600,
        "unacked_restore_interval": 10,
        "socket_timeout": 30,
        "socket_connect_timeout": 5,
        "health_check_interval": 15,
        # Give a lost broker up in a fraction of a second instead of six: a hint that fails is sent again by the beat.
        "max_retries": 1,
        "interval_start": 0,
        "interval_max": 0.1,
    },
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
    "worker_hijack_root_logger": False,
    "task_default_queue": "packshot",
    "beat_schedule": {
        "sweep": {"task": "generation.tasks.sweep", "schedule": 2.0, "options": {"expires": 10}},
        "old pictures": {
            "task": "dashboard.gallery.tasks.remove_old_pictures",
            "schedule": 900.0,
            "options": {"expires": 900},
        },
        "galleries": {"task": "generation.tasks.add_up_galleries", "schedule": 5.0, "options": {"expires": 10}},
        "balances": {"task": "generation.tasks.check_balances", "schedule": 60.0, "options": {"expires": 60}},
        "books": {"task": "generation.tasks.compare_books", "schedule": 3600.0, "options": {"expires": 3600}},
        "times too far ahead": {
            "task": "dashboard.operations.tasks.pull_back_times",
            "schedule": 20.0,
            "options": {"expires": 20},
        },
        "pauses": {
            "task": "dashboard.connections.tasks.write_down_pauses",
            "schedule": 5.0,
            "options": {"expires": 10},
        },
        "orders of days ago": {
            "task": "dashboard.accounts.tasks.clear_expired_orders",
            "schedule": 3600.0,
            "options": {"expires": 3600},
        },
        "audit heads": {"task": "dashboard.audit.tasks.sign_heads", "schedule": 600.0, "options": {"expires": 600}},
        "webhooks to callers": {
            "task": "dashboard.api.tasks.look_for_deliveries",
            "schedule": 2.0,
            "options": {"expires": 10},
        },
        "covers of presets": {
            "task": "dashboard.presets.tasks.fill_covers",
            "schedule": 20.0,
            "options": {"expires": 20},
        },
        "alerts about caps": {
            "task": "dashboard.spend.tasks.look_for_alerts",
            "schedule": 5.0,
            "options": {"expires": 10},
        },
        "product imports": {
            "task": "dashboard.projects.tasks.look_for_imports",
            "schedule": 2.0,
            "options": {"expires": 10},
        },
        **{
            f"upkeep: {task}": {"task": task, "schedule": 3600.0, "options": {"expires": 3600}}
            for task in (
                "generation.tasks.clear_history",
                "generation.sandbox.tasks.clear_history",
                "dashboard.api.tasks.clear_history",
                "dashboard.projects.tasks.clear_history",
                "dashboard.accounts.tasks.clear_expired_cache",
                "dashboard.sign_in.tasks.clear_expired_sessions",
                "dashboard.sign_in.tasks.clear_old_failures",
            )
        },
        **(
            {"sandbox": {"task": "generation.sandbox.tasks.sweep", "schedule": 3.0, "options": {"expires": 10}}}
            if SANDBOX
            else {}
        ),
    },
}

STORAGES = {
    "default": {
        "BACKEND": "generation.media.folder_storage.SignedFolder",
        "OPTIONS": {
            "location": DATA_DIR / "media",
            "allow_overwrite": True,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if S3_BUCKET:
    STORAGES["default"] = {
        "BACKEND": "generation.media.s3_storage.Bucket",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": S3_ENDPOINT,
            "region_name": S3_REGION,
            "access_key": S3_ACCESS_KEY,
            "secret_key": S3_SECRET_KEY,
        },
    }

STATIC_URL = "/static/"
STATIC_ROOT: Path | None = DATA_DIR / "static"
STATICFILES_DIRS = [ROOT / "static"]
if not (DATA_DIR / "static").is_dir():
    # Nothing was collected: serve the files from where they are, as on a laptop.
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True
    STATIC_ROOT = None

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024  # a form's texts or a JSON body; files are counted on their own
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a form may choose thousands of products
FILE_UPLOAD_MAX_MEMORY_SIZE = 11 * 1024 * 1024

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "dashboard.sign_in.adapter.TeamsOnly"
ACCOUNT_SIGNUP_FORM_CLASS = "dashboard.sign_in.forms.NameAtSignUp"
ACCOUNT_FORMS = {"reset_password": "dashboard.sign_in.password_reset.ForgottenForm"}
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# Counted by client address, by person and, where a mail address is given, by that ("key"). No limit lasts more than
# an hour: the page says so. Failed sign-ins are counted by our own throttle instead.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": None,
    "signup": "20/m/ip",
    "reset_password": "20/m/ip,60/h/ip,5/h/key",
    "change_password": "5/m/user,20/h/user",
    "manage_email": "5/m/user,20/h/user",
}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
MFA_ADAPTER = "dashboard.sign_in.second_factor.SecondFactor"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # half minutes that a clock may be wrong
MFA_ALLOW_UNVERIFIED_EMAIL = True  # people come in by invitation, so that nobody's address has to be confirmed
MFA_FORMS = {
    "authenticate": "dashboard.sign_in.second_factor.CodeForm",
    "reauthenticate": "dashboard.sign_in.second_factor.CodeAgainForm",
    "activate_totp": "dashboard.sign_in.second_factor.FirstCodeForm",
    "add_webauthn": "dashboard.sign_in.second_factor.PasskeyForm",
    "authenticate_webauthn": "dashboard.sign_in.second_factor.PasskeySecondForm",
    "login_webauthn": "dashboard.sign_in.second_factor.PasskeySignInForm",
    "reauthenticate_webauthn": "dashboard.sign_in.second_factor.PasskeyAgainForm",
    "edit_webauthn": "dashboard.sign_in.second_factor.PasskeyNameForm",
}
SOCIALACCOUNT_ADAPTER = "dashboard.sign_in.single_sign_on.ByInvitation"
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
# By a link: the policy would stop a form whose answer leads to the identity provider.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "sso",
                "name": OIDC_NAME,
                "client_id": OIDC_CLIENT_ID,
                "secret": OIDC_CLIENT_SECRET,
                "settings": {"server_url": OIDC_URL},
            }
        ],
    }
}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
EMAIL_BACKEND = _mail["EMAIL_BACKEND"].replace("django.core.mail.backends.smtp", "dashboard.operations.mail")
EMAIL_HOST = _mail.get("EMAIL_HOST", "")
EMAIL_PORT = _mail.get("EMAIL_PORT", 25)
EMAIL_HOST_USER = _mail.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10

_pictures = [urlsplit(S3_ENDPOINT)._replace(path="").geturl() if S3_ENDPOINT else "https://*.amazonaws.com"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *(_pictures if S3_BUCKET else [])],
        "base-uri": [NONE],
        "object-src": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "dashboard.accounts.sessions.stale"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
# Browsers keep this for a year and preload lists for longer, for every name below ours: only on request.
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS and HSTS_PRELOAD
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]

LANGUAGE_CODE = "en"
USE_I18N = False  # one language: nothing is looked up in catalogues, and numbers are written faster
NUMBER_GROUPING = 3  # as English has it; only the other languages' catalogues know
TIME_ZONE = "UTC"
USE_TZ = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "dashboard.operations.logs.WithoutTokens",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # Two lines for each of the dispatcher's looks would drown whatever matters.
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "django.server": {"level": "WARNING"},
        # It tells of every step, and of metadata that is broken, which costs nothing.
        "pyvips": {"level": "ERROR"},
        "uvicorn.access": {"level": "WARNING", "propagate": True},
    },
}
