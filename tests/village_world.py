"""A partner village with a visit, and a run of the index with a sheet and an objection; how each group reads in a second version."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from kentongan.agencies.models import Officer
from kentongan.programme.models import PartnerOfficer, PartnerVillage, Visit
from kentongan.vulnerability import index_arrays
from kentongan.vulnerability.factor_models import Factor
from kentongan.vulnerability.index_models import IndexRun, Objection, RunArray, VillageSheet, Weighting
from kentongan.vulnerability.index_rules import breaks
from kentongan.vulnerability.index_telling import told_of
from kentongan.vulnerability.queries import level_in_run

from .changes import Change, each, hang, update

NOW = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
VILLAGES = (5, 6, 7)
SILAWAN, TULAKADI, SERANG = 5, 6, 11
SOMEBODY = "officer:0190aaaa-0000-7000-8000-00000000000a"


def village_rows(common: dict[str, Any], rows: dict[str, Any], *, officer: Officer, mark: str = "") -> dict[str, Any]:
    """Write a partner village, a visit to it, a run of the index, the village's sheet and its objection; return them by name."""
    author = officer.ref
    told = {"changed_by": author, "changed_at": NOW - timedelta(days=1)}
    stands = PartnerVillage.objects.filter(
        owner=common["owner_id"], place=common["place_id"], status="designated"
    ).exists()
    partner = PartnerVillage.objects.create(
        **common, status="ended" if stands else "designated", partner_to=date(2026, 3, 1) if stands else None,
        changed_why="berakhir" if stands else "", decree_number="SK/1/2025", decree_on=date(2025, 1, 2), partner_from=date(2025, 1, 2),
        criteria=["land_border"], programmes=["desa_bersinar"], source="Kabar Uji", source_on=date(2025, 1, 3), **told,
    )  # fmt: skip
    PartnerOfficer.objects.create(
        village=partner, officer=officer, served_from=date(2025, 1, 2), assigned_at=NOW, assigned_by=author
    )
    visit = Visit.objects.create(
        **common, village=partner, state="done", planned_on=date(2026, 2, 9), done_on=date(2026, 2, 10), officer=officer,
        why="menanyakan keberangkatan", met=[["village_head", 1]], topics=["reporting"], heads=12, notes="Catatan kunjungan",
        planned_by=author, planned_at=NOW - timedelta(days=30), **told,
    )  # fmt: skip
    index_run = _run(common, author)
    level = level_in_run(index_run, _place(common["place_id"]))
    assert level is not None
    sheet = VillageSheet.objects.create(
        **common, run=index_run, index="tppo", as_of=index_run.as_of, told_at=NOW - timedelta(days=1), told_by_id=common["owner_id"],
        level=level.level, content=told_of(level, is_held_back=False),
    )  # fmt: skip
    objection = Objection.objects.create(
        **common, sheet=sheet, index="tppo", text="Jaraknya keliru", about="border_distance", state="answered", objected_by=author,
        objected_at=NOW - timedelta(days=1), answer="Sudah diperiksa", outcome="kept", answered_by=author,
        answered_for_id=common["owner_id"], answered_at=NOW,
    )  # fmt: skip
    return {
        "partnervillage": partner,
        "visit": visit,
        "indexrun": index_run,
        "villagesheet": sheet,
        "objection": objection,
    }


def _place(key: int) -> Any:
    from kentongan.places.models import Place

    return Place.objects.get(pk=key)


def _run(common: dict[str, Any], author: str) -> IndexRun:
    owner = common["owner_id"]
    Factor.objects.get_or_create(
        code="border_distance",
        defaults={
            "label": "Jarak ke garis batas", "unit": "km", "dimension": "exposure", "origin": "computed", "is_of_people": False,
            "created_at": NOW,
        },
    )  # fmt: skip
    weighting, _new = Weighting.objects.get_or_create(
        owner_id=owner, index="tppo", number=1,
        defaults={
            "weights": {"border_distance": 1.0}, "concentration": 50.0, "why": "uji", "state": "approved", "proposed_by": "officer:1",
            "proposed_at": NOW, "approved_by": "officer:2", "approved_at": NOW, "approved_by_second": "officer:3",
            "approved_second_at": NOW,
        },
    )  # fmt: skip
    run = IndexRun.objects.create(
        **{**common, "place_id": None}, index="tppo", as_of=date(2026, 2, 28), weighting=weighting, state="done", requested_by=author,
        requested_at=NOW - timedelta(days=1), finished_at=NOW - timedelta(days=1), villages=len(VILLAGES), digest="a" * 64,
        parameters={
            "draws": 100, "concentration": 50.0, "breaks": breaks(), "method": "uji", "version": "uji", "left_out": [],
            "equal_values": [], "compared_with": "", "top": {"k": 1, "confidence": 0.95, "is_bounded": True},
            "factors": [{
                "code": "border_distance", "version": "1", "dimension": "exposure", "direction": -1, "transformation": "log", "share": 1.0,
                "is_counted": False, "is_rate": False, "is_smoothed": False, "label": "Jarak ke garis batas", "unit": "km",
                "source": "gazeter", "as_of": "2026-02-28", "known": 3, "is_of_people": False,
            }],
        },
    )  # fmt: skip
    RunArray.objects.bulk_create(index_arrays.packed_rows(run, _arrays(np.array([71.0, 43.0, 22.0]))))
    return run


def _arrays(score: Any) -> dict[str, Any]:
    order = np.argsort(np.argsort(-score)) + 1
    interval = np.column_stack((np.maximum(order - 1, 1), np.minimum(order + 1, len(score))))
    return {
        "places": np.array(VILLAGES, dtype=np.uint32),
        "lat": np.array([-8.9915, -9.02, -9.03]),
        "lon": np.array([124.9314, 124.95, 124.92]),
        "score": score.astype(np.float32),
        "rank": order.astype(np.uint32),
        "position": order.astype(np.uint32),
        "interval80": interval.astype(np.uint32),
        "interval95": interval.astype(np.uint32),
        "dimensions": np.tile(score[:, None], 3).astype(np.float32),
        "known_share": np.ones(len(score), dtype=np.float32),
        "contributions": score[:, None].astype(np.float32),
        "values": (100.0 - score)[:, None],
        "top": order == 1,
        "ladder": np.sort(np.tile(score, (100, 1)), axis=1).astype(np.float32),
        "smoothed": np.zeros((len(score), 0, 2)),
    }


def _another_result(rows: dict[str, Any]) -> None:
    """Let the run have come out otherwise; what was read of it before is no longer at hand."""
    run = rows["indexrun"]
    update(
        "indexrun",
        parameters={**run.parameters, "draws": 7},
        counted_under=[["lain", "lain"]],
        duration_s=99.0,
        digest="z" * 64,
    )(rows)
    assert RunArray.objects.filter(run=run).delete()[0] > 0
    RunArray.objects.bulk_create(index_arrays.packed_rows(run, _arrays(np.array([12.0, 64.0, 95.0]))))
    index_arrays._read.cache_clear()
    sheet = rows["villagesheet"]
    update("villagesheet", level=1, content={**sheet.content, "score": 3.0, "level": 1, "label": "lain", "rank": 3})(
        rows
    )


VILLAGE_CHANGES: dict[tuple[str, str], Change] = {
    ("vulnerability", "result"): _another_result,
    ("vulnerability", "place"): each(update("villagesheet", place=SERANG), update("objection", place=SERANG)),
    ("vulnerability", "objection"): update("objection", text="Rahasia", about="", answer="Lain", outcome="corrected"),
    ("vulnerability", "source"): each(
        update("indexrun", requested_by=SOMEBODY), update("objection", objected_by=SOMEBODY, answered_by=SOMEBODY)
    ),
    ("programme", "place"): each(update("partnervillage", place=SERANG), update("visit", place=SERANG)),
    ("programme", "designation"): update("partnervillage", decree_number="Rahasia", decree_on=date(2024, 1, 9), criteria=["worker_origin"], programmes=[],
                                         source="Lain", source_on=date(2024, 1, 9), doubt="lain"),
    ("programme", "content"): update("visit", met=[["youth_leader", 9]], topics=["passport"], heads=99),
    ("programme", "notes"): each(update("visit", notes="Rahasia", why="lain", changed_at=NOW - timedelta(days=9)),
                                 update("partnervillage", changed_why="lain", changed_at=NOW - timedelta(days=9))),
    ("programme", "source"): each(update("visit", planned_by=SOMEBODY, changed_by=SOMEBODY, officer=None), update("partnervillage", changed_by=SOMEBODY),
                                  hang(PartnerOfficer, "partnervillage", "village", served_from=date(2024, 1, 1), assigned_by=SOMEBODY)),
}  # fmt: skip
"""How a group of fields, with what hangs on it, reads in the second version."""

VILLAGE_WITHIN_THE_BLUR: dict[tuple[str, str], Change] = {
    ("vulnerability", "place"): each(update("villagesheet", place=TULAKADI), update("objection", place=TULAKADI)),
    ("programme", "place"): each(update("partnervillage", place=TULAKADI), update("visit", place=TULAKADI)),
}

VILLAGE_QUERIES: dict[str, tuple[dict[str, str], ...]] = {
    "index_list": ({"indeks": "tppo"}, {"indeks": "tppo", "wilayah": "53.04"}, {"indeks": "tppm"}, {"page": "2"}),
    "village_level": ({"indeks": "tppo"},),
    "index_csv": ({"indeks": "tppo"}, {"indeks": "tppo", "wilayah": "53.04"}),
    "vulnerability_map": ({"indeks": "tppo"}, {"indeks": "tppo", "wilayah": "53.04"}, {"indeks": "tppo", "jalan": "{indexrun}"}),
    "map_vulnerability": ({"indeks": "tppo"}, {"indeks": "tppo", "kotak": "124,-10,126,-8", "z": "10"}),
    "map_vulnerability_export": ({"indeks": "tppo"},),
    "weighting_list": ({"indeks": "tppo"},),
    "programme_measure": ({},),
}  # fmt: skip

VILLAGE_SENT: dict[str, dict[str, str]] = {
    "visit_cancel": {"version": "1", "why": "Alasan yang ditulis lengkap"},
    "objection_answer": {"version": "1", "outcome": "kept", "answer": "Sudah kami periksa"},
    "objection_make": {"text": "Tidak benar", "about": ""},
}
