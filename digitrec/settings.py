"""All settings, from the environment alone. .env.example lists every variable."""

import os
from datetime import timedelta
from typing import Any

from csp.constants import NONE, SELF

from digitrec import environment
from digitrec.launch import embedded_postgres
from digitrec.secret_key import read_or_create_secret_key

BASE_DIR = environment.PROJECT
# All that is written while digitrec runs is below this folder, STATIC_ROOT and MEDIA_ROOT.
VAR_DIR = environment.folder("VAR_DIR", "var")

DEBUG = environment.flag("DEBUG")
SECRET_KEY = environment.text("SECRET_KEY") or read_or_create_secret_key(VAR_DIR / "secret_key")
ALLOWED_HOSTS = environment.names("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = environment.names("CSRF_TRUSTED_ORIGINS")
CSRF_FAILURE_VIEW = "recognizer.views.csrf_failure.csrf_failure"
HTTPS = environment.flag("HTTPS")
environment.refuse_unsafe(debug=DEBUG, https=HTTPS, secret_key=SECRET_KEY, hosts=ALLOWED_HOSTS)
# Only these proxies may name the client, by X-Forwarded-For.
TRUSTED_PROXIES = environment.networks("TRUSTED_PROXIES")
# The path of all pages and files below the server's address, as in digits/. Empty: none.
SITE_PATH = environment.url_path("SITE_PATH")
ADMIN_PATH = environment.url_path("ADMIN_PATH", "admin/")

INSTALLED_APPS = [
    "recognizer.apps.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_filters",
    "django_q",
    "recognizer",
]

MIDDLEWARE = [
    "recognizer.monitoring.request_id.name_requests",
    "recognizer.monitoring.events.log_requests",
    "django.middleware.security.SecurityMiddleware",
    "recognizer.middleware.permissions_policy.forbid_what_no_page_needs",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "recognizer.middleware.vary_by_cookie.pages_differ_by_cookie",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Before the CSRF check of a view, which reads the whole body to find the form's token.
    "recognizer.middleware.oversized_bodies.refuse_oversized_bodies",
    "django.contrib.messages.middleware.MessageMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "digitrec.urls"
WSGI_APPLICATION = "digitrec.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "recognizer.views.theme.theme",
            ],
        },
    },
]

# DATABASE_URL names a server of your own; without it, `make run` starts an embedded PostgreSQL.
DATABASES = {
    "default": environment.postgres("DATABASE_URL", embedded_postgres.url(VAR_DIR / "postgres"))
}
DATABASES["default"]["ENGINE"] = "digitrec.database"
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 2)
# Requests wait for the database no longer than people do; commands may take their time.
# WEB_PROCESS is set by digitrec.wsgi, never by people.
if "WEB_PROCESS" in os.environ:
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    DATABASES["default"]["OPTIONS"]["session_settings"] = {
        "statement_timeout": "5s",
        "lock_timeout": "2s",
        "idle_in_transaction_session_timeout": "10s",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LOGIN_URL = "recognizer:log_in"
LOGIN_REDIRECT_URL = "recognizer:history"
# 0: accounts are created in the administration alone.
SIGN_UP = environment.flag("SIGN_UP", default=True)
SIGN_UPS_PER_HOUR_AND_ADDRESS = environment.whole_number("SIGN_UPS_PER_HOUR_AND_ADDRESS", 20)

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# After this many wrong passwords for one user from one address, that user is locked out there.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "recognizer.views.lockout.locked_out"
AXES_CLIENT_IP_CALLABLE = "recognizer.accounts.clients.client_of"
# More guesses do not lengthen the lockout, so that nobody can keep another user out for good.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
# No log is stored of who signed in when, from where and with which browser.
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

LANGUAGE_CODE = "en"
# The browser's language is used, unless another one of these was chosen in the menu.
LANGUAGES = [
    ("en", "English"),
    ("es", "español"),
    ("fr", "français"),
    ("hi", "हिंदी"),
    ("ar", "العربيّة"),
    ("zh-hans", "简体中文"),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
TIME_ZONE = environment.time_zone("TIME_ZONE", "UTC")
USE_TZ = True

STATIC_URL = f"{SITE_PATH}static/"
STATIC_ROOT = environment.folder("STATIC_ROOT", "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
# The captions of the guide video, a type that WhiteNoise does not know.
WHITENOISE_MIMETYPES = {".vtt": "text/vtt"}
MEDIA_ROOT = environment.folder("MEDIA_ROOT", "media")
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "recognizer.storage.disk.DurableFileStorage"},
    "staticfiles": {"BACKEND": "digitrec.static_files.ModuleStaticFilesStorage"},
}
if environment.text("S3_BUCKET"):
    STORAGES["default"] = {
        "BACKEND": "recognizer.storage.bucket.WholeS3Storage",
        "OPTIONS": {
            "bucket_name": environment.text("S3_BUCKET"),
            "endpoint_url": environment.text("S3_ENDPOINT_URL") or None,
            "object_parameters": (
                {"ServerSideEncryption": environment.text("S3_ENCRYPTION")}
                if environment.text("S3_ENCRYPTION")
                else {}
            ),
        },
    }

# Trained models, a folder each; the one that comes with digitrec is in mlmodel/shipped.
MODEL_DIR = environment.folder("MODEL_DIR", VAR_DIR / "models")

# Pictures and checkpoints of a training that is not finished: about 2 GB.
TRAINING_DIR = VAR_DIR / "training"

# Pictures are kept in memory while they are read: at most this many bytes each.
MAX_UPLOAD_BYTES = environment.whole_number("MAX_UPLOAD_BYTES", 10 * 1024 * 1024, minimum=1)
FILE_UPLOAD_MAX_MEMORY_SIZE = MAX_UPLOAD_BYTES
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_HANDLERS = ["recognizer.middleware.whole_body.WholeBodyHandler"]

# Whether HEIC pictures are taken, which needs pillow-heif (requirements-heic.txt).
HEIC = environment.flag("HEIC")

# The most that one owner, and one address, may give; 0 is no limit.
UPLOADS_PER_MINUTE = environment.whole_number("UPLOADS_PER_MINUTE", 30)
UPLOADS_PER_DAY = environment.whole_number("UPLOADS_PER_DAY", 300)
UPLOADS_PER_MINUTE_AND_ADDRESS = environment.whole_number("UPLOADS_PER_MINUTE_AND_ADDRESS", 60)
QUOTA_USER_FILES = environment.whole_number("QUOTA_USER_FILES", 500)
QUOTA_USER_MEGABYTES = environment.whole_number("QUOTA_USER_MEGABYTES", 500)
QUOTA_VISITOR_FILES = environment.whole_number("QUOTA_VISITOR_FILES", 20)
# Days after which `manage.py purge` deletes pictures; 0 keeps them.
RETENTION_DAYS = environment.whole_number("RETENTION_DAYS", 90)
RETENTION_DAYS_ANONYMOUS = environment.whole_number("RETENTION_DAYS_ANONYMOUS", 7)

# Batches: many pictures that a signed-in user gives together. They have limits of their own.
BATCHES_PER_HOUR = environment.whole_number("BATCHES_PER_HOUR", 20)
BATCH_PICTURES = environment.whole_number("BATCH_PICTURES", 2000, minimum=1)
BATCH_MEGABYTES = environment.whole_number("BATCH_MEGABYTES", 2000, minimum=1)
BATCH_FILE_MEGABYTES = environment.whole_number("BATCH_FILE_MEGABYTES", 200, minimum=1)
BATCH_PDF_PAGES = environment.whole_number("BATCH_PDF_PAGES", 200, minimum=1)
# Without scripts, a batch comes as one form with all of its files.
DATA_UPLOAD_MAX_NUMBER_FILES = BATCH_PICTURES
QUOTA_BATCH_FILES = environment.whole_number("QUOTA_BATCH_FILES", 20_000)
QUOTA_BATCH_MEGABYTES = environment.whole_number("QUOTA_BATCH_MEGABYTES", 20_000)

# Jobs of batches, and the upkeep: `make run` starts this many workers beside the web server.
WORKERS = environment.whole_number("WORKERS", 2)
UPKEEP_EVERY_MINUTES = environment.whole_number("UPKEEP_EVERY_MINUTES", 60)
Q_CLUSTER: dict[str, Any] = {
    "name": "digitrec",
    # The queue is in the database: a job is there if, and only if, its rows are.
    "orm": "default",
    "poll": 0.5,
    # A job takes some seconds. One that hangs is ended, and given to another worker afterwards.
    "timeout": 60,
    "retry": 75,
    "max_attempts": 3,
    # A worker takes 0.12 GB, and 0.25 more for the largest pictures. One that grows beyond this, in
    # kB, is followed by another.
    "max_rss": 512 * 1024,
    # What a job does stands in the rows of its batch.
    "save_limit": -1,
    "catch_up": False,
}
if environment.text("REDIS_URL"):
    Q_CLUSTER |= {"redis": environment.text("REDIS_URL"), "orm": None}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "blob:", "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# Behind a proxy that speaks TLS and sets X-Forwarded-Proto, set HTTPS=1.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
# With the first prefix, a browser accepts the cookie only from this very host, over TLS, and for
# all of its paths; with the second, over TLS.
COOKIE_PREFIX = ("__Secure-" if SITE_PATH else "__Host-") if HTTPS else ""
# What else is below the host's address gets no cookie of ours.
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = LANGUAGE_COOKIE_PATH = f"/{SITE_PATH}"
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 90  # An anonymous visitor's history lives in the session.

# A program with this token may read /metrics; without a token, only staff may.
METRICS_TOKEN = environment.text("METRICS_TOKEN")
LOG_LEVEL = environment.one_of(
    "LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"), "INFO"
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "recognizer.monitoring.request_id.WithRequestId"},
        "without_paths": {"()": "recognizer.monitoring.log_filters.WithoutPaths"},
    },
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {request_id}: {message}", "style": "{"},
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "{asctime}{levelname}{name}{request_id}{message}",
            "style": "{",
        },
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            # Set on the handler, because Django's own logger has a level of its own.
            "level": LOG_LEVEL,
            "filters": ["request_id", "without_paths"],
            "formatter": environment.one_of("LOG_FORMAT", ("line", "json"), "line"),
        }
    },
    # At INFO, it reports the begin and the end of every job.
    "loggers": {"django-q": {"level": "WARNING"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}
