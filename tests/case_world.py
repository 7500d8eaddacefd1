"""A case and a referral with what hangs on them, and how each of their groups of fields reads in a second version."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from kentongan.agreements.models import ImpactAssessment
from kentongan.cases.models import (
    BestInterest,
    Case,
    CaseAgency,
    CaseClassification,
    CaseEvent,
    CaseMilestone,
    CaseNote,
    CaseObject,
    CasePerson,
    CaseStep,
    CaseTask,
    HandOver,
    OffenceElement,
    Referral,
    ReferralStep,
    RoleChange,
)
from kentongan.linkage.models import CandidateLink, LinkageRun

from .changes import Change, each, hang, update

NOW = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
TULAKADI, SERANG = 6, 11
ABSENT = "0190aaaa-0000-7000-8000-00000000000a"
SOMEBODY = "officer:0190aaaa-0000-7000-8000-00000000000a"


def assessed() -> None:
    """The module with people in it is switched on."""
    ImpactAssessment.objects.get_or_create(
        module="cases",
        defaults={
            "title": "Penilaian uji", "document_name": "uji.pdf", "document_checksum": "a" * 64, "assessed_on": date(2026, 1, 1),
            "approved_by": "Pejabat", "recorded_by": "officer:1", "recorded_at": NOW - timedelta(days=9),
        },
    )  # fmt: skip


def case_rows(
    common: dict[str, Any], rows: dict[str, Any], *, author: str, partner: str, mark: str = ""
) -> dict[str, Any]:
    """Write a case on the alert and the event, which the partner supports, and a referral to it; return both by name."""
    assessed()
    owner, told = common["owner_id"], {"by": author, "agency": common["owner_id"], "at": NOW}
    case = Case.objects.create(
        **common, number=f"PKR/{owner}/2026/0001{mark}", title="Judul perkara", summary="Isi perkara", alert=rows["alert"],
        event=rows["event"], state="waiting", awaited_body="Kejaksaan", waiting_since=NOW - timedelta(days=1), has_child_victims=False,
        opened_at=NOW - timedelta(days=1), opened_by=author, result="prevented", result_why="dicegah di dermaga",
    )  # fmt: skip
    CaseStep.objects.create(case=case, state="waiting", note="menunggu petunjuk", **told)
    CaseEvent.objects.create(case=case, event=rows["similar"], added_at=NOW, added_by=author, why="modus yang sama")
    CaseAgency.objects.create(
        case=case, agency_id=partner, groups=["kind", "title"], why="pelindungan", joined_at=NOW, joined_by=author
    )
    CaseTask.objects.create(
        case=case, giver_id=owner, agency_id=partner, what="Jemput pekerja", given_at=NOW, given_by=author
    )
    CaseNote.objects.create(case=case, agency_id=owner, text="Catatan bersama", is_shared=True, at=NOW, by=author)
    CaseMilestone.objects.create(
        case=case, code="LI", on=date(2026, 3, 2), document="LI/1", note="dari dermaga", agency=owner, recorded_at=NOW, recorded_by=author
    )  # fmt: skip
    alleged = CaseClassification.objects.create(
        case=case, offence_id="TPPO", act_on=date(2026, 3, 1), why="direkrut dengan janji", agency=owner, alleged_by=author, alleged_at=NOW
    )  # fmt: skip
    OffenceElement.objects.create(classification=alleged, element="act", form="RECRUIT", why="direkrut")
    person = CasePerson.objects.create(
        case=case, role="victim", first_role="victim", mark="A", age="adult", purpose="investigation", legal_basis="UU 21/2007",
        added_at=NOW, added_by=author,
    )  # fmt: skip
    RoleChange.objects.create(
        person=person, from_role="witness", to_role="victim", reason="keterangan baru", state="done", agency=owner, asked_at=NOW, asked_by=author
    )  # fmt: skip
    BestInterest.objects.create(
        person=person, considered="Pertimbangan", childs_view="Pendapat", guardian="parent", **told
    )
    thing = CaseObject.objects.create(
        case=case, what="Perahu", quantity=1, unit="buah", holder_id=owner, taken_at=NOW, taken_where="dermaga", recorded_at=NOW,
        recorded_by=author,
    )  # fmt: skip
    HandOver.objects.create(
        object=thing, giver_id=owner, receiver_id=partner, where="kantor", at=NOW, quantity=1, condition="utuh", document="BA/1",
        recorded_at=NOW, recorded_by=author, agency=owner,
    )  # fmt: skip
    alike = CaseObject.objects.create(
        case=case, what="Perahu itu lagi", quantity=1, unit="buah", holder_id=owner, taken_at=NOW, taken_where="dermaga", recorded_at=NOW,
        recorded_by=author,
    )  # fmt: skip
    run = LinkageRun.objects.create(
        agency_id=owner, purpose="investigation", legal_basis="UU 21/2007", reason="perahu yang sama", at=NOW, by=author, role="case_officer",
        persons=0, things=2, found=1, weights_as_of=date(2026, 1, 1), weights_source="uji", retain_until=date(2031, 1, 1),
    )  # fmt: skip
    link = CandidateLink.objects.create(
        agency_id=owner, run=run, kind="thing", left=min(thing.pk, alike.pk), right=max(thing.pk, alike.pk), probability=0.9,
        agreements=[["number", "shared", 19.8]], state="accepted", decided_at=NOW, decided_by=author, decided_why="nomor lambung sama",
    )  # fmt: skip
    referral = Referral.objects.create(
        **common, number=f"RJK/{owner}/2026/0001{mark}", case=case, person=person, subject="Korban A", age="adult", receiver_id=partner,
        service="shelter", needs="Tempat tinggal sementara", scope=["kind"], consent_by="vital", vital_why="luka berat", sent_at=NOW,
        sent_by=author, answer_by=NOW + timedelta(hours=24), state="done", outcome="diantar pulang",
    )  # fmt: skip
    ReferralStep.objects.create(referral=referral, state="done", note="diantar pulang", **told)
    return {"case": case, "referral": referral, "person": person, "thing": thing, "allegation": alleged, "link": link}


def _another_origin(rows: dict[str, Any]) -> None:
    Case._base_manager.filter(pk=rows["case"].pk).update(alert=None, event=rows["similar"])
    CaseEvent.objects.filter(case=rows["case"]).update(event=rows["absorbed"])


CASE_CHANGES: dict[tuple[str, str], Change] = {
    ("cases", "title"): update("case", title="Rahasia", summary="Lain", awaited_body="Lain", waiting_since=NOW - timedelta(days=9)),
    ("cases", "place"): update("case", place=SERANG),
    ("cases", "origin"): each(_another_origin, hang(CaseEvent, "case", "case", why="lain")),
    ("cases", "milestones"): hang(CaseMilestone, "case", "case", code="SPDP", on=date(2026, 1, 9), document="lain", note="lain"),
    ("cases", "assessment"): each(update("case", has_child_victims=True), hang(CaseClassification, "case", "case", offence="TPPM", why="lain"),
                                  hang(OffenceElement, "case", "classification__case", form="FORCE", why="lain")),
    ("cases", "persons"): hang(CasePerson, "case", "case", role="witness", first_role="witness", mark="Z", age="child", legal_basis="lain"),
    ("cases", "objects"): each(hang(CaseObject, "case", "case", what="Lain", quantity=99, unit="kg", condition="lain", taken_where="lain"),
                               hang(HandOver, "case", "object__case", where="lain", condition="lain", document="lain")),
    ("cases", "team"): hang(CaseAgency, "case", "case", groups=["kind"], joined_at=NOW - timedelta(days=9), why="lain"),
    ("cases", "outcome"): update("case", result="unfounded", result_why="lain"),
    ("cases", "source"): each(
        update("case", opened_by=SOMEBODY),
        hang(CaseEvent, "case", "case", added_by=SOMEBODY, why="lain"), hang(CaseMilestone, "case", "case", recorded_by=SOMEBODY),
        hang(CaseClassification, "case", "case", alleged_by=SOMEBODY), hang(CasePerson, "case", "case", added_by=SOMEBODY),
        hang(CaseObject, "case", "case", recorded_by=SOMEBODY), hang(CaseAgency, "case", "case", joined_by=SOMEBODY, why="lain"),
    ),
    ("referrals", "subject"): update("referral", subject="Korban Z", age="child"),
    ("referrals", "needs"): update("referral", needs="Lain"),
    ("referrals", "place"): update("referral", place=SERANG),
    ("referrals", "outcome"): each(update("referral", outcome="lain"), hang(ReferralStep, "referral", "referral", note="lain", by=SOMEBODY)),
    ("referrals", "source"): each(update("referral", sent_by=SOMEBODY), hang(ReferralStep, "referral", "referral", by=SOMEBODY)),
}  # fmt: skip
"""How a group of fields, with what hangs on it, reads in the second version."""

CASE_WITHIN_THE_BLUR: dict[tuple[str, str], Change] = {
    ("cases", "place"): update("case", place=TULAKADI),
    ("referrals", "place"): update("referral", place=TULAKADI),
}

CASE_NEVER_RELEASED: Change = each(
    hang(CaseTask, "case", "case", what="lain"),
    hang(CaseNote, "case", "case", text="lain"),
    hang(CaseStep, "case", "case", note="lain", by=SOMEBODY),
    hang(RoleChange, "person", "person", reason="lain"),
    hang(BestInterest, "person", "person", considered="lain", childs_view="lain"),
    update("referral", vital_why="lain"),
    update("link", probability=0.6, agreements=[["words", "same", 1.0]], decided_why="lain", decided_by=SOMEBODY),
)
"""What no clause releases: the workspaces, why a role was changed, what is best for a child, why help did not wait, what an agency links."""

CASE_QUERIES: dict[str, tuple[dict[str, str], ...]] = {
    "case_list": ({"side": "lead"}, {"side": "support"}, {"state": "waiting"}, {"page": "2"}),
    "case_new": ({"alert": "{alert}"}, {"event": "{event}"}),
    "task_list": ({"state": "open"}, {"overdue": "on"}, {"given": "on"}),
    "referral_list": ({"side": "to"}, {"side": "from"}, {"state": "done"}, {"overdue": "on"}),
    "link_list": ({"state": "accepted"}, {"page": "2"}),
    "api:list_cases": ({"state": "waiting"}, {"limit": "1"}),
    "api:list_referrals": ({"state": "done"}, {"limit": "1"}),
}  # fmt: skip

WHY = {"version": "1", "why": "Alasan yang ditulis lengkap"}
CASE_SENT: dict[str, dict[str, str]] = {
    "case_move": WHY | {"to": "working"},
    "case_close": WHY | {"result": "prevented"},
    "case_event_add": WHY | {"event": "{similar}"},
    "case_note": {"text": "Catatan"},
    "case_task_give": {"what": "Periksa", "agency": "bp3mi-kupang"},
    "case_milestone_record": {"code": "SPDP", "on": "2026-03-03", "document": "SPDP/1"},
    "case_persons_add": {"role": "victim", "number": "1", "legal_basis": "UU 21/2007", "age": "adult"},
    "case_object_record": {"what": "Perahu", "quantity": "1", "unit": "buah", "holder": "bp3mi-kupang", "taken_at": "2026-03-03T08:00", "taken_where": "dermaga"},
    "referral_answer": WHY | {"to": "accepted", "note": "Diterima"},
    "referral_revoke": WHY,
    "linkage_run": {"reason": "mencari perahu yang sama", "legal_basis": "UU 21/2007"},
    "link_decide": {"revision": ABSENT, "to": "proposed", "why": "ternyata dua perahu"},
}  # fmt: skip
