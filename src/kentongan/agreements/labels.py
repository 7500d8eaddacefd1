"""Words on the screen for the codes of instruments and clauses."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STATUSES: dict[str, str | Promise] = {
    "draft": _("tanggal berlaku belum diketahui"),
    "not_yet": _("belum berlaku"),
    "in_force": _("berlaku"),
    "held": _("terhenti oleh induknya"),
    "suspended": _("ditangguhkan"),
    "withdrawn": _("dicabut"),
    "ended": _("berakhir"),
}
STATUS_CHIPS = {
    "draft": "proposed",
    "not_yet": "proposed",
    "in_force": "done",
    "held": "overdue",
    "suspended": "overdue",
    "withdrawn": "closed",
    "ended": "closed",
}
COMING: dict[str, str | Promise] = {
    "suspended": _("akan ditangguhkan mulai %(day)s"),
    "resumed": _("akan diberlakukan lagi mulai %(day)s"),
    "withdrawn": _("akan dicabut mulai %(day)s"),
}
"""What was announced for a later day."""
CLAUSE_STATUSES: dict[str, str | Promise] = {
    "draft": pgettext_lazy("klausul", "draf"),
    "in_force": pgettext_lazy("klausul", "berlaku"),
    "waiting": pgettext_lazy("klausul", "disetujui, instrumennya tidak berlaku"),
    "ended": pgettext_lazy("klausul", "diakhiri"),
}
CLAUSE_CHIPS = {"draft": "proposed", "in_force": "done", "waiting": "overdue", "ended": "closed"}
RELEASES: dict[str, str | Promise] = {
    "": _("tidak dibagikan"),
    "blurred": _("dikaburkan"),
    "pseudonym": _("nama samaran"),
    "full": _("utuh"),
}
"""In the order of the columns of a clause's form."""
HINDRANCES: dict[str, str | Promise] = {
    "not_in_force": _("Instrumennya, atau yang di atasnya, tidak berlaku pada hari itu."),
    "role": _("Peran itu tidak membaca jenis catatan ini."),
    "category": _("Klausul ini tidak membagikan isi jenis catatan ini."),
    "purpose": _("Klausul ini tidak untuk tujuan itu."),
    "receiver": _("Instansi itu tidak berada di sisi penerima."),
    "giver": _("Pemilik catatan ini tidak berada di sisi pemberi."),
    "crossing": _("Klausul ini tidak menyebut dasar pengiriman ke negara lain."),
    "territory": _("Tempatnya di luar wilayah klausul, atau belum diketahui."),
    "kind": _("Jenis kejadiannya tidak disebut klausul."),
    "condition": _("Persetujuan atau penetapan yang disyaratkan belum ada untuk catatan ini."),
    "onward": _("Catatan ini diterima dari pihak lain yang tidak mengizinkan penerusan."),
    "protected": _("Catatan tentang pengungsi dan pencari suaka tidak pernah meninggalkan pemiliknya."),
    "vault": _("Jenis catatan ini hanya terbuka bagi pemiliknya."),
    "closed": _("Instansi militer dan intelijen hanya menerima jumlah dan peringatan."),
}
"""What keeps a clause from opening a record, in the words of its trial."""
