"""Django settings; what differs between installations comes from automation.environment."""

from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from automation import rest
from automation.environment import database_settings, load_environment

BASE_DIR = Path(__file__).resolve().parent.parent
environment = load_environment()

SECRET_KEY = environment.secret_key.get_secret_value()
SECRET_KEY_FALLBACKS = environment.secret_key_fallbacks
LINK_KEYS = {name: key.get_secret_value() for name, key in environment.link_keys.items()}
DEBUG = environment.debug
SITE_URL = environment.site_url.rstrip("/")
ALLOWED_HOSTS = [urlsplit(SITE_URL).hostname or "", *environment.allowed_hosts]
EMAIL_URL = environment.email_url
TWILIO_URL = environment.twilio_url.rstrip("/")
EMAIL_BACKEND = "emails.mailbox.Backend"
OUTBOUND_ALLOW = environment.outbound_allow
MAILDIR_ROOT = environment.maildir_root
DNS_SERVERS = environment.dns_servers
REDIS_URL = environment.redis_url
RELAIS_DATA = environment.relais_data
RELAIS_ROLE = environment.relais_role
RELAIS_TEST_CLOCK = environment.relais_test_clock

# Lowest floor first; tests/test_floors.py wants each of them on a floor of pyproject.toml.
LOCAL_APPS = [
    "kernel",
    "api",
    "backoffice",
    "accounts",
    "notices",
    "contacts",
    "desk",
    "webhooks",
    "integrations",
    "filing",
    "media",
    "content",
    "tracking",
    "segments",
    "forms",
    "channels",
    "emails",
    "sms",
    "points",
    "stages",
    "campaigns",
    "dashboard",
]

INSTALLED_APPS = [
    "automation",
    *LOCAL_APPS,
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "rest_framework",
    "drf_spectacular",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_vite",
]
# Tools of developers, absent from an installation: one head of migrations per app.
INSTALLED_APPS += [app for app in ["django_linear_migrations"] if find_spec(app)]

MIDDLEWARE = [
    "automation.proxies.TrueAddress",
    "api.middleware.ErrorShape",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.Sitting",
    "accounts.middleware.Habits",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "automation.strays.OnlyForms",
]
ROOT_URLCONF = "automation.urls"
WSGI_APPLICATION = "automation.wsgi.application"
APPEND_SLASH = False
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "UserAttributeSimilarityValidator": {},
        "MinimumLengthValidator": {"min_length": 12},
        "CommonPasswordValidator": {},
        "NumericPasswordValidator": {},
    }.items()
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
PASSWORD_RESET_TIMEOUT = 3600

AUTHENTICATION_BACKENDS = ["accounts.backends.EmailBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.Adapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "reset_password": "accounts.forms.ForgottenForm",
    "change_password": "accounts.forms.ChangedPasswordForm",
    "reset_password_from_key": "accounts.forms.NewPasswordForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_PASSWORD_CHANGE_REDIRECT_URL = LOGIN_REDIRECT_URL
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
# Guesses count per address tried, from wherever they come, and per origin, whatever they try.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "20/m/ip,5/5m/key,30/d/key",
    "reset_password": "20/m/ip,3/10m/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
}
# automation.proxies has put the true address where everybody looks.
ALLAUTH_TRUSTED_PROXY_COUNT = 0
PROXY_NETWORKS = environment.proxy_networks if environment.trusted_proxy else []
API_REQUESTS_PER_MINUTE = environment.api_requests_per_minute
API_STRANGERS_PER_MINUTE = environment.api_strangers_per_minute
HITS_PER_MINUTE = environment.hits_per_minute
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
                "backoffice.menu.menu",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

DATABASES = {"default": database_settings(environment.database_url, environment.relais_role)}
# Only what must hold with the broker away: tries at signing in, counted in PostgreSQL.
CACHES = {"default": {"BACKEND": "accounts.tries.Tries"}}

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = environment.language_code
FORMAT_MODULE_PATH = "automation.formats"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = (RELAIS_DATA or BASE_DIR) / "staticfiles"
STATICFILES_DIRS = [folder for folder in [BASE_DIR / "static"] if folder.is_dir()]
WHITENOISE_USE_FINDERS = True
# What browsers load is built in the repository (frontend/): an installation needs no Node.
DJANGO_VITE = {
    "default": {
        "manifest_path": BASE_DIR / "static" / "built" / "manifest.json",
        "static_url_prefix": "built",
    }
}
# Built files carry a hash in their names: browsers keep them for good.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+/built/.+-[0-9A-Za-z_-]{8}\.\w+$"
# Files that only the program reads (imports): no address leads there.
PRIVATE_ROOT = (RELAIS_DATA or BASE_DIR / ".data") / "private"
# Who was erased, by keyed hashes: it outlives the return of a backup.
ERASURE_LEDGER = environment.erasure_ledger
IMPORT_LARGEST = environment.import_megabytes * 1024**2
# Images of the library: whoever has the address of one is given it.
MEDIA_FILES = (RELAIS_DATA or BASE_DIR / ".data") / "media"
IMAGE_LARGEST = environment.image_megabytes * 1024**2

# Larger bodies are refused before anything reads them; imports stream to a file.
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

REST_FRAMEWORK = rest.FRAMEWORK
SPECTACULAR_SETTINGS = rest.SCHEMA

_https = SITE_URL.startswith("https://")
SECURE_SSL_REDIRECT = _https
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https
SECURE_HSTS_PRELOAD = _https
SESSION_COOKIE_SECURE = _https
SESSION_COOKIE_NAME = "__Host-session" if _https else "session"
SESSION_COOKIE_AGE = 30 * 24 * 3600
CSRF_COOKIE_NAME = "__Host-csrf" if _https else "csrf"
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
CSRF_COOKIE_SECURE = _https
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if environment.trusted_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "automation.logs.WithoutAddresses",
            "format": "{levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # Two lines for each task, every second, would drown the rest; failures are ERROR.
    "loggers": {
        "httpx": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
    },
}
