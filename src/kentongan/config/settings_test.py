"""Settings of the tests: a throw-away home, quick password hashing, plain static files."""

import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("KENTONGAN_HOME", tempfile.mkdtemp(prefix="kentongan-test-"))
os.environ.setdefault("KENTONGAN_SECRET_KEY", "only-for-tests")
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(sys.prefix) / "numba"))  # compiled once, not for every home

from .settings import *  # noqa: F403 - Django reads settings as names of this module
from .settings import DATABASES, HOME, STORAGES

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in use: rivals wait for each other there, and in memory they do not. What the tests leave need not last.
    DATABASES["default"]["TEST"] = {"NAME": str(HOME / "tests.sqlite3")}
    OPTIONS = DATABASES["default"]["OPTIONS"]
    OPTIONS["init_command"] = OPTIONS["init_command"].replace("synchronous=FULL", "synchronous=OFF")
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
MFA_OPTIONAL_ROLES = frozenset({"*"})  # tests of the second factor ask for it; the others sign in with a password
