"""Django's settings. Little is set: what a public page does not need, it does not get."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils.functional import SimpleLazyObject

from tuidang.config.bodies import LARGEST_UPLOAD
from tuidang.config.databases import databases
from tuidang.config.environment import read_environment
from tuidang.config.secrets import django_secret
from tuidang.kernel.places import places

ENVIRONMENT = read_environment()
PLACES = places()

# Made when it is first needed: asking a command for help leaves no folder behind.
SECRET_KEY = SimpleLazyObject(lambda: django_secret(PLACES))
DEBUG = ENVIRONMENT.debug
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")
ALLOWED_HOSTS = [*ENVIRONMENT.hosts, *LOOPBACK_HOSTS]
ROOT_URLCONF = "tuidang.config.urls"
WSGI_APPLICATION = "tuidang.config.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "tuidang.kernel",
    "tuidang.design",
    "tuidang.reference",
    "tuidang.vault",
    "tuidang.accounts",
    "tuidang.intake",
    "tuidang.screening",
    "tuidang.review",
    "tuidang.ledger",
    "tuidang.statistics",
    "tuidang.archive",
    "tuidang.newsletter",
    "tuidang.newsroom",
    "tuidang.declarant",
    "tuidang.api",
    "tuidang.ops",
    "tuidang.public",
]

# Outermost first. Staff pages get the full set through `for_staff`; public pages keep no session and set no cookie.
MIDDLEWARE = [
    "tuidang.config.buckets.Buckets",
    "tuidang.config.middleware.PageHeaders",
    "tuidang.config.middleware.PageGzip",
    "tuidang.config.middleware.Bounds",
    "tuidang.config.middleware.StaffOnly",
    "django.middleware.locale.LocaleMiddleware",
    "tuidang.config.middleware.NotNow",
]

DATABASES = databases(ENVIRONMENT, PLACES)
DATABASE_ROUTERS = ["tuidang.config.databases.Apart"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文"), ("zh-hant", "繁體中文")]
LOCALE_PATHS = [Path(__file__).parent.parent / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["tuidang.config.context.register"]},
    },
]

AUTH_USER_MODEL = "accounts.Member"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_PATH = "/staff/"
SESSION_COOKIE_NAME = "staff"
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_SECURE = bool(ENVIRONMENT.hosts)
CSRF_COOKIE_PATH = "/staff/"
CSRF_COOKIE_NAME = "staff_csrf"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_SECURE = bool(ENVIRONMENT.hosts)
CSRF_FAILURE_VIEW = "tuidang.public.views.csrf_failed"
SECURE_REFERRER_POLICY = "same-origin"

MAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend" if ENVIRONMENT.letters else "tuidang.kernel.mailing.Smtp"
if ENVIRONMENT.letters:
    EMAIL_FILE_PATH = ENVIRONMENT.letters

# Uploads never touch the disk: nothing that a person sends may lie in a temporary file.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = LARGEST_UPLOAD  # beyond it the handler would take nothing in
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": True,
    "filters": {"nothing_personal": {"()": "tuidang.kernel.logs.NothingPersonal"}},
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s", "datefmt": "%Y-%m-%dT%H:00Z"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["nothing_personal"]}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"tuidang": {"level": "INFO"}},
}
