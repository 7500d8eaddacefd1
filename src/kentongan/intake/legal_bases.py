"""The legal basis that a purpose stands on by default: our own choice, dated, in data/legal_bases.csv."""

from collections.abc import Mapping
from functools import cache

from django.utils.translation import gettext as _

from kentongan.kit.errors import KentonganError
from kentongan.kit.shipped_tables import table_entries


class UnknownPurpose(KentonganError):
    """No legal basis is on file for the purpose that the officer stated."""

    code = "intake.unknown_purpose"


def legal_basis_for(purpose: str) -> str:
    """Return the legal basis of a purpose; UnknownPurpose where the table has none."""
    try:
        return _bases()[purpose]
    except KeyError:
        raise UnknownPurpose(
            _("Tujuan “%(purpose)s” tidak mempunyai dasar hukum di daftar. Pilih tujuan lain sebelum mengirim laporan.")
            % {"purpose": purpose}
        ) from None


@cache
def _bases() -> Mapping[str, str]:
    rows = table_entries(
        "kentongan.intake",
        "data/legal_bases.csv",
        lambda line: (line.required("purpose"), line.required("legal_basis")),
    )
    return dict(rows)
