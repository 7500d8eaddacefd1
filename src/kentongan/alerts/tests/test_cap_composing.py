"""Our alerts as CAP: which message each step makes, what it refers to, and what never stands in a file."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import translation

from kentongan.agencies.labels import MATTERS
from kentongan.agreements.access import actor_for, fetch
from kentongan.agreements.tests.sharing import clause_between
from kentongan.alerts import actions
from kentongan.alerts.actions import MayNotBePublic
from kentongan.alerts.cap.areas import area_of
from kentongan.alerts.cap.composing import alert_named, is_ours, latest_of, messages_of
from kentongan.alerts.cap.reading import read
from kentongan.alerts.cap.values import Circle, Point
from kentongan.alerts.cap.words import LANGUAGES, levels, phrases
from kentongan.alerts.cap.writing import written
from kentongan.alerts.models import Alert
from kentongan.audit.models import TrailRow
from kentongan.places.models import Place, PlaceCode
from kentongan.watch.models import Finding

GOLDEN = Path(__file__).parent / "cap_golden.xml"


@pytest.fixture
def at_desk(raise_to_desk, belu, now):
    """Raise an alert and lead it on: `at_desk("acknowledge", "verify")`."""

    def make(*steps, outcome="true", **more):
        alert = raise_to_desk(**more)
        for hours, step in enumerate(steps, start=1):
            at, version = now + timedelta(hours=hours), Alert.objects.get(pk=alert.pk).version
            said = {
                "acknowledge": {"note": "Kami periksa."},
                "verify": {"note": "Saksi Melati membenarkan."},
                "close": {"outcome": outcome, "why": "Menurut saksi Melati."},
            }[step]
            getattr(actions, step)(alert=alert, version=version, by=belu, at=at, **said)
        return Alert.objects.get(pk=alert.pk)

    return make


def told(alert):
    return [(one.step, one.message.msg_type) for one in messages_of(alert)]


@pytest.mark.parametrize(
    ("steps", "outcome", "expected"),
    [
        ([], "", ["Alert"]),
        (["acknowledge"], "", ["Alert", "Ack"]),
        (["acknowledge", "verify"], "", ["Alert", "Ack", "Update"]),
        (["acknowledge", "verify", "close"], "true", ["Alert", "Ack", "Update", "Update"]),
        (["acknowledge", "verify", "close"], "false", ["Alert", "Ack", "Update", "Cancel"]),
        (["acknowledge", "verify", "close"], "benign", ["Alert", "Ack", "Update", "Cancel"]),
        (["close"], "duplicate", ["Alert", "Cancel"]),
        (["acknowledge", "close"], "handed_over", ["Alert", "Ack", "Update"]),
    ],
)
def test_each_step_makes_the_message_that_it_is(at_desk, steps, outcome, expected):
    alert = at_desk(*steps, outcome=outcome)

    assert [msg_type for _step, msg_type in told(alert)] == expected


def test_messages_refer_to_those_before_and_an_ack_comes_from_the_agency_that_was_asked(at_desk):
    raised, ack, update, cancel = (
        one.message for one in messages_of(at_desk("acknowledge", "verify", "close", outcome="false"))
    )

    assert raised.references == ()
    assert ack.references == update.references == (raised.reference,)
    assert cancel.references == (raised.reference, update.reference)
    assert {raised.sender, update.sender, cancel.sender} == {"urn:kentongan:node:kanim-atambua"}
    assert (ack.sender, ack.addresses) == ("urn:kentongan:node:polres-belu", ("urn:kentongan:node:kanim-atambua",))
    assert ack.infos == ()


def test_an_alert_that_becomes_urgent_is_updated_and_what_was_said_before_stays(raise_to_desk, finding_of, now):
    finding = finding_of()
    raise_to_desk(finding=finding)
    before = written(latest_of(Alert.objects.get()).message)
    raise_to_desk(finding=finding, is_urgent=True, at=now + timedelta(minutes=5))

    raised, urgent = (one.message for one in messages_of(Alert.objects.get()))

    assert raised.identifier in before.decode()
    assert (raised.infos[0].urgency, urgent.infos[0].urgency) == ("Expected", "Immediate")
    assert (urgent.msg_type, urgent.infos[0].severity) == ("Update", "Severe")


def test_identifiers_stay_the_same_and_are_of_one_alert_each(at_desk, finding_of):
    alert = at_desk("acknowledge")
    before = [one.message.identifier for one in messages_of(alert)]
    Alert.objects.filter(pk=alert.pk).update(message="Lain.", version=9)

    again = [one.message.identifier for one in messages_of(Alert.objects.get(pk=alert.pk))]

    assert again == before
    assert len(set(again)) == 2


def test_a_restricted_alert_is_written_as_it_always_was(at_desk):
    alert = at_desk()
    written_now = written(latest_of(alert).message).decode()

    assert written_now.replace(str(alert.pk), "0190aaaa-0000-7000-8000-000000000001") == GOLDEN.read_text(
        encoding="utf-8"
    )


def test_every_message_of_ours_is_read_back_the_same(at_desk):
    for one in messages_of(at_desk("acknowledge", "verify", "close")):
        assert read(written(one.message)) == one.message


def test_it_speaks_four_languages_and_says_which_nobody_has_read(at_desk):
    message = latest_of(at_desk()).message
    unread = [
        info.language for info in message.infos if "unreviewed" in {parameter.value for parameter in info.parameters}
    ]

    assert tuple(info.language for info in message.infos) == LANGUAGES
    assert unread == ["tet", "pt"]


def test_every_matter_and_every_case_has_its_words_and_levels():
    assert {f"event.{matter}" for matter in MATTERS} <= set(phrases())
    cases = {f"closed:{outcome}" for outcome in ("", *Alert.Outcome.values)}
    assert {when for element, when in levels() if element == "msgType"} >= cases
    assert {f"step.{when}" for element, when in levels() if element == "msgType"} <= set(phrases())
    assert {when for element, when in levels() if element == "certainty"} == cases | {"finding", "event", ""}
    assert {f"restriction.{handling}" for handling in ("shared", "restricted", "personal", "protected")} <= set(
        phrases()
    )


@pytest.mark.parametrize(
    ("about", "outcome", "certainty"),
    [
        ("finding", None, "Possible"),
        ("event", None, "Likely"),
        ("finding", "true", "Observed"),
        ("event", "false", "Unlikely"),
    ],
)
def test_what_is_counted_is_less_certain_than_what_an_officer_confirmed(
    finding_of, event_of, desk, belu, now, about, outcome, certainty
):
    by = actor_for(desk["sender"], purpose="prevention", at=now)
    row = {"finding": finding_of, "event": event_of}[about]()
    alert = actions.raise_alert(
        **{about: row}, to=belu_agency(), matter="crime", message="Cek.", by=by, at=now, changed_why="uji"
    )
    if outcome:
        actions.acknowledge(alert=alert, version=1, by=belu, at=now)
        actions.verify(alert=alert, version=2, note="dilihat", by=belu, at=now)
        actions.close(alert=alert, version=3, outcome=outcome, why="uji", by=belu, at=now)

    assert {info.certainty for info in latest_of(alert).message.infos} == {certainty}


def belu_agency():
    from kentongan.agencies.models import Agency

    return Agency.objects.get(pk="polres-belu")


# --- where ---


def test_a_village_is_its_code_and_its_point_and_a_district_its_code_alone(gazetteer_rows):
    village, district = (area_of(Place.objects.get(pk=pk)) for pk in (5, 4))

    assert village.description == "Silawan, Tasifeto Timur, Belu, Nusa Tenggara Timur"
    assert [(code.name, code.value) for code in village.geocodes] == [("Kemendagri", "53.04.02.2001")]
    assert village.circles == (Circle(Point(-8.9915, 124.9314), 0.0),)
    assert (district.circles, district.polygons) == ((), ())


def test_a_place_that_has_an_outline_is_a_polygon(gazetteer_rows):
    oecusse = Place.objects.create(
        id=90, code="TL-13", name="Oe-Cusse", level="municipality", country="TL", parent_id=12
    )
    PlaceCode.objects.create(place=oecusse, scheme="tl-intl-2024", code="TL-13")

    area = area_of(oecusse)

    assert (area.polygons[0][0], len(area.polygons), area.circles) == (area.polygons[0][-1], 1, ())
    assert all(-9.6 < lat < -9.1 and 124 < lon < 124.6 for lat, lon in area.polygons[0])
    assert [(code.name, code.value) for code in area.geocodes] == [("TL-INTL-2024", "TL-13")]


def test_a_point_that_stands_for_a_whole_district_is_not_sent_as_the_village(gazetteer_rows):
    Place.objects.filter(pk=5).update(is_approximate=True)

    assert area_of(Place.objects.get(pk=5)).circles == ()


# --- what never stands in a file ---

SECRETS = ("Mohon dicek", "Melati", "Kami periksa", "Petugas", "analyst", "Pelintas batas", "officer:")


@pytest.mark.parametrize("handling", ["shared", "restricted", "personal", "protected"])
def test_an_alert_that_is_not_open_tells_its_class_and_place_only(at_desk, handling):
    alert = at_desk("acknowledge", "verify", "close")
    Alert.objects.filter(pk=alert.pk).update(handling=handling, title="Pelintas batas di rumah Melati")

    for one in messages_of(Alert.objects.get(pk=alert.pk)):
        document = written(one.message).decode()
        assert [word for word in SECRETS if word in document] == []
        assert one.message.scope == "Restricted"
        assert one.message.restriction == " / ".join(
            phrases()[f"restriction.{handling}"].texts[lang] for lang in ("id", "en")
        )


@pytest.mark.parametrize(
    ("released", "where"),
    [
        ({"kind": "full"}, None),
        ({"kind": "full", "place": "blurred"}, "Tasifeto Timur, Belu, Nusa Tenggara Timur"),
        ({"kind": "full", "place": "full"}, "Silawan, Tasifeto Timur, Belu, Nusa Tenggara Timur"),
    ],
)
def test_who_is_shown_a_part_gets_a_file_of_that_part(at_desk, officer_of, now, released, where):
    alert = at_desk("acknowledge", "verify", "close", outcome="false")
    clause_between("kanim-atambua", "polda-ntt", releases={"alerts": released})
    reader = actor_for(officer_of("polda-ntt", role="leader", kind="police"), purpose="prevention", at=now)

    shown = fetch(Alert, alert.pk, reader, at=now + timedelta(days=1))
    latest = latest_of(shown).message

    assert [area.description for info in latest.infos[:1] for area in info.areas] == ([where] if where else [])
    assert (latest.infos[0].certainty, latest.msg_type) == ("Unknown", "Update")
    assert ("Silawan" in written(latest).decode()) is (where is not None and where.startswith("Silawan"))
    assert [word for word in SECRETS if word in written(latest).decode()] == []


def test_a_simulated_alert_is_an_exercise_and_says_so(at_desk):
    alert = at_desk()
    Alert.objects.filter(pk=alert.pk).update(is_simulated=True)

    message = latest_of(Alert.objects.get()).message

    assert (message.status, message.note.partition(":")[0]) == ("Exercise", "Simulasi")


# --- open from the first row ---


def test_a_public_alert_says_what_its_sender_wrote_and_not_how_the_event_is_called(event_of, desk, belu, now):
    by = actor_for(desk["sender"], purpose="prevention", at=now)
    alert = actions.raise_alert(
        event=event_of(), to=belu_agency(), matter="crime", message="Waspada tawaran kerja.\r\nLaporkan ke desa.\x0b",
        changed_why="uji", is_public=True, by=by, at=now,
    )  # fmt: skip

    message = latest_of(Alert.objects.get(pk=alert.pk)).message
    own, english = message.infos[:2]

    assert (message.scope, message.restriction, message.addresses) == ("Public", "", ())
    assert own.description == "Waspada tawaran kerja.\nLaporkan ke desa."
    assert "Waspada" not in english.description
    assert alert.title == "tindak pidana: Silawan"
    assert "Pelintas batas" not in written(message).decode()
    assert TrailRow.objects.get(event="alert.raised").facts["is_public"] is True


@pytest.mark.parametrize("handling", ["personal", "protected"])
def test_what_is_personal_is_not_made_public(raise_to_desk, finding_of, handling):
    finding = finding_of(handling=handling)

    with pytest.raises((MayNotBePublic, actions.ProtectedStaysWithOwner)):
        raise_to_desk(finding=finding, is_public=True)


def test_what_others_gave_goes_back_to_them_and_is_not_made_public(raise_to_desk, finding_of):
    finding = finding_of()
    Finding.objects.filter(pk=finding.pk).update(counted_under=[["alert:1", "polres-belu"]], agreement_ref="alert:1")
    finding.refresh_from_db()

    with pytest.raises(MayNotBePublic):
        raise_to_desk(finding=finding, is_public=True)

    assert raise_to_desk(finding=finding).handling == "restricted"


@pytest.mark.parametrize("number", ["0" + "812 3456 789", "+62" + " 812-3456-789", "53" * 8, "B" + " 7654321"])
def test_a_number_that_points_to_somebody_is_not_made_public(desk, finding_of, now, number):
    by = actor_for(desk["sender"], purpose="prevention", at=now)

    with pytest.raises(MayNotBePublic, match=re.escape(number)):
        actions.raise_alert(
            finding=finding_of(),
            to=belu_agency(),
            matter="crime",
            message=f"Hubungi {number}.",
            is_public=True,
            by=by,
            at=now,
        )


@pytest.mark.parametrize("text", ["22-11-2026 pukul 08.00", "Rp 10.000.000", "53.04.02.2001", "2026-11-22"])
def test_dates_sums_and_codes_of_places_point_to_nobody(text):
    assert actions.LONG_NUMBER.findall(text) == []


def test_an_open_alert_that_is_not_public_does_not_become_so(raise_to_desk, finding_of):
    finding = finding_of()
    raise_to_desk(finding=finding)

    with translation.override("id"), pytest.raises(MayNotBePublic, match="P/1/2026"):
        raise_to_desk(finding=finding, is_public=True)

    assert Alert.objects.get().handling == "restricted"


# --- by which name a node speaks ---


@pytest.mark.parametrize(
    ("node", "address", "sender"),
    [
        ("", "", "urn:kentongan:node:kanim-atambua"),
        ("", "https://kentongan.example:8443", "urn:kentongan:kentongan-example-8443:kanim-atambua"),
        ("Simpul NTT", "https://kentongan.example", "urn:kentongan:simpul-ntt:kanim-atambua"),
    ],
)
def test_a_node_speaks_by_its_name_and_its_documents_lead_to_its_address(at_desk, settings, node, address, sender):
    settings.NODE_NAME, settings.ADDRESS = node, address
    alert = at_desk("acknowledge")

    message = latest_of(alert).message

    assert read(written(message)) == message
    assert (message.sender, is_ours(sender)) == (sender, True)
    assert {info.web for info in message.infos} == {f"{address}/peringatan/{alert.pk}/" if address else ""}
    assert alert_named(message.reference) == str(alert.pk)
