"""Every page and every operation of the API works with rows that are shared in part, however little of them is shared."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from kentongan.agencies.models import Officer
from kentongan.agencies.staff import issue_token
from kentongan.agreements import access
from kentongan.agreements.fields import field_groups
from kentongan.kit.ids import new_id

from .sharing import AT, clause_between, event_of, sign_in

SECRET = "Perekrut di pasar lama menawarkan kerja"


@pytest.fixture
def rows(gazetteer_rows, kinds, agency_of, officer_of):
    """One row of each category of Kanim Atambua, with telling words in it, and an analyst of the police."""
    agency_of("kanim-atambua")
    officer_of("polres-belu", kind="police")
    common = {
        "owner_id": "kanim-atambua",
        "place_id": 5,
        "handling": "restricted",
        "purpose": "prevention",
        "legal_basis": "UU 6/2011",
        "retain_until": date(2031, 1, 1),
    }
    report = apps.get_model("intake", "Report").objects.create(
        **common, channel="paste", checksum="a", original_checksum="b", title=SECRET, text=SECRET, source=SECRET,
        received_at=AT, received_by=f"officer:{new_id()}",
    )  # fmt: skip
    watch = apps.get_model("watch", "Watch").objects.create(owner_id="kanim-atambua", name="Pemantauan", created_at=AT)
    finding = apps.get_model("watch", "Finding").objects.create(
        **common, watch=watch, type="cluster", stream="trafficking", level="village", window_from=date(2026, 2, 1),
        window_to=date(2026, 3, 1), first_as_of=date(2026, 3, 1), last_as_of=date(2026, 3, 1), observed=7, expected=1.5,
        p_value=0.01, recurrence_days=700, outcome_why=SECRET, weeks=[["2026-02-16", 3, 0.5]],
    )  # fmt: skip
    apps.get_model("watch", "FindingMember").objects.create(finding=finding, place_id=5, observed=7, is_centre=True)
    alert = apps.get_model("alerts", "Alert").objects.create(
        **common, finding=finding, addressee_id="kanim-atambua", matter="crime", title=SECRET, message=SECRET,
        raised_at=AT, raised_by=f"officer:{new_id()}", acknowledge_by=AT, verify_by=AT, decide_by=AT,
    )  # fmt: skip
    event = event_of("kanim-atambua", persons=12)
    apps.get_model("events", "Event").objects.filter(pk=event.pk).update(title=SECRET)
    return {"reports": report, "events": event, "findings": finding, "alerts": alert}


ADDRESSES = {"reports": "laporan", "events": "kejadian", "findings": "temuan", "alerts": "peringatan"}
TELLING = {"reports": {"text", "source"}, "events": {"title"}, "findings": {"outcome"}, "alerts": {"message"}}


@pytest.mark.parametrize("category", ADDRESSES)
@pytest.mark.parametrize("how", ["least", "most", "blurred"])
def test_pages_and_api_work_and_tell_only_what_is_shared(rows, client, category, how):
    groups = {
        name: "blurred" if how == "blurred" and group.may_blur else "full"
        for name, group in field_groups()[category].items()
        if how == "most" or (how == "blurred" and name not in TELLING[category])
    }
    clause = clause_between("kanim-atambua", "polres-belu", {category: groups})
    officer = Officer.objects.get(username="analyst-polres-belu")
    sign_in(client, officer)
    key = _key(officer)

    pages = [
        client.get("/"),
        client.get("/wilayah/53.04.02.2001/"),
        client.get(f"/{ADDRESSES[category]}/"),
        client.get(f"/{ADDRESSES[category]}/{rows[category].pk}/"),
        client.get(f"/api/v1/{category}", headers=key),
        client.get(f"/api/v1/{category}/{rows[category].pk}", headers=key),
        *(client.get(f"/api/v1/{category}/geojson", headers=key) for _ in range(category in ("events", "findings"))),
    ]

    assert [page.status_code for page in pages] == [200] * len(pages)
    assert any(SECRET in page.content.decode() for page in pages) == (how == "most")
    listed, one = pages[4].json()["items"], pages[5].json()
    assert [row["release"] for row in listed] == [one["release"]]
    always = {name: "full" for name, group in field_groups()[category].items() if group.is_always_released}
    assert one["release"] == {"groups": always | groups, "clauses": [clause.ref]}
    assert (
        one["place"] == {"least": None, "blurred": "53.04.02", "most": "53.04.02.2001"}[how] if "place" in one else True
    )
    if how != "most" and category != "alerts":
        assert "Silawan" not in pages[3].content.decode()


def _key(officer):
    at = timezone.now()
    by = access.actor_for(officer, purpose="prevention", at=at)
    made = issue_token(
        officer=officer, name="uji", purpose="prevention", expires_at=at + timedelta(days=1), by=by, at=at
    )
    return {"authorization": f"Bearer {made.secret}"}
