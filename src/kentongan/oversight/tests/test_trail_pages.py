"""The overseer's pages: who sees which rows, what they tell, what they never tell."""

import json
import re

import pytest
from django.urls import reverse

from kentongan.agencies.models import Agency
from kentongan.agreements.access import NotVisible, fetch
from kentongan.alerts.models import Alert
from kentongan.audit import sealing
from kentongan.audit.catalogue import Trail
from kentongan.audit.models import TrailRow, TreeHead
from kentongan.audit.proofs import check, proof_of
from kentongan.events.models import Event
from kentongan.oversight import queries

TITLE = "Perekrutan di Silawan"


@pytest.fixture
def overseer(actor_of):
    return actor_of("kanim-atambua", role="overseer", parent="kanwil-im-ntt")


def subjects(actor, now) -> list[str]:
    return list(queries.trail_for(actor, at=now).order_by("pk").values_list("subject", flat=True))


def test_an_overseer_reads_the_deeds_of_the_own_agency(overseer, actor_of, look, now):
    look(actor_of("kanim-atambua"), "event:1", at=now)
    look(actor_of("polres-belu", kind="police"), "event:2", at=now)

    assert subjects(overseer, now) == ["event:1"]


def test_an_overseer_reads_the_deeds_of_the_agencies_below(actor_of, look, now):
    below = actor_of("kanim-atambua", parent="kanwil-im-ntt")
    look(below, "event:1", at=now)

    assert subjects(actor_of("kanwil-im-ntt", role="overseer"), now) == ["event:1"]


def test_an_overseer_does_not_read_the_deeds_of_the_agency_above(overseer, actor_of, look, now):
    look(actor_of("kanwil-im-ntt"), "event:1", at=now)

    assert subjects(overseer, now) == []


def test_an_overseer_reads_what_others_did_with_the_own_agencys_records(overseer, actor_of, event_of, look, now):
    ours, theirs = event_of(), event_of("polres-belu")
    police = actor_of("polres-belu", kind="police")
    look(police, ours.ref, at=now)
    look(police, theirs.ref, at=now)

    assert subjects(overseer, now) == [ours.ref]


def test_a_sign_in_of_an_own_officer_off_duty_is_in_reach(overseer, officer_of, look, now):
    class Nobody:
        ref, agency, purpose = "visitor:unknown", "", ""

    ours, theirs = officer_of("kanim-atambua"), officer_of("polres-belu")
    look(Nobody(), ours.ref, at=now, event=Trail.SIGN_IN_REFUSED)
    look(Nobody(), theirs.ref, at=now, event=Trail.SIGN_IN_REFUSED)

    assert subjects(overseer, now) == [ours.ref]


@pytest.mark.parametrize("subject", ["event:", "event:no-uuid", "event:'--", "", "heads", "event:" + "f" * 300])
def test_a_reference_that_is_none_stops_no_page(overseer, actor_of, look, now, subject):
    look(actor_of("kanim-atambua"), subject[:120], at=now)

    assert len(subjects(overseer, now)) == 1


@pytest.fixture
def foreign(actor_of):
    return actor_of("pntl-bobonaro", role="overseer", kind="foreign_police", country="TL")


def test_a_foreign_overseer_meets_no_row_about_a_protected_record(foreign, actor_of, event_of, look, now):
    officer = actor_of("pntl-bobonaro", role="liaison", kind="foreign_police", country="TL")
    hidden = event_of(handling="protected", origins=["TL"])
    own = event_of("pntl-bobonaro", handling="protected", origins=["XX"])
    look(officer, hidden.ref, at=now)
    look(officer, own.ref, at=now)
    look(officer, event_of("pntl-bobonaro").ref, at=now)

    assert not {hidden.ref, own.ref} & set(subjects(foreign, now))
    assert len(subjects(foreign, now)) == 1


def test_a_foreign_overseer_cannot_tell_a_refused_record_from_an_absent_one(foreign, actor_of, event_of, now):
    officer = actor_of("pntl-bobonaro", role="analyst", kind="foreign_police", country="TL")
    for pk in (event_of(handling="protected", origins=[]).pk, event_of().pk, "0190aaaa-0000-7000-8000-000000000000"):
        with pytest.raises(Exception, match="tidak terbuka"):
            fetch(Event, pk, officer, at=now)

    assert TrailRow.objects.filter(event=Trail.ACCESS_REFUSED).count() == 3
    assert subjects(foreign, now) == []


def test_a_foreign_overseer_meets_no_row_about_an_alert_on_a_protected_event(
    foreign, actor_of, event_of, carried, look, now
):
    due = dict.fromkeys(("raised_at", "acknowledge_by", "verify_by", "decide_by"), now)
    told = {"title": "x", "message": "x", "matter": "crime", "raised_by": "officer:1", "addressee_id": "pntl-bobonaro"}
    event = event_of()
    alert = Alert.objects.create(**carried("kanim-atambua"), **due, **told, event=event)
    look(actor_of("pntl-bobonaro", kind="foreign_police", country="TL"), alert.ref, at=now)
    assert subjects(foreign, now) == [alert.ref]

    Event.objects.filter(pk=event.pk).update(handling="protected")

    assert subjects(foreign, now) == []


def test_why_a_record_was_refused_is_told_to_whoever_looks_after_it_and_to_nobody_else(
    overseer, actor_of, event_of, now
):
    police, above = (
        actor_of("polres-belu", role="analyst", kind="police"), actor_of("polres-belu", role="overseer", kind="police")
    )  # fmt: skip
    for pk in (event_of().pk, "0190aaaa-0000-7000-8000-000000000000"):
        with pytest.raises(NotVisible):
            fetch(Event, pk, police, at=now)

    ours, theirs = (queries.told_all(queries.trail_for(one, at=now), one, at=now) for one in (overseer, above))

    assert [one.reasons for one in ours] == [
        ("bukan milik sendiri atau bawahannya, dan tidak dibuka klausul yang berlaku atau pembukaan",)
    ]
    assert [(one.reasons, one.facts, one.is_whole) for one in theirs] == [((), (), False)] * 2


@pytest.mark.parametrize("word", ["absent", "neither", "clause:", "clause:no-uuid", '"'])
def test_reasons_are_not_searched_by_any_word(word, overseer, actor_of, look, now):
    look(actor_of("kanim-atambua"), "event:1", at=now, reasons=["absent", "neither owner", "allowed by clause:no-uuid"])

    assert not queries.narrowed(queries.trail_for(overseer, at=now), queries.Wanted(clause=word)).exists()


def test_a_foreign_overseer_reads_others_looks_without_reasons(foreign, actor_of, event_of, look, now):
    ours = event_of("pntl-bobonaro")
    look(actor_of("kanim-atambua"), ours.ref, at=now, reasons=["allowed by nobody"], facts={"beside": "event:9"})

    (told,) = queries.told_all(queries.trail_for(foreign, at=now), foreign, at=now)

    assert (told.reasons, told.facts, told.why, told.is_whole) == ((), (), "", False)


def test_an_officer_outside_reach_stays_without_a_name(overseer, actor_of, event_of, look, now):
    police = actor_of("polres-belu", kind="police")
    look(police, event_of().ref, at=now)

    (told,) = queries.told_all(queries.trail_for(overseer, at=now), overseer, at=now)

    assert told.who.startswith("petugas …")
    assert told.who_ref == police.ref


@pytest.mark.parametrize(
    "role",
    [
        "reporter", "village_official", "post_officer", "analyst", "case_officer", "protection_officer", "social_worker",
        "un_officer", "coordinator", "leader", "liaison", "administrator",
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["trail_list", "trail_heads", "trail_heads_export", "trail_export", "use_list"])
def test_nobody_else_comes_in(signed_in, role, name):
    assert signed_in(role=role).get(reverse(name)).status_code == 403


def test_the_page_names_the_record_and_never_its_title(signed_in, actor_of, event_of, look, now):
    event = event_of()
    look(actor_of("kanim-atambua"), event.ref, at=now)

    page = signed_in().get(reverse("trail_list")).content.decode()

    assert f"Kejadian …{str(event.pk)[-6:]}" in page
    assert TITLE not in page


def test_each_view_of_the_trail_is_a_row_of_the_trail(signed_in, actor_of, look, now):
    look(actor_of("kanim-atambua"), "event:1", at=now)
    window = signed_in()

    window.get(reverse("trail_list"), {"purpose": "prevention"})
    row = TrailRow.objects.get(event=Trail.TRAIL_VIEWED)
    window.get(reverse("trail_row", args=[row.pk]))

    assert row.facts["filters"] == {"purpose": "prevention"}
    assert TrailRow.objects.filter(event=Trail.TRAIL_VIEWED, subject=f"trailrow:{row.pk}").exists()


def test_filters_narrow(overseer, actor_of, look, now):
    analyst = actor_of("kanim-atambua")
    other = actor_of("kanim-atambua", role="leader", purpose="coordination")
    clause = "clause:0190aaaa-0000-7000-8000-000000000001"
    look(analyst, "event:1", at=now, clause=clause)
    look(other, "event:2", at=now, event=Trail.RECORDS_SEARCHED)
    rows = queries.trail_for(overseer, at=now)

    def found(**wanted) -> list[str]:
        return [row.subject for row in queries.narrowed(rows, queries.Wanted(**wanted))]

    assert found(clause=clause) == ["event:1"]
    assert found(officer=analyst.ref) == ["event:1"]
    assert found(officer="leader-kanim-atambua") == ["event:2"]
    assert found(event=Trail.RECORDS_SEARCHED.value) == ["event:2"]
    assert found(purpose="coordination") == ["event:2"]
    assert found(subject="event:1", agency="kanim-atambua") == ["event:1"]
    assert found(first=now.date(), last=now.date()) == ["event:1", "event:2"]
    assert found(last=now.date().replace(day=1)) == []


def test_pages_by_key_meet_every_row_once_forward_and_back(overseer, actor_of, look, now, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 4)
    analyst = actor_of("kanim-atambua")
    for number in range(10):
        look(analyst, f"event:{number}", at=now)
    rows = queries.trail_for(overseer, at=now)
    seen, back, before = [], [], None
    while True:
        page = queries.page_of(rows, before=before)
        seen += [row.subject for row in page.rows]
        if page.older is None:
            break
        before = page.older
    after = page.newer
    while after is not None:
        page = queries.page_of(rows, after=after)
        back = [row.subject for row in page.rows] + back
        after = page.newer

    assert seen == [f"event:{number}" for number in range(9, -1, -1)]
    assert back == seen[: len(back)]
    assert len(back) == 8


def test_the_number_of_queries_does_not_grow_with_rows(
    signed_in, actor_of, event_of, look, now, django_assert_max_num_queries
):
    window = signed_in()
    analyst = actor_of("kanim-atambua")
    for _number in range(40):
        look(analyst, event_of().ref, at=now)
    window.get(reverse("trail_list"))

    with django_assert_max_num_queries(25):
        assert window.get(reverse("trail_list")).status_code == 200


def test_a_row_is_proved_on_its_page_and_in_a_file(signed_in, actor_of, look, now, settings, tmp_path):
    settings.HOME = tmp_path
    look(actor_of("kanim-atambua"), "event:1", at=now)
    row = TrailRow.objects.get()
    sealing.seal_all(clock=lambda: now)
    window = signed_in()

    page = window.get(reverse("trail_row", args=[row.pk])).content.decode()
    answer = window.get(reverse("trail_proof", args=[row.pk]))
    proof = proof_of(answer.content.decode())

    assert "Bukti berlaku." in page
    assert proof.vkey in page.replace("&#x2F;", "/").replace("&#x3D;", "=")
    assert check(proof).row["subject"] == "event:1"
    assert answer["Content-Disposition"] == f'attachment; filename="bukti-{row.pk}.json"'
    assert TrailRow.objects.filter(event=Trail.ROW_PROVED, subject=f"trailrow:{row.pk}").count() == 1


def test_a_row_that_waits_for_its_seal_says_so(signed_in, actor_of, look, now, settings, tmp_path):
    settings.HOME = tmp_path
    look(actor_of("kanim-atambua"), "event:1", at=now)
    window, row = signed_in(), TrailRow.objects.get(subject="event:1")

    assert "belum disegel" in window.get(reverse("trail_row", args=[row.pk])).content.decode()
    assert window.get(reverse("trail_proof", args=[row.pk])).status_code == 409


def bare(answer, pk: int) -> str:
    """Return a page without its token and its own address, which differ between any two."""
    page = re.sub(r'(csrfmiddlewaretoken" value=)"[^"]*"', r"\1", answer.content.decode())
    return page.replace(f"/{pk}/", "/…/")


def test_a_row_out_of_reach_and_one_that_is_not_there_look_the_same(signed_in, actor_of, look, now):
    look(actor_of("polres-belu", kind="police"), "event:1", at=now)
    window, row = signed_in(), TrailRow.objects.get(subject="event:1")

    for name in ("trail_row", "trail_proof"):
        refused = window.get(reverse(name, args=[row.pk]))
        absent = window.get(reverse(name, args=[10**9]))
        assert (refused.status_code, absent.status_code) == (404, 404)
        assert bare(refused, row.pk) == bare(absent, 10**9)


def test_heads_are_shown_and_handed_out(signed_in, actor_of, look, now, settings, tmp_path):
    settings.HOME = tmp_path
    look(actor_of("kanim-atambua"), "event:1", at=now)
    sealing.seal_all(clock=lambda: now)
    window = signed_in()

    page = window.get(reverse("trail_heads")).content.decode()
    file = window.get(reverse("trail_heads_export"))

    assert bytes(TreeHead.objects.get().root).hex()[:16] in page
    assert file.content.decode() == TreeHead.objects.get().note
    assert TrailRow.objects.get(event=Trail.HEADS_EXPORTED).facts == {"heads": 1}


@pytest.mark.parametrize("asked", ["abc", "-1", "9" * 30])
def test_a_key_that_is_none_is_a_bad_request(signed_in, asked):
    assert signed_in().get(reverse("trail_list"), {"before": asked}).status_code == 400


def test_facts_of_a_row_are_plain_words(overseer, actor_of, look, now):
    look(actor_of("kanim-atambua"), "", at=now, facts={"found": 0, "terms": ["a", "b"], "of": {"x": 1}})

    (told,) = queries.told_all(queries.trail_for(overseer, at=now), overseer, at=now)

    assert json.dumps(told.facts) == '[["found", "0"], ["of", "x: 1"], ["terms", "a, b"]]'
    assert Agency.objects.get(pk="kanim-atambua").name == told.agency


@pytest.mark.parametrize(
    "asked",
    ["?first=0001-01-01", "?last=9999-12-31", "?before=%C2%B2", "kejanggalan/?last=0001-01-01"],
)
def test_what_no_calendar_and_no_page_has_is_said_and_is_no_fault_of_ours(asked, signed_in):
    assert signed_in().get(f"/pengawasan/{asked}").status_code in (200, 400)


@pytest.mark.parametrize("officer", ["Nama Seseorang", "", "officer:1", f"officer:{'0' * 200}"])
def test_the_rows_behind_a_hint_are_asked_for_by_reference_and_no_other_word_comes_into_the_trail(officer, signed_in):
    asked = {"officer": officer, "agency": "kanim-atambua"}

    assert signed_in().get(reverse("use_detail", args=["refusals"]), asked).status_code == 404
    assert not TrailRow.objects.filter(event=Trail.USE_REVIEWED).exists()


def test_the_rows_behind_a_hint_are_shown_by_the_officers_reference(signed_in, officer_of):
    asked = {"officer": officer_of("kanim-atambua").ref, "agency": "kanim-atambua"}

    assert signed_in().get(reverse("use_detail", args=["refusals"]), asked).status_code == 200


@pytest.mark.parametrize(
    ("table", "row", "page", "status"),
    [
        (
            "retention.csv",
            "category,years,treatment,origin,since\nreports,x,anonymise,ours,2026-01-01",
            "retention",
            200,
        ),
        ("anomalies.csv", "hint,threshold\nrefusals,x", "use_list", 409),
    ],
)
def test_an_own_table_that_is_wrong_is_said_on_its_page(table, row, page, status, signed_in, settings, tmp_path):
    settings.HOME = tmp_path
    (tmp_path / table).write_text(row, encoding="utf-8")

    answer = signed_in().get(reverse(page))

    assert answer.status_code == status
    assert "tidak dapat dipakai" in answer.content.decode()
