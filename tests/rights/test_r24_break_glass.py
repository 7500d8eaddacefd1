"""R24: a look in need has a reason, ends after three hours, is told to the owner, and judged in 48 hours. Never for R11."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kentongan.agencies.models import Officer
from kentongan.agreements import access, need
from kentongan.agreements.models import BreakGlass, Grant
from kentongan.agreements.tests.sharing import event_of, sign_in
from kentongan.alerts.tasks import on_glass_broken
from kentongan.audit.models import OutboxRow, TrailRow
from kentongan.events.models import Event
from kentongan.kit.ids import new_id
from kentongan.messages.models import Message

WHY = "Calon korban akan diseberangkan malam ini juga"


@pytest.fixture
def event(gazetteer_rows, kinds, agency_of):
    agency_of("kanim-atambua", parent="kanwil-im-ntt")
    return event_of("kanim-atambua", persons=3)


@pytest.fixture
def police(actor_of):
    return actor_of("polres-belu", kind="police")


@pytest.fixture
def leader(event, actor_of):
    return actor_of("kanim-atambua", role="leader")


def broken(event, by, at):
    return need.break_glass(model=Event, pk=event.pk, reason=WHY, by=by, at=at)


def test_the_whole_record_is_open_for_three_hours_and_not_a_moment_longer(event, police, now):
    broken(event, police, now)

    last_moment = now + timedelta(hours=3) - timedelta(microseconds=1)
    assert access.fetch(Event, event.pk, police, at=last_moment).persons == 3
    assert Event.objects.visible_to(police, at=last_moment).filter(persons=3).exists()
    with pytest.raises(access.NotVisible):
        access.fetch(Event, event.pk, police, at=now + timedelta(hours=3))
    assert not Event.objects.visible_to(police, at=now + timedelta(hours=3)).exists()


def test_grant_reason_trail_and_the_owners_news_are_written_together(event, police, now):
    glass = broken(event, police, now)

    grant = glass.grant
    assert (grant.cause, grant.because, grant.valid_to - grant.valid_from) == (
        "break_glass",
        glass.ref,
        timedelta(hours=3),
    )
    assert glass.review_by - glass.opened_at == timedelta(hours=48)
    row = TrailRow.objects.get(event="break_glass.opened")
    assert (row.subject, row.why, row.reasons, row.actor) == (event.ref, WHY, [glass.ref], police.ref)
    assert OutboxRow.objects.get(topic=need.GLASS_BROKEN).facts["owner"] == "kanim-atambua"


def test_nothing_of_it_stands_when_one_of_the_writes_fails(event, police, now, monkeypatch):
    monkeypatch.setattr(need.outbox, "put", lambda *_a, **_k: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        broken(event, police, now)

    assert not Grant.objects.exists()
    assert not BreakGlass.objects.exists()
    assert not TrailRow.objects.filter(event="break_glass.opened").exists()


def test_each_look_is_in_the_trail_with_the_grant_as_its_reason(event, police, now):
    glass = broken(event, police, now)
    for minutes in (1, 2):
        access.fetch(Event, event.pk, police, at=now + timedelta(minutes=minutes))

    looks = TrailRow.objects.filter(event="record.read", subject=event.ref)
    assert [row.reasons for row in looks] == [[f"granted because of {glass.ref}"]] * 2
    assert need.looks_made([glass]) == {glass.pk: 2}


def test_a_list_that_shows_it_is_in_the_trail_with_the_grant_too(event, police, now):
    glass = broken(event, police, now)

    list(Event.objects.visible_to(police, at=now))

    assert TrailRow.objects.get(event="records.listed").reasons == [f"granted because of {glass.ref}"]


@pytest.mark.parametrize("reason", ["", "darurat", "perlu segera dibuka sekarang", "   a b  c d   "])
def test_a_reason_is_a_sentence(event, police, now, reason):
    with pytest.raises(need.ReasonTooShort):
        need.break_glass(model=Event, pk=event.pk, reason=reason, by=police, at=now)

    assert not Grant.objects.exists()


def test_a_protected_record_never_opens_and_the_refusal_is_in_the_trail(agency_of, gazetteer_rows, kinds, police, now):
    agency_of("kanim-atambua")
    refugee = event_of("kanim-atambua", handling="protected", kinds=("IM.REFUGEE",))

    with pytest.raises(access.NotVisible):
        broken(refugee, police, now)

    assert not Grant.objects.exists()
    assert TrailRow.objects.get(event="access.refused").reasons[0] == "in need"


@pytest.mark.parametrize(
    ("agency", "kind", "country", "role"),
    [
        ("kodim-belu", "military", "ID", "analyst"),
        ("binda-ntt", "intelligence", "ID", "analyst"),
        ("pntl", "foreign_police", "TL", "analyst"),
        ("iom", "international", "XX", "un_officer"),
        ("desa-silawan", "village", "ID", "village_official"),
        ("polres-belu", "police", "ID", "overseer"),
    ],
)
def test_closed_agencies_other_states_and_roles_without_the_category_break_no_glass(
    event, actor_of, now, agency, kind, country, role
):
    by = actor_of(agency, kind=kind, country=country, role=role)

    for pk in (event.pk, new_id()):
        with pytest.raises(access.RoleMayNotAct):
            need.break_glass(model=Event, pk=pk, reason=WHY, by=by, at=now)

    assert not Grant.objects.exists()


def test_a_record_of_another_state_stays_closed(gazetteer_rows, kinds, agency_of, police, now):
    agency_of("pntl", kind="foreign_police", country="TL")

    with pytest.raises(access.NotVisible):
        broken(event_of("pntl"), police, now)


def test_the_system_breaks_no_glass(event, agency_of, now):
    worker = access.system_actor(agency_of("polres-belu", kind="police"), name="worker", purpose="prevention", at=now)

    with pytest.raises(access.PersonDecides):
        broken(event, worker, now)


def test_who_sees_the_whole_needs_no_glass(event, police, now):
    broken(event, police, now)

    with pytest.raises(need.AlreadyOpen):
        broken(event, police, now + timedelta(minutes=1))


def test_absent_protected_and_foreign_records_answer_alike_with_the_same_queries(event, agency_of, officer_of, client):
    agency_of("pntl", kind="foreign_police", country="TL")
    officer_of("polres-belu", kind="police")
    sign_in(client, Officer.objects.get(username="analyst-polres-belu"))
    closed = [event_of("kanim-atambua", handling="protected").pk, event_of("pntl").pk, new_id()]
    client.get("/pecah-kaca/")  # the first request reads who stands where, for all that follow

    answers, queries = [], []
    for pk in closed:
        with CaptureQueriesContext(connection) as asked:
            answers.append(client.post(f"/pecah-kaca/event/{pk}/", {"reason": WHY}))
        queries.append(len(asked))

    pages = {_without_marks(answer.content.decode(), pk) for answer, pk in zip(answers, closed, strict=True)}
    assert {answer.status_code for answer in answers} == {404}
    assert len(pages) == 1
    assert len(set(queries)) == 1, queries


def test_the_form_comes_up_for_whatever_the_address_names(event, officer_of, client):
    officer_of("polres-belu", kind="police")
    sign_in(client, Officer.objects.get(username="analyst-polres-belu"))

    pages = {_without_marks(client.get(f"/pecah-kaca/event/{pk}/").content.decode(), pk) for pk in (event.pk, new_id())}

    assert len(pages) == 1


def _without_marks(page, pk):
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page.replace(str(pk), "…"))


def test_the_owner_sees_it_at_once_in_the_frame_and_on_the_page(event, police, officer_of, client):
    officer_of("kanim-atambua", role="coordinator")
    broken(event, police, timezone.now())
    sign_in(client, Officer.objects.get(username="coordinator-kanim-atambua"))

    home = client.get("/").content.decode()
    page = client.get("/pecah-kaca/").content.decode()

    assert "1 pembukaan darurat menunggu penilaian" in home
    assert WHY in page
    assert "Petugas polres-belu" in page
    assert BreakGlass.objects.get().seen_by_owner_at is not None
    assert TrailRow.objects.filter(event="break_glass.seen_by_owner").count() == 1


def test_an_analyst_of_the_owner_and_a_third_agency_are_not_told(event, police, officer_of, client, actor_of, now):
    broken(event, police, now)

    for actor in (actor_of("kanim-atambua"), actor_of("bc-atambua", kind="customs", role="leader")):
        assert need.waiting_for(actor, at=now) == need.Waiting(0, 0)
        assert not need.glass_in_view(actor).exists()


def test_the_verdict_closes_the_review_once(event, police, leader, now):
    glass = broken(event, police, now)

    need.review(glass=glass, verdict="justified", why="Korban memang diselamatkan malam itu", by=leader, at=now)

    assert need.waiting_for(leader, at=now) == need.Waiting(0, 0)
    with pytest.raises(need.AlreadyReviewed):
        need.review(glass=glass, verdict="unjustified", why="Kami menilainya lain sama sekali", by=leader, at=now)
    assert TrailRow.objects.get(event="break_glass.reviewed").facts == {"verdict": "justified", "late": False}


def test_who_broke_the_glass_hears_the_verdict_without_the_record_or_the_reason(event, police, leader, now):
    glass = broken(event, police, now)

    need.review(glass=glass, verdict="unjustified", why="Tidak ada keadaan darurat sama sekali", by=leader, at=now)

    message = Message.objects.get(topic="break_glass.reviewed")
    assert message.officer.ref == police.ref
    assert message.subject == "Pembukaan darurat Anda sudah dinilai: tidak dapat dibenarkan"
    assert (message.body, message.link) == ("", "/pecah-kaca/")
    assert not {event.number, event.title, str(event.pk)} & {message.subject, message.about}


def test_the_page_says_until_when_it_is_open_by_the_glass_and_why_to_who_broke_it(event, officer_of, client):
    by = access.actor_for(officer_of("polres-belu", kind="police"), purpose="prevention", at=timezone.now())
    officer_of("polres-belu", role="coordinator")
    officer_of("polres-belu", role="case_officer")
    officer_of("kanim-atambua", role="coordinator")
    broken(event, by, timezone.now())

    def page(username):
        sign_in(client, Officer.objects.get(username=username))
        return client.get(f"/kejadian/{event.pk}/").content.decode()

    assert "Terbuka karena pecah kaca" in page("analyst-polres-belu")
    assert WHY in page("analyst-polres-belu")
    assert WHY in page("coordinator-polres-belu")
    assert "Terbuka karena pecah kaca" in page("case_officer-polres-belu")
    assert WHY not in page("case_officer-polres-belu")
    assert "Terbuka karena pecah kaca" not in page("coordinator-kanim-atambua")


def test_an_unjustified_look_ends_with_the_verdict(event, police, leader, now):
    glass = broken(event, police, now)
    later = now + timedelta(minutes=5)

    need.review(glass=glass, verdict="unjustified", why="Tidak ada keadaan darurat sama sekali", by=leader, at=later)

    with pytest.raises(access.NotVisible):
        access.fetch(Event, event.pk, police, at=later)


def test_who_broke_the_glass_does_not_judge_it(event, police, actor_of, now):
    glass = broken(event, police, now)

    for by in (actor_of("polres-belu", kind="police", role="leader"), actor_of("kanim-atambua")):
        with pytest.raises(access.RoleMayNotAct):
            need.review(glass=glass, verdict="justified", why="Menurut kami semuanya sudah benar", by=by, at=now)


def test_an_overdue_review_is_named_to_the_owner_and_to_those_above(event, police, leader, actor_of, now):
    glass = broken(event, police, now)
    above = actor_of("kanwil-im-ntt", role="leader")
    due = now + timedelta(hours=48)

    assert need.waiting_for(leader, at=due - timedelta(seconds=1)) == need.Waiting(1, 0)
    for actor in (leader, above):
        assert need.waiting_for(actor, at=due) == need.Waiting(1, 1)
        assert list(need.overdue_reviews(actor, at=due)) == [glass]
    need.review(glass=glass, verdict="justified", why="Terlambat dinilai, tetapi dapat dibenarkan", by=above, at=due)
    assert TrailRow.objects.get(event="break_glass.reviewed").facts["late"] is True


def test_the_officer_breaks_the_glass_and_reads_on_the_screen(event, officer_of, client):
    officer_of("polres-belu", kind="police")
    sign_in(client, Officer.objects.get(username="analyst-polres-belu"))

    short = client.post(f"/pecah-kaca/event/{event.pk}/", {"reason": "darurat"})
    answer = client.post(f"/pecah-kaca/event/{event.pk}/", {"reason": WHY}, follow=True)

    assert short.status_code == 422
    assert answer.redirect_chain[-1][0] == f"/kejadian/{event.pk}/"
    assert "Terbuka selama tiga jam" in answer.content.decode()
    assert event.title in answer.content.decode()


def test_the_owner_judges_on_the_screen(event, police, officer_of, client):
    officer_of("kanim-atambua", role="overseer")
    glass = broken(event, police, timezone.now())
    sign_in(client, Officer.objects.get(username="overseer-kanim-atambua"))

    empty = client.post(f"/pecah-kaca/{glass.pk}/nilai/", {})
    done = client.post(
        f"/pecah-kaca/{glass.pk}/nilai/",
        {"verdict": "justified", "why": "Keadaan darurat itu nyata dan terbukti"},
        follow=True,
    )

    assert empty.status_code == 422
    assert "dapat dibenarkan" in done.content.decode()
    assert "menunggu penilaian</a>" not in done.content.decode()


def told_of_it() -> set[str]:
    """The officers who have a notice once the news of the broken glass was read."""
    on_glass_broken(OutboxRow.objects.get(topic=need.GLASS_BROKEN))
    return {f"officer:{pk}" for pk in Message.objects.filter(topic=need.GLASS_BROKEN).values_list("officer", flat=True)}


def test_the_owners_judges_have_a_notice(event, leader, police, actor_of, now):
    actor_of("kanwil-im-ntt", role="leader")
    broken(event, police, now)

    assert told_of_it() == {leader.ref}


def test_of_an_owner_without_judges_those_above_have_the_notice(event, police, actor_of, now):
    above = actor_of("kanwil-im-ntt", role="leader")
    broken(event, police, now)

    assert told_of_it() == {above.ref}
