"""What stands in the way of a draft: every fault, by the field that has it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from django.utils.translation import gettext as _

from kentongan.agencies.models import Agency
from kentongan.places.models import Place
from kentongan.vocabulary.models import Kind

from .bodies import Hierarchy
from .drafts import ClauseDraft, InstrumentDraft
from .facts import BLURRED, FULL, PSEUDONYM, RELEASES, Side
from .fields import FieldGroup, field_groups
from .models import Clause, ConditionMet, Instrument, InstrumentParty
from .parties import party_of
from .registry import category_of, kinds_of, protected_models
from .rules import CLOSED_KINDS, PURPOSES, VAULT

Faults = dict[str, list[str]]

LEAST_CELL = 5
"""R16: towards partners, counts of persons below this are never shown."""

LONGEST_RETENTION_DAYS = 36_500
COUNTED_ONLY = "statistics"
"""The category that is nothing but counts."""


def giveable() -> frozenset[str]:
    """Return the categories of which a clause may release rows."""
    return frozenset(field_groups()) - VAULT


def countable() -> frozenset[str]:
    """Return the categories of which a clause may release counts."""
    return giveable() | {COUNTED_ONLY}


def faults_of_clause(draft: ClauseDraft, parties: Collection[InstrumentParty], *, on: date) -> Faults:
    """Return every fault of a clause of an instrument with these parties; empty when it can be approved."""
    faults: Faults = defaultdict(list)
    hierarchy = Hierarchy(on)
    _judge_sides(draft, parties, hierarchy, faults)
    _judge_releases(draft, faults)
    _judge_purposes(draft, faults)
    _judge_territory(draft, faults)
    _judge_kinds(draft, faults)
    _judge_limits(draft, faults)
    _judge_crossing(draft, hierarchy, faults)
    _judge_closed_receiver(draft, faults)
    return dict(faults)


def faults_of_instrument(draft: InstrumentDraft, *, on: date) -> Faults:
    """Return every fault of an instrument's own data."""
    faults: Faults = defaultdict(list)
    if draft.kind not in Instrument.Kind.values:
        faults["kind"].append(_("Jenis instrumen ini tidak dikenal. Pilih salah satu dari daftar."))
    if not draft.title.strip():
        faults["title"].append(_("Tuliskan judul instrumen, seperti tertulis pada naskahnya."))
    if draft.signed_on and draft.signed_on > on:
        faults["signed_on"].append(_("Tanggal penandatanganan belum tiba. Catat instrumennya sesudah ditandatangani."))
    if draft.in_force_to and not draft.in_force_from:
        faults["in_force_from"].append(
            _("Instrumen ini berakhir tetapi tidak pernah mulai. Isi sejak kapan ia berlaku.")
        )
    if draft.in_force_from and draft.in_force_to and draft.in_force_to <= draft.in_force_from:
        faults["in_force_to"].append(_("Berakhir sebelum berlaku. Periksa kedua tanggalnya."))
    return dict(faults)


def faults_of_parties(parties: Collection[Side]) -> list[str]:
    """Return what is wrong with the parties of an instrument."""
    if not parties:
        return [_("Sebutkan sedikitnya satu pihak: tanpa pihak tidak ada yang memberi dan tidak ada yang menerima.")]
    unknown = {p.agency for p in parties if p.agency} - set(
        Agency.objects.filter(pk__in=[p.agency for p in parties]).values_list("pk", flat=True)
    )
    states = {p.state for p in parties if not p.agency} - states_with_agencies()
    return [_("Pihak %(who)s tidak dikenal.") % {"who": who or "–"} for who in sorted(unknown | states)]


def states_with_agencies() -> frozenset[str]:
    """Return the states that an instrument may name as a party: those whose agencies are known."""
    return frozenset(Agency.objects.exclude(country="XX").values_list("country", flat=True))


def _judge_sides(
    draft: ClauseDraft, parties: Collection[InstrumentParty], hierarchy: Hierarchy, faults: Faults
) -> None:
    sides = (("giver", draft.giver), ("receiver", draft.receiver))
    for name, side in sides:
        if not side.agency and not side.state:
            faults[name].append(_("Sebutkan siapa. Tanpa nama, klausul ini tidak membuka apa pun bagi siapa pun."))
        elif side.agency and side.state:
            faults[name].append(_("Pilih instansi atau negara, bukan keduanya."))
        elif party_of(side, parties, hierarchy) is None:
            faults[name].append(
                _("Bukan pihak instrumen ini dan tidak berada di bawah salah satu pihaknya. Tambahkan pihaknya dahulu.")
            )
    if draft.giver.agency and Agency.objects.filter(pk=draft.giver.agency, is_forum=True).exists():
        faults["giver"].append(_("Forum tidak memiliki data sendiri. Sebutkan instansi anggotanya sebagai pemberi."))
    if draft.giver == draft.receiver and (draft.giver.agency or draft.giver.state):
        faults["receiver"].append(_("Pemberi dan penerima sama. Pilih penerima yang lain."))


def _judge_releases(draft: ClauseDraft, faults: Faults) -> None:
    is_counts_only = draft.precision == Clause.Precision.AGGREGATE
    if not draft.releases:
        faults["releases"].append(_("Pilih sedikitnya satu jenis catatan yang dibagikan."))
    for category, groups in draft.releases.items():
        if category not in (countable() if is_counts_only else giveable()):
            faults["releases"].append(
                _("Kategori %(category)s tidak dapat dibagikan dengan klausul.") % {"category": category}
            )
        elif is_counts_only and groups:
            faults["releases"].append(
                _("Ketelitian “hanya jumlah” tidak membuka isi catatan. Kosongkan pilihan per kelompok isian.")
            )
        else:
            faults["releases"] += _faults_of_groups(category, groups.items())
    if not faults["releases"]:
        del faults["releases"]


def _faults_of_groups(category: str, groups: Iterable[tuple[str, str]]) -> list[str]:
    found = []
    known = field_groups().get(category, {})
    for name, release in groups:
        group = known.get(name)
        if group is None:
            found.append(
                _("Kelompok isian %(group)s tidak ada pada %(category)s.") % {"group": name, "category": category}
            )
        elif release not in RELEASES or not may_release(group, release):
            found.append(
                _("“%(group)s” tidak dapat dibagikan dengan cara %(release)s.")
                % {"group": group.label, "release": release}
            )
    return found


def may_release(group: FieldGroup, release: str) -> bool:
    """Return whether a group of fields can be released in that way."""
    return {FULL: True, BLURRED: group.may_blur, PSEUDONYM: group.may_be_pseudonym}[release]


def _judge_purposes(draft: ClauseDraft, faults: Faults) -> None:
    if not draft.purposes:
        faults["purposes"].append(_("Pilih sedikitnya satu tujuan: data hanya terbuka untuk tujuan yang disebut."))
    for unknown in sorted(draft.purposes - set(PURPOSES)):
        faults["purposes"].append(_("Tujuan %(purpose)s tidak dikenal.") % {"purpose": unknown})


def _judge_territory(draft: ClauseDraft, faults: Faults) -> None:
    if draft.is_everywhere and draft.roots:
        faults["roots"].append(_("Pilih semua wilayah atau sebutkan wilayahnya, bukan keduanya."))
    if not draft.is_everywhere and not draft.roots:
        faults["roots"].append(_("Sebutkan wilayahnya, atau nyatakan bahwa klausul ini berlaku di semua wilayah."))
    known = set(Place.objects.filter(pk__in=draft.roots | draft.exceptions).values_list("pk", flat=True))
    for name, places in (("roots", draft.roots), ("exceptions", draft.exceptions)):
        if places - known:
            faults[name].append(_("Ada wilayah yang tidak dikenal. Pilih dari gazeter."))


def _judge_kinds(draft: ClauseDraft, faults: Faults) -> None:
    known = dict(Kind.objects.filter(pk__in=draft.kinds).values_list("pk", "is_protected"))
    for unknown in sorted(draft.kinds - set(known)):
        faults["kinds"].append(_("Jenis kejadian %(kind)s tidak dikenal.") % {"kind": unknown})
    for code in sorted(code for code, is_protected in known.items() if is_protected):
        faults["kinds"].append(
            _("Jenis %(kind)s terlindung: catatannya tidak pernah meninggalkan pemiliknya.") % {"kind": code}
        )
    without = set(draft.releases) - categories_with_kinds() - {COUNTED_ONLY}
    if draft.kinds and without:
        faults["kinds"].append(
            _(
                "%(categories)s tidak mempunyai jenis kejadian, jadi tidak akan terbagi. Buat klausul tersendiri untuknya."
            )
            % {"categories": ", ".join(sorted(without))}
        )


def categories_with_kinds() -> frozenset[str]:
    """Return the categories whose rows are of kinds of the vocabulary."""
    return frozenset(category_of(model) for model in protected_models() if kinds_of(model))


def _judge_limits(draft: ClauseDraft, faults: Faults) -> None:
    if draft.precision not in Clause.Precision.values:
        faults["precision"].append(_("Ketelitian ini tidak dikenal. Pilih salah satu dari daftar."))
    if draft.onward not in Clause.Onward.values:
        faults["onward"].append(_("Aturan penerusan ini tidak dikenal. Pilih salah satu dari daftar."))
    if draft.min_cell < LEAST_CELL:
        faults["min_cell"].append(
            _("Jumlah orang di bawah %(least)d tidak boleh ditunjukkan kepada mitra.") % {"least": LEAST_CELL}
        )
    if draft.retention_days is not None and not 1 <= draft.retention_days <= LONGEST_RETENTION_DAYS:
        faults["retention_days"].append(_("Masa simpan dihitung dalam hari, sedikitnya satu."))
    for unknown in sorted(draft.conditions - set(ConditionMet.Condition.values)):
        faults["conditions"].append(_("Syarat %(condition)s tidak dikenal.") % {"condition": unknown})


def _judge_crossing(draft: ClauseDraft, hierarchy: Hierarchy, faults: Faults) -> None:
    if draft.transfer_basis not in Clause.TransferBasis.values:
        faults["transfer_basis"].append(_("Dasar pengiriman ini tidak dikenal. Pilih salah satu dari daftar."))
    states = {_state_of(side, hierarchy) for side in (draft.giver, draft.receiver)} - {""}
    if len(states) > 1 and not draft.transfer_basis:
        faults["transfer_basis"].append(
            _("Pemberi dan penerima berada di negara yang berbeda. Sebutkan dasarnya menurut UU 27/2022 Pasal 56.")
        )
    if len(states) == 1 and draft.transfer_basis:
        faults["transfer_basis"].append(_("Kedua pihak berada di negara yang sama. Kosongkan dasar pengiriman."))


def _state_of(side: Side, hierarchy: Hierarchy) -> str:
    return hierarchy.body_of(side.agency).state if side.agency else side.state


def _judge_closed_receiver(draft: ClauseDraft, faults: Faults) -> None:
    kind = Agency.objects.filter(pk=draft.receiver.agency).values_list("kind", flat=True).first()
    is_counts_only = draft.precision == Clause.Precision.AGGREGATE
    if kind in CLOSED_KINDS and not is_counts_only and set(draft.releases) - {"alerts"}:
        faults["receiver"].append(
            _("Instansi militer dan intelijen hanya menerima jumlah dan peringatan. Pilih “hanya jumlah”.")
        )
