"""One file of settings. Everything that differs between installations is an environment variable, parsed strictly."""

import os
import secrets
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

PACKAGE = Path(__file__).resolve().parent.parent


def _flag(name: str, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value not in ("", "1", "true", "yes", "0", "false", "no"):
        raise ImproperlyConfigured(f"{name}={value!r}: pakai 1 atau 0.")
    return default if value == "" else value in ("1", "true", "yes")


def _count(name: str, value: str, of: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= 100:
        raise ImproperlyConfigured(f"{name}={value!r}: pakai bilangan {of} dari 1 sampai 100.")
    return int(value)


def _number(name: str, value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= 65535:
        raise ImproperlyConfigured(f"{name}={value!r}: pakai bilangan dari 1 sampai 65535.")
    return int(value)


def _names(value: str) -> list[str]:
    return [name.strip() for name in value.split(",") if name.strip()]


def _lines(value: str) -> list[str]:
    return [line.strip() for line in value.splitlines() if line.strip()]


SECRET_FILES: dict[str, Path] = {}
"""Which file each secret was read from; `kentongan check --deploy` looks at who may read them."""


def _given(name: str, value: str | None, file: str | None) -> str:
    """Return a secret that somebody gave in the environment or in the file that NAME_FILE names; empty where nobody did."""
    if not file:
        return value or ""
    if value:
        raise ImproperlyConfigured(f"{name} dan {name}_FILE terisi keduanya. Pakai salah satu, sebaiknya berkasnya.")
    path = Path(file)
    try:
        content = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise ImproperlyConfigured(f"{name}_FILE: berkas {path} tidak ada atau tidak dapat dibaca.") from fault
    if not content:
        raise ImproperlyConfigured(f"{name}_FILE: berkas {path} kosong.")
    SECRET_FILES[name] = path
    return content


def _secret(name: str, file_name: str) -> str:
    """Return a secret from the environment, from the file that NAME_FILE names, or one made once for this installation."""
    if given := _given(name, os.environ.get(name), os.environ.get(f"{name}_FILE")):
        return given
    path = SECRET_FILES[name] = HOME / file_name
    if not path.exists():
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass  # another process of this installation made it first
        else:
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(50))
    return path.read_text().strip()


GATEWAY_DEFAULTS = {
    "url": "",  # may hold {{to}}, {{to_no_plus}}, {{text}}, {{from}}, {{from_no_plus}}, {{id}}, {{channel}}
    "method": "POST",
    "content_type": "urlencoded",
    "body": "id={{id}}&text={{text}}&to={{to}}&from={{from}}",
    "from": "",
    "expect": "",  # what an answer must hold to count as taken on
    "authorization": "",
    "callback_secret": "",  # what the gateway shows when it tells what became of a message
}


def gateways_in(file: str) -> dict[str, dict[str, str]]:
    """Return how the gateways of short messages are spoken to, as a TOML file with tables [sms] and [whatsapp] says it."""
    if not file:
        return {}
    name, path = "KENTONGAN_GATEWAYS", Path(file)
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise ImproperlyConfigured(f"{name}: {path} tidak dapat dibaca sebagai TOML ({fault}).") from fault
    SECRET_FILES[name] = path
    found = {}
    for channel, said in tables.items():
        if channel not in ("sms", "whatsapp") or not isinstance(said, dict):
            raise ImproperlyConfigured(f"{name}: bagian [{channel}] tidak dikenal; pakai [sms] dan [whatsapp].")
        if unknown := set(said) - set(GATEWAY_DEFAULTS):
            raise ImproperlyConfigured(f"{name}: [{channel}] memuat {', '.join(sorted(unknown))} yang tidak dikenal.")
        found[channel] = gateway = GATEWAY_DEFAULTS | {key: str(value) for key, value in said.items()}
        if urlsplit(gateway["url"]).scheme not in ("http", "https"):
            raise ImproperlyConfigured(f"{name}: [{channel}] url harus alamat http:// atau https://.")
        if gateway["method"] not in ("GET", "POST", "PUT"):
            raise ImproperlyConfigured(f"{name}: [{channel}] method: pakai GET, POST, atau PUT.")
        if gateway["callback_secret"] and len(gateway["callback_secret"]) < 20:
            raise ImproperlyConfigured(f"{name}: [{channel}] callback_secret: pakai sedikitnya 20 tanda acak.")
    return found


def outside_provider(issuer: str, name: str, client_id: str, secret: str, acr: list[str]) -> dict[str, object]:
    """Return the sign-in library's settings of the one provider at which officers may sign in instead."""
    app = {
        "provider_id": "oidc",
        "name": name,
        "client_id": client_id,
        "secret": secret,
        "settings": {"server_url": issuer},
    }
    asked = {"acr_values": " ".join(acr)} if acr else {}
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "AUTH_PARAMS": asked, "APPS": [app]}}


HOME = Path(os.environ.get("KENTONGAN_HOME", "var")).resolve()
HOME.mkdir(parents=True, exist_ok=True)
os.environ.setdefault("NUMBA_CACHE_DIR", str(HOME / "numba"))

DEBUG = _flag("KENTONGAN_DEBUG", False)
IS_DEMONSTRATION = _flag("KENTONGAN_DEMONSTRATION", False)
IS_SECURE = _flag("KENTONGAN_HTTPS", False)
SECRET_KEY = _secret("KENTONGAN_SECRET_KEY", "secret_key")
SECRET_KEY_FALLBACKS = _lines(
    _given(
        "KENTONGAN_SECRET_KEY_FALLBACKS",
        os.environ.get("KENTONGAN_SECRET_KEY_FALLBACKS"),
        os.environ.get("KENTONGAN_SECRET_KEY_FALLBACKS_FILE"),
    )
)  # former secret keys: what they have sealed or signed still counts
ALLOWED_HOSTS = [h for h in os.environ.get("KENTONGAN_HOSTS", "127.0.0.1,localhost,[::1]").split(",") if h]
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("KENTONGAN_TRUSTED_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "kentongan.web",
    "kentongan.maps",
    "kentongan.briefings",
    "kentongan.oversight",
    "kentongan.demonstration",
    "kentongan.linkage",
    "kentongan.programme",
    "kentongan.vulnerability",
    "kentongan.routes",
    "kentongan.cases",
    "kentongan.alerts",
    "kentongan.watch",
    "kentongan.events",
    "kentongan.intake",
    "kentongan.vault",
    "kentongan.agreements",
    "kentongan.messages",
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
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]

MIDDLEWARE = [
    "kentongan.web.middleware.StrictHeadersMiddleware",  # first: no answer leaves without them
    "kentongan.config.problems.ProblemsOnlyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "kentongan.web.live.LiveMarkMiddleware",  # before all that asks the database who comes
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kentongan.web.middleware.ChosenLanguageMiddleware",
    "kentongan.web.middleware.NoNulMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "kentongan.agencies.middleware.EntranceMiddleware",
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
        "default": dj_database_url.parse(
            _given("DATABASE_URL", os.environ.get("DATABASE_URL"), os.environ.get("DATABASE_URL_FILE"))
            or f"sqlite:///{HOME / 'kentongan.sqlite3'}"
        )
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
DATABASES["default"]["CONN_MAX_AGE"] = 60  # SQLite reads all its tables' definitions anew on each connection: 5 ms
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",  # one for all processes: attempts are counted in it
        "LOCATION": "web_cache",
        "OPTIONS": {"MAX_ENTRIES": 200_000},  # at Django's 300, noise would push the counters of attempts out
    }
}

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
ACCOUNT_ADAPTER = "kentongan.web.accounts.Entrance"
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "20/5m/ip,5/5m/key",  # key: the account; wrong codes of the second factor count there too
    "reauthenticate": "10/m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if _flag("KENTONGAN_BEHIND_PROXY", False) else 0
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
MFA_ADAPTER = "kentongan.web.accounts.Factors"
MFA_RATE_LIMITS = {"webauthn_login": "10/m/ip"}
MFA_OPTIONAL_ROLES = frozenset(_names(os.environ.get("KENTONGAN_MFA_OPTIONAL_ROLES", "")))

EMAIL_HOST = os.environ.get("KENTONGAN_EMAIL_HOST", "")
EMAIL_PORT = _number("KENTONGAN_EMAIL_PORT", os.environ.get("KENTONGAN_EMAIL_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("KENTONGAN_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = _given(
    "KENTONGAN_EMAIL_PASSWORD",
    os.environ.get("KENTONGAN_EMAIL_PASSWORD"),
    os.environ.get("KENTONGAN_EMAIL_PASSWORD_FILE"),
)
EMAIL_USE_TLS = _flag("KENTONGAN_EMAIL_TLS", True)
DEFAULT_FROM_EMAIL = os.environ.get("KENTONGAN_EMAIL_FROM", "kentongan@localhost")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"

EMAIL_TIMEOUT = 20

# Messages that leave the house; a channel whose settings are missing is off and says so
ADDRESS = os.environ.get("KENTONGAN_ADDRESS", "").rstrip("/")  # where browsers reach this installation
PUSH_CONTACT = os.environ.get("KENTONGAN_PUSH_CONTACT", "")  # whom a push service may ask: mailto:… or https://…
PUSH_KEY = Path(os.environ.get("KENTONGAN_PUSH_KEY", HOME / "keys" / "push.pem"))
OUTGOING_INSIDE = frozenset(
    _names(os.environ.get("KENTONGAN_OUTGOING_INSIDE", ""))
)  # names of hosts that may be reached in the own network and by http; no other host may
OUTGOING_CA_FILE = os.environ.get("KENTONGAN_OUTGOING_CA_FILE", "")  # an own certificate authority beside the system's
GATEWAYS = gateways_in(os.environ.get("KENTONGAN_GATEWAYS", ""))  # a TOML file; it may hold secrets
if ADDRESS and (urlsplit(ADDRESS).scheme not in ("http", "https") or not urlsplit(ADDRESS).hostname):
    raise ImproperlyConfigured("KENTONGAN_ADDRESS: tulis seperti https://kentongan.contoh.id.")
if PUSH_CONTACT and not PUSH_CONTACT.startswith(("mailto:", "https://")):
    raise ImproperlyConfigured("KENTONGAN_PUSH_CONTACT: tulis mailto:alamat atau https://alamat.")

OIDC_ISSUER = os.environ.get("KENTONGAN_OIDC_ISSUER", "").rstrip("/")  # empty: no outside provider
OIDC_CLIENT_ID = os.environ.get("KENTONGAN_OIDC_CLIENT_ID", "")
OIDC_CLIENT_SECRET = _given(
    "KENTONGAN_OIDC_CLIENT_SECRET",
    os.environ.get("KENTONGAN_OIDC_CLIENT_SECRET"),
    os.environ.get("KENTONGAN_OIDC_CLIENT_SECRET_FILE"),
)
OIDC_NAME = os.environ.get("KENTONGAN_OIDC_NAME", "") or (urlsplit(OIDC_ISSUER).hostname or "")
OIDC_MATCH_CLAIM = os.environ.get("KENTONGAN_OIDC_MATCH_CLAIM", "")  # empty: only accounts that an administrator linked
OIDC_ACR = _names(os.environ.get("KENTONGAN_OIDC_ACR", ""))
OIDC_AMR = _names(os.environ.get("KENTONGAN_OIDC_AMR", ""))
if OIDC_ISSUER:
    _issuer = urlsplit(OIDC_ISSUER)
    if _issuer.scheme != "https" and _issuer.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise ImproperlyConfigured("KENTONGAN_OIDC_ISSUER: alamat penyedia harus https://.")
    if not (OIDC_CLIENT_ID and OIDC_CLIENT_SECRET):
        raise ImproperlyConfigured("KENTONGAN_OIDC_CLIENT_ID dan KENTONGAN_OIDC_CLIENT_SECRET_FILE wajib diisi.")
    if OIDC_MATCH_CLAIM not in ("", "email", "preferred_username"):
        raise ImproperlyConfigured("KENTONGAN_OIDC_MATCH_CLAIM: pakai email, preferred_username, atau kosongkan.")
SOCIALACCOUNT_ADAPTER = "kentongan.web.accounts.OutsideEntrance"
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # who is who is decided in kentongan.agencies.identities
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = (
    outside_provider(OIDC_ISSUER, OIDC_NAME, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_ACR) if OIDC_ISSUER else {}
)

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_SECURE
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
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
        "form-action": [SELF, *([f"{_issuer.scheme}://{_issuer.netloc}"] if OIDC_ISSUER else [])],
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

HOME_STATE = os.environ.get("KENTONGAN_HOME_STATE", "ID")  # the state of this installation; every other one is foreign
HOME_AGENCY = os.environ.get(
    "KENTONGAN_HOME_AGENCY", ""
)  # whose overseer records assessments; empty: any of this state
SEARCH_KEY_MONTHS = _count("KENTONGAN_SEARCH_KEY_MONTHS", os.environ.get("KENTONGAN_SEARCH_KEY_MONTHS", "12"), "bulan")
TRAIL_KEYS = Path(os.environ.get("KENTONGAN_TRAIL_KEYS", HOME / "keys"))
VAULT_KEYS = Path(os.environ.get("KENTONGAN_VAULT_KEYS", HOME / "keys"))
NODE_NAME = os.environ.get("KENTONGAN_NODE_NAME", "")  # named in every signed head; empty: the name of the machine

NEWS_FEEDS = [f for f in os.environ.get("KENTONGAN_NEWS_FEEDS", "").split(",") if f]  # off by default
NINJA_PAGINATION_MAX_LIMIT = 1000  # rows of one page of the API
RETENTION_YEARS = _count(
    "KENTONGAN_RETENTION_YEARS", os.environ.get("KENTONGAN_RETENTION_YEARS", "5"), "tahun"
)  # our own default; no law read settles it

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("KENTONGAN_LOG_LEVEL", "WARNING")},
}
