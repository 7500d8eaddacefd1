"""One file of settings. Everything that differs between installations is an environment variable, parsed strictly."""

import os
import secrets
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

PACKAGE = Path(__file__).resolve().parent.parent


def _flag(name: str, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value not in ("", "1", "true", "yes", "0", "false", "no"):
        raise ImproperlyConfigured(f"{name}={value!r}: pakai 1 atau 0.")
    return default if value == "" else value in ("1", "true", "yes")


def _years(name: str, value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= 100:
        raise ImproperlyConfigured(f"{name}={value!r}: pakai bilangan tahun dari 1 sampai 100.")
    return int(value)


def _secret(name: str, file_name: str) -> str:
    """Return a secret from the environment, from the file that NAME_FILE names, or one made once for this installation."""
    if value := os.environ.get(name):
        return value
    named = os.environ.get(f"{name}_FILE")
    path = Path(named) if named else HOME / file_name
    if not path.exists():
        if named:
            raise ImproperlyConfigured(f"{name}_FILE: berkas {path} tidak ada.")
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass  # another process of this installation made it first
        else:
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(50))
    return path.read_text().strip()


HOME = Path(os.environ.get("KENTONGAN_HOME", "var")).resolve()
HOME.mkdir(parents=True, exist_ok=True)
os.environ.setdefault("NUMBA_CACHE_DIR", str(HOME / "numba"))

DEBUG = _flag("KENTONGAN_DEBUG", False)
IS_DEMONSTRATION = _flag("KENTONGAN_DEMONSTRATION", False)
IS_SECURE = _flag("KENTONGAN_HTTPS", False)
SECRET_KEY = _secret("KENTONGAN_SECRET_KEY", "secret_key")
ALLOWED_HOSTS = [h for h in os.environ.get("KENTONGAN_HOSTS", "127.0.0.1,localhost,[::1]").split(",") if h]
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("KENTONGAN_TRUSTED_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "kentongan.web",
    "kentongan.maps",
    "kentongan.demonstration",
    "kentongan.alerts",
    "kentongan.watch",
    "kentongan.events",
    "kentongan.intake",
    "kentongan.agreements",
    "kentongan.agencies",
    "kentongan.places",
    "kentongan.vocabulary",
    "kentongan.audit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "ninja",  # its documentation page comes from here, not from a content delivery network
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "kentongan.config.problems.ProblemsOnlyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kentongan.web.middleware.ChosenLanguageMiddleware",
    "kentongan.web.middleware.NoNulMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "kentongan.agencies.middleware.FirstPasswordMiddleware",
    "kentongan.web.middleware.ActorMiddleware",
    "kentongan.web.middleware.WrongMethodMiddleware",
]

ROOT_URLCONF = "kentongan.config.urls"
WSGI_APPLICATION = "kentongan.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kentongan.web.context.frame",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

try:
    DATABASES = {
        "default": dj_database_url.parse(os.environ.get("DATABASE_URL", f"sqlite:///{HOME / 'kentongan.sqlite3'}"))
    }
except ValueError as fault:
    raise ImproperlyConfigured("DATABASE_URL: tulis seperti postgres://pengguna:sandi@server:5432/nama.") from fault
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # FULL: a deed and its trail row are one durable transaction. IMMEDIATE: no upgrade of a read lock can fail.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA mmap_size=134217728; PRAGMA cache_size=-20000;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "web_cache"}}

AUTH_USER_MODEL = "agencies.Officer"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "kentongan.web.accounts.ClosedSignup"
ACCOUNT_LOGIN_BY_CODE_ENABLED = False
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_SECURE  # browsers accept it on localhost only
MFA_FORMS = {
    "add_webauthn": "kentongan.web.forms.AddPasskeyForm",
    "edit_webauthn": "kentongan.web.forms.RenamePasskeyForm",
}
MFA_TOTP_ISSUER = "Kentongan"
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_SECURE
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = IS_SECURE
SECURE_HSTS_SECONDS = 31536000 if IS_SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _flag("KENTONGAN_BEHIND_PROXY", False) else None
X_FRAME_OPTIONS = "DENY"
TILE_SERVER = os.environ.get("KENTONGAN_TILE_SERVER", "")  # an own tile server's origin; empty: the shipped map only
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *([TILE_SERVER] if TILE_SERVER else [])],
        "font-src": [SELF],
        "connect-src": [SELF, *([TILE_SERVER] if TILE_SERVER else [])],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 12_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 12_000_000
MAX_UPLOAD_BYTES = 10_000_000
MAX_TEXT_CHARACTERS = 200_000

LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "config" / "locale"]
USE_I18N = True
TIME_ZONE = os.environ.get("KENTONGAN_TIME_ZONE", "Asia/Makassar")
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
BORDER_GEOJSON = Path(p) if (p := os.environ.get("KENTONGAN_BORDER_GEOJSON")) else None
BASE_PMTILES = os.environ.get("KENTONGAN_BASE_PMTILES", "")

NEWS_FEEDS = [f for f in os.environ.get("KENTONGAN_NEWS_FEEDS", "").split(",") if f]  # off by default
NINJA_PAGINATION_MAX_LIMIT = 1000  # rows of one page of the API
RETENTION_YEARS = _years(
    "KENTONGAN_RETENTION_YEARS", os.environ.get("KENTONGAN_RETENTION_YEARS", "5")
)  # our own default; no law read settles it

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("KENTONGAN_LOG_LEVEL", "WARNING")},
}
