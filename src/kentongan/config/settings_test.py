"""Settings of the tests: a throw-away home, quick password hashing, plain static files."""

import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("KENTONGAN_HOME", tempfile.mkdtemp(prefix="kentongan-test-"))
os.environ.setdefault("KENTONGAN_SECRET_KEY", "only-for-tests")
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(sys.prefix) / "numba"))  # compiled once, not for every home

from .settings import *  # noqa: F403 - Django reads settings as names of this module
from .settings import STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
MFA_OPTIONAL_ROLES = frozenset({"*"})  # tests of the second factor ask for it; the others sign in with a password
