"""The pages of a plan and of the programme's measure, as officers meet them."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from kentongan.agencies.models import Agency
from kentongan.programme.models import Visit
from kentongan.programme.planning_models import Plan
from kentongan.programme.planning_views import MONTHS_AHEAD
from kentongan.programme.rules import month_of

from .conftest import OFFICE, SILAWAN, TULAKADI
from .planning_world import make_run, make_villages

LIST, NEW, MEASURE = "/program/rencana/", "/program/rencana/baru/", "/program/ukuran/"


@pytest.fixture
def index(analyst, now):
    Agency.objects.filter(pk=OFFICE).update(seat=3)
    scores = {SILAWAN: 90.0, TULAKADI: 60.0} | dict.fromkeys(make_villages(3), 20.0)
    return make_run(OFFICE, scores, at=now, as_of=date(2026, 3, 1), doubt=1)


@pytest.fixture
def asked():
    following = month_of(timezone.localdate()).following
    return {"month": following.code, "index": "tppm", "hours": "30", "designations": "1", "origin": ""}


@pytest.fixture
def plan(index, analyst, sign_in, asked):
    sign_in(analyst).post(NEW, asked)
    return Plan.objects.get()


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_an_officer_computes_edits_and_proposes_and_the_leader_approves(
    plan, analyst, actor_of, officer_behind, sign_in
):
    client, address = sign_in(analyst), reverse("plan_detail", args=[plan.pk])
    page = text_of(client.get(address))
    assert "Silawan" in page
    assert "Yang tetap tidak tersentuh" in page
    assert "petugas belum ditentukan" in page
    assert "asumsi Kentongan" in page

    for line in plan.lines.all():
        plan.refresh_from_db()
        client.post(
            reverse("plan_line", args=[line.pk]),
            {"version": plan.version, "visits": 1, "officer": officer_behind(analyst).pk, "why": "dibagi rata"},
        )
    plan.refresh_from_db()
    assert "dibagi rata" in text_of(client.get(address))
    client.post(reverse("plan_propose", args=[plan.pk]), {"version": plan.version})
    plan.refresh_from_db()
    assert plan.state == Plan.State.PROPOSED
    assert "Setujui rencana" not in text_of(client.get(address))

    client = sign_in(actor_of(OFFICE, role="leader"))
    assert "Setujui rencana" in text_of(client.get(address))
    client.post(reverse("plan_approve", args=[plan.pk]), {"version": plan.version})
    plan.refresh_from_db()
    assert plan.state == Plan.State.APPROVED
    assert Visit.objects.filter(state="planned").count() == plan.lines.count()
    assert reverse("programme_month", args=[month_of(plan.month).code]) in text_of(client.get(address))


def test_the_list_offers_this_month_and_the_next_and_asks_where_the_seat_is_unknown(index, analyst, sign_in, asked):
    client = sign_in(analyst)
    assert text_of(client.get(LIST)).count("<option") >= MONTHS_AHEAD

    Agency.objects.filter(pk=OFFICE).update(seat=None)
    Agency.objects.get(pk=OFFICE).competences.create(matter="foreigners").roots.add(3)
    refused = client.post(NEW, asked)
    assert refused.status_code == 422
    assert "Isi kode tempat berangkatnya" in text_of(refused)
    assert "tidak dikenal: 99.99" in text_of(client.post(NEW, asked | {"origin": "99.99"}))
    assert client.post(NEW, asked | {"origin": "53.04"}).status_code == 302


def test_what_cannot_be_planned_is_said_on_the_form(index, analyst, sign_in, asked):
    client = sign_in(analyst)

    assert "minta perhitungannya" in text_of(client.post(NEW, asked | {"index": "tppo"}))
    assert client.post(NEW, asked | {"hours": "-3"}).status_code == 422
    assert client.post(NEW, asked | {"month": "1999-01"}).status_code == 422
    client.post(NEW, asked)
    assert "sudah mempunyai rencana" in text_of(client.post(NEW, asked))


def test_a_line_needs_its_reason_and_says_so_beside_itself(plan, analyst, sign_in):
    line = plan.lines.first()

    answer = sign_in(analyst).post(reverse("plan_line", args=[line.pk]), {"version": 1, "visits": 2, "why": ""})

    assert answer.status_code == 422
    assert "<details open>" in text_of(answer)
    line.refresh_from_db()
    assert line.edited_why == ""


def test_an_older_page_does_not_overwrite(plan, analyst, sign_in):
    client, line = sign_in(analyst), plan.lines.first()
    told = {"version": 1, "visits": 1, "why": "satu dahulu"}
    client.post(reverse("plan_line", args=[line.pk]), told)

    answer = client.post(reverse("plan_line", args=[line.pk]), told | {"why": "dua"}, follow=True)

    assert "Petugas lain sudah mengubahnya" in text_of(answer)
    line.refresh_from_db()
    assert line.edited_why == "satu dahulu"


def test_what_is_said_of_the_best_plan_is_said_of_the_computed_one_and_never_too_much(plan, analyst, sign_in):
    Plan.objects.filter(pk=plan.pk).update(value=99.6, upper_bound=100.0)

    page = text_of(sign_in(analyst).get(reverse("plan_detail", args=[plan.pk])))

    assert "Rencana seperti yang dihitung sedikitnya 99 % dari rencana terbaik" in page


def test_the_hours_of_a_plan_rest_on_its_own_assumptions(plan, analyst, sign_in):
    plan.lines.all().delete()
    plan.lines.create(
        place_id=SILAWAN,
        position=1,
        visits=0,
        is_designation=True,
        computed_visits=0,
        computed_designation=True,
        hours=5,
    )
    Plan.objects.filter(pk=plan.pk).update(assumptions=plan.assumptions | {"designation_hours": 17})

    page = text_of(sign_in(analyst).get(reverse("plan_detail", args=[plan.pk])))

    assert "1 usulan penetapan, 17 dari 30 jam" in page


def test_a_plan_is_withdrawn_with_a_reason(plan, analyst, sign_in):
    client, address = sign_in(analyst), reverse("plan_withdraw", args=[plan.pk])

    assert client.post(address, {"version": 1, "why": ""}).status_code == 422
    client.post(address, {"version": 1, "why": "kapal rusak"})

    assert "kapal rusak" in text_of(client.get(reverse("plan_detail", args=[plan.pk])))


def test_roles_that_do_not_see_every_village_see_no_plan(plan, headman, actor_of, sign_in):
    address = reverse("plan_detail", args=[plan.pk])
    client = sign_in(headman)
    assert LIST not in text_of(client.get("/program/"))
    assert (client.get(LIST).status_code, client.get(address).status_code) == (403, 404)
    assert client.get(MEASURE).status_code == 403

    client = sign_in(actor_of(OFFICE, role="case_officer"))
    assert LIST in text_of(client.get("/program/"))
    assert client.get(address).status_code == 200
    assert "Ubah baris ini" not in text_of(client.get(address))
    assert client.post(reverse("plan_propose", args=[plan.pk]), {"version": 1}).status_code == 403


def test_an_analyst_cannot_approve_by_posting(plan, analyst, officer_behind, sign_in):
    client = sign_in(analyst)
    plan.lines.update(officer=officer_behind(analyst))
    client.post(reverse("plan_propose", args=[plan.pk]), {"version": 1})

    assert client.post(reverse("plan_approve", args=[plan.pk]), {"version": 2}).status_code == 403
    assert not Visit.objects.exists()


def test_the_measure_says_plainly_that_nothing_can_be_compared_yet(index, analyst, sign_in):
    client = sign_in(analyst)

    assert "Belum ada yang dapat dibandingkan" in text_of(client.get(MEASURE))
    assert client.get(MEASURE, {"index": "lain"}).status_code == 422
