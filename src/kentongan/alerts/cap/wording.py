"""What is wrong with a CAP file, said to whoever sent it: the element, what stands there, what is expected."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kentongan.intake.drafts import DraftRefused, Fault

from .reading import CapFault

SENTENCES: dict[str, str | Promise] = {
    "no_content": gettext_lazy("berkas ini kosong"),
    "too_long": gettext_lazy("berkas ini %(found)s bita, paling banyak %(expected)s"),
    "not_xml": gettext_lazy("bukan XML yang dapat dibaca (%(found)s)"),
    "doctype": gettext_lazy("memuat DOCTYPE atau entitas; CAP tidak memerlukannya dan itu tidak dibaca di sini"),
    "not_cap_12": gettext_lazy("unsur paling luar adalah %(found)s; seharusnya %(expected)s"),
    "missing": gettext_lazy("tidak ada, padahal wajib"),
    "repeated": gettext_lazy("ditulis lagi, padahal hanya boleh sekali"),
    "unknown": gettext_lazy("tidak dikenal di tempat ini; yang dikenal: %(expected)s"),
    "out_of_order": gettext_lazy("tidak pada urutannya: tempatnya sesudah %(expected)s"),
    "not_first": gettext_lazy("tidak pada urutannya: tempatnya paling depan"),
    "stray_text": gettext_lazy("memuat tulisan di antara unsurnya"),
    "elements_inside": gettext_lazy("memuat unsur %(found)s, padahal hanya boleh tulisan"),
    "attribute": gettext_lazy("memuat atribut %(found)s, padahal CAP tidak memakai atribut"),
    "empty": gettext_lazy("kosong"),
    "forbidden_sign": gettext_lazy("berisi “%(found)s”; tanpa spasi, koma, < dan &"),
    "not_one_of": gettext_lazy("berisi “%(found)s”; seharusnya salah satu dari: %(expected)s"),
    "not_an_instant": gettext_lazy(
        "berisi “%(found)s”; seharusnya waktu dengan selisih zona, seperti %(expected)s, tanpa Z"
    ),
    "not_a_language": gettext_lazy("berisi “%(found)s”; seharusnya kode bahasa, seperti %(expected)s"),
    "not_a_uri": gettext_lazy("berisi “%(found)s”; seharusnya alamat lengkap, seperti %(expected)s"),
    "not_a_number": gettext_lazy("berisi “%(found)s”; seharusnya angka, seperti %(expected)s"),
    "not_a_polygon": gettext_lazy("berisi “%(found)s”; seharusnya pasangan lintang,bujur, seperti %(expected)s"),
    "not_closed": gettext_lazy(
        "paling sedikit empat titik, yang terakhir sama dengan yang pertama, seperti %(expected)s"
    ),
    "not_a_circle": gettext_lazy(
        "berisi “%(found)s”; seharusnya titik dan jari-jari dalam kilometer, seperti %(expected)s"
    ),
    "not_a_list": gettext_lazy("berisi “%(found)s”; seharusnya daftar seperti %(expected)s"),
    "not_a_reference": gettext_lazy("berisi “%(found)s”; tiap rujukan seperti %(expected)s"),
    "needed_when_restricted": gettext_lazy("tidak ada, padahal wajib bila scope adalah Restricted"),
    "needed_when_private": gettext_lazy("tidak ada, padahal wajib bila scope adalah Private"),
    "needed_to_follow": gettext_lazy("tidak ada, padahal wajib bila msgType adalah Update, Cancel, Ack atau Error"),
    "needed_for_ceiling": gettext_lazy("tidak ada, padahal wajib bila ada ceiling"),
    "schema": gettext_lazy("ditolak oleh skema OASIS: %(found)s"),
    "draft": "%(found)s",
    "not_for_use": gettext_lazy("berisi “%(found)s”: rancangan dan pesan teknis tidak diterima sebagai laporan"),
    "ours": gettext_lazy(
        "%(found)s adalah pengirim di simpul ini: pesan kita sendiri tidak masuk sebagai laporan dari luar"
    ),
    "used_for_other": gettext_lazy("%(found)s sudah pernah diterima dari pengirim itu dengan isi lain"),
    "too_long_name": gettext_lazy("terlalu panjang: paling banyak %(expected)s tanda"),
}
"""A sentence for each code; the name of the element stands before it."""


class CapRefused(DraftRefused):
    """A CAP file was refused whole; `faults` names every element that is wrong."""

    code = "alerts.cap_refused"

    def __init__(self, faults: tuple[CapFault, ...]) -> None:
        super().__init__(tuple(Fault(fault.path, fault.code, sentence(fault)) for fault in faults))


def sentence(fault: CapFault) -> str:
    """Return what is wrong with an element, with the line of the file where that is known."""
    said = str(SENTENCES[fault.code]) % {"found": fault.found, "expected": fault.expected}
    if fault.line:
        return _("%(element)s (baris %(line)s): %(what)s.") % {"element": fault.path, "line": fault.line, "what": said}
    return _("%(element)s: %(what)s.") % {"element": fault.path, "what": said}
