"""Who acts when a command is typed: an officer by name, or the system within one agency's view."""

from datetime import datetime
from difflib import get_close_matches

from django.utils.translation import gettext as _

from kentongan.agencies.models import Agency, Officer
from kentongan.agreements.access import actor_for, system_actor
from kentongan.agreements.facts import Actor
from kentongan.agreements.rules import PURPOSES
from kentongan.kit.errors import KentonganError


class NobodyActs(KentonganError):
    """The command does not say, or says wrongly, for whom it acts."""

    code = "intake.nobody_acts"


def command_actor(*, user: str | None, agency: str | None, purpose: str, at: datetime) -> Actor:
    """Return the officer who types the command, or the system acting for the agency; NobodyActs says what is missing."""
    if purpose not in PURPOSES:
        raise NobodyActs(
            _("Tujuan “%(purpose)s” tidak dikenal. Pilih salah satu: %(known)s.")
            % {"purpose": purpose, "known": ", ".join(PURPOSES)}
        )
    if user:
        actor = actor_for(_officer(user), purpose=purpose, at=at)
        if agency and agency != actor.agency:
            raise NobodyActs(
                _("Petugas %(user)s bertugas di %(own)s, bukan di %(agency)s.")
                % {"user": user, "own": actor.agency, "agency": agency}
            )
        return actor
    if agency:
        return system_actor(_agency(agency), name="command", purpose=purpose, at=at)
    raise NobodyActs(_("Menyimpan memerlukan pemilik. Tambahkan --user NAMA_PENGGUNA atau --agency ID_INSTANSI."))


def _officer(username: str) -> Officer:
    officer = Officer.objects.filter(username=username).first()
    if officer is None:
        raise NobodyActs(_("Tidak ada petugas bernama pengguna “%(user)s”. Periksa ejaannya.") % {"user": username})
    return officer


def _agency(pk: str) -> Agency:
    agency = Agency.objects.filter(pk=pk).first()
    if agency is not None:
        return agency
    near = get_close_matches(pk, Agency.objects.values_list("pk", flat=True), n=3, cutoff=0.5)
    hint = _(" Mungkin maksud Anda: %(near)s.") % {"near": ", ".join(near)} if near else ""
    raise NobodyActs(_("Instansi “%(agency)s” tidak ada di daftar.") % {"agency": pk} + hint)
