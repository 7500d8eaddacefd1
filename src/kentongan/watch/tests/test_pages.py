"""The pages of the watch."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from kentongan.audit.catalogue import Trail
from kentongan.audit.models import TrailRow
from kentongan.kit.ids import new_id
from kentongan.places.models import Place, PlaceCode
from kentongan.watch import actions
from kentongan.watch.models import Finding, Watch, WatchRun
from kentongan.watch.templatetags.watching import named_by, places_of

SUNDAY = date(2026, 3, 1)


@pytest.fixture
def sign_in(client, officer_of):
    def make(agency="kanim-atambua", *, role="analyst", **more):
        client.force_login(
            officer_of(agency, role=role, username=f"masuk-{agency}-{role}", **more),
            backend="django.contrib.auth.backends.ModelBackend",
        )
        return client

    return make


@pytest.fixture
def done(villages, event_at, quiet_year, watch_of, actor_of, now):
    """A run with one finding."""
    quiet_year(SUNDAY - timedelta(days=14))
    for n in range(7):
        event_at(villages[n % 2], SUNDAY - timedelta(days=1 + n))
    return actions.run(watch=watch_of(), as_of=SUNDAY, by=actor_of("kanim-atambua", role="analyst"), clock=lambda: now)


def test_the_watches_and_their_runs_are_listed(done, sign_in):
    page = sign_in().get("/pemantauan/").content.decode()

    assert done.watch.name in page
    assert done.digest[:12] in page
    assert "Jalankan sekarang" in page


def test_a_run_shows_its_result_and_its_digest(done, sign_in):
    page = sign_in().get(f"/pemantauan/jalan/{done.pk}/").content.decode()

    assert done.digest in page
    assert "http-equiv" not in page
    assert "Tak terpakai" in page


def test_a_run_under_way_shows_how_far_it_is_and_reloads(watch_of, sign_in, actor_of, now):
    run = actions.request_run(watch=watch_of(), as_of=SUNDAY, by=actor_of("kanim-atambua"), at=now)

    page = sign_in().get(f"/pemantauan/jalan/{run.pk}/").content.decode()

    assert 'http-equiv="refresh"' in page
    assert "<progress" in page


@pytest.mark.parametrize(
    ("state", "said"), [("failed", "gagal dan tidak menyimpan apa pun"), ("abandoned", "berhenti sebelum selesai")]
)
def test_a_run_that_did_not_end_well_says_so(state, said, watch_of, sign_in):
    run = WatchRun.objects.create(
        watch=watch_of(), as_of=SUNDAY, state=state, requested_by="officer:1", purpose="prevention"
    )

    assert said in sign_in().get(f"/pemantauan/jalan/{run.pk}/").content.decode()


@pytest.mark.parametrize(("after_s", "said"), [(-30, "sedang berjalan"), (30, "terputus")])
def test_a_run_whose_process_was_killed_is_interrupted_once_its_lease_has_ended(after_s, said, watch_of, sign_in):
    lease_until = timezone.now() - timedelta(seconds=after_s)
    run = WatchRun.objects.create(
        watch=watch_of(), as_of=SUNDAY, state="running", lease_until=lease_until, requested_by="officer:1"
    )
    client = sign_in()

    pages = [client.get(at).content.decode() for at in ("/pemantauan/", f"/pemantauan/jalan/{run.pk}/")]

    assert all(said in page for page in pages)
    assert ('http-equiv="refresh"' in pages[1]) is (said == "sedang berjalan")
    assert WatchRun.objects.get().state == "running"


def test_a_run_is_asked_for_by_the_page(watch_of, sign_in):
    watch = watch_of()

    answer = sign_in().post("/pemantauan/jalankan/", {"watch": watch.pk, "as_of": "2026-03-01"})

    run = WatchRun.objects.get()
    assert (run.as_of, run.state) == (SUNDAY, "queued")
    assert answer["Location"] == f"/pemantauan/jalan/{run.pk}/"


def test_a_watch_is_set_up_by_the_page_and_an_unknown_code_is_named(gazetteer_rows, sign_in):
    client = sign_in()

    wrong = client.post("/pemantauan/baru/", {"name": "NTT", "roots": "53, 99.99", "every_days": "1"})
    client.post("/pemantauan/baru/", {"name": "NTT", "roots": "53", "every_days": "7"})

    assert wrong.status_code == 422
    assert "99.99" in wrong.content.decode()
    watch = Watch.objects.get()
    assert ([p.code for p in watch.roots.all()], watch.every_days) == (["53"], 7)


def test_a_second_watch_of_one_name_is_refused_with_the_reason(gazetteer_rows, sign_in):
    client = sign_in()
    asked = {"name": "NTT", "roots": "53", "every_days": "1"}

    client.post("/pemantauan/baru/", asked)
    again = client.post("/pemantauan/baru/", asked)

    assert again.status_code == 422
    assert "sudah mempunyai pemantauan dengan nama ini" in again.content.decode()
    assert Watch.objects.count() == 1


def test_the_watch_of_another_agency_is_neither_shown_nor_run(watch_of, sign_in):
    watch = watch_of("kanim-atambua")
    client = sign_in("polres-belu", kind="police")

    client.post("/pemantauan/jalankan/", {"watch": watch.pk, "as_of": "2026-03-01"})

    assert watch.name not in client.get("/pemantauan/").content.decode()
    assert not WatchRun.objects.exists()


def test_the_run_of_another_agency_looks_absent(done, sign_in):
    assert sign_in("polres-belu", kind="police").get(f"/pemantauan/jalan/{done.pk}/").status_code == 404


def test_the_agency_above_sees_the_runs_and_does_not_start_them(done, sign_in, agency_of):
    agency_of("kanim-atambua", parent="kanwil-im-ntt")
    client = sign_in("kanwil-im-ntt")

    page = client.get("/pemantauan/").content.decode()

    assert done.watch.name in page
    assert "Jalankan sekarang" not in page


def test_findings_are_listed_and_filtered(done, sign_in):
    client = sign_in()

    assert "Perdagangan orang" in client.get("/temuan/").content.decode()
    assert "Tidak ada temuan yang cocok" in client.get("/temuan/?stream=goods").content.decode()
    assert client.get("/temuan/?state=karangan").status_code == 200


def test_a_finding_explains_itself_with_numbers_chart_members_and_events(done, sign_in):
    finding = Finding.objects.get()

    page = sign_in().get(f"/temuan/{finding.pk}/").content.decode()

    assert "Apa yang dapat membuatnya keliru" in page
    chart, rest = page.split('class="small-charts"')
    small = rest.partition("</section>")[0]
    assert chart.count('<rect class="bar') == 52
    assert small.count("<li><a href") == finding.members.count()
    assert small.count("bar--window") >= finding.members.exclude(observed=0).count()
    assert "/wilayah/53.04.50.2001/" in page
    assert f"{finding.observed} kejadian di dalamnya" in page
    assert "Kesampingkan temuan" in page


def test_the_figures_of_the_drawing_have_points_and_no_commas(done, sign_in):
    page = sign_in().get(f"/temuan/{Finding.objects.get().pk}/").content.decode()
    bar = page.split('<rect class="bar')[1].split(">")[0]

    assert 'width="' in bar
    assert "," not in bar


def test_a_finding_is_put_aside_with_a_reason(done, sign_in):
    finding = Finding.objects.get()
    client = sign_in()

    refused = client.post(f"/temuan/{finding.pk}/kesampingkan/", {"version": 1, "reason": ""})
    client.post(f"/temuan/{finding.pk}/kesampingkan/", {"version": 1, "reason": "Satu kejadian, tujuh laporan."})

    finding.refresh_from_db()
    assert refused.status_code == 422
    assert (finding.state, finding.outcome_why) == ("dismissed", "Satu kejadian, tujuh laporan.")


def test_of_two_who_judge_at_once_the_second_is_told(done, sign_in):
    finding = Finding.objects.get()
    client = sign_in()
    client.post(f"/temuan/{finding.pk}/kesampingkan/", {"version": 1, "reason": "satu"})

    page = client.post(
        f"/temuan/{finding.pk}/kesampingkan/", {"version": 1, "reason": "dua"}, follow=True
    ).content.decode()

    assert "sudah diubah oleh petugas lain" in page


def test_a_finding_of_another_agency_looks_absent(done, sign_in):
    client = sign_in("polres-belu", kind="police")

    assert client.get(f"/temuan/{Finding.objects.get().pk}/").status_code == 404
    assert client.get(f"/temuan/{new_id()}/").status_code == 404


def test_a_leader_looks_and_has_no_buttons(done, sign_in):
    page = sign_in(role="leader").get(f"/temuan/{Finding.objects.get().pk}/").content.decode()

    assert "Kesampingkan temuan" not in page
    assert "Kirim peringatan" not in page


def test_a_role_that_only_looks_neither_puts_aside_nor_sets_up_nor_runs(done, sign_in):
    finding, runs = Finding.objects.get(), WatchRun.objects.count()
    client = sign_in(role="leader")

    answers = [
        client.post(f"/temuan/{finding.pk}/kesampingkan/", {"version": 1, "reason": "satu"}),
        client.post("/pemantauan/baru/", {"name": "NTT", "roots": "53"}),
        client.post("/pemantauan/jalankan/", {"watch": done.watch.pk, "as_of": "2026-03-01"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert Finding.objects.get().state == "open"
    assert (Watch.objects.count(), WatchRun.objects.count()) == (1, runs)


def test_the_list_asks_the_same_number_of_questions_whatever_its_length(done, sign_in, django_assert_max_num_queries):
    one = Finding.objects.get()
    for _n in range(20):
        one.pk = new_id()
        one._state.adding = True
        one.save()
    client = sign_in()

    with django_assert_max_num_queries(20):
        client.get("/temuan/")


def test_a_run_names_the_places_that_stood_out_most(done, sign_in):
    codes = done.result["scans"][0]["best"]["members"]

    page = sign_in().get(f"/pemantauan/jalan/{done.pk}/").content.decode()

    assert codes[0].startswith("53.04.5")
    assert Place.objects.get(code=codes[0]).name in page
    assert codes[0] not in page


def test_a_former_code_in_an_old_run_still_names_its_place(gazetteer_rows):
    PlaceCode.objects.create(place_id=5, scheme="kemendagri", code="53.99.01.2001", valid_to=date(2020, 1, 1))
    line = SimpleNamespace(members=["53.99.01.2001", "00.00"])

    assert named_by(line.members, places_of([line])) == "Silawan, 00.00"


def test_a_watch_is_stopped_with_a_reason_and_runs_no_more(watch_of, sign_in, actor_of, now):
    watch, client, by = watch_of(), sign_in(), actor_of("kanim-atambua", role="analyst")

    client.post(f"/pemantauan/{watch.pk}/hentikan/", {"why": ""})
    watch.refresh_from_db()
    was_active = watch.is_active
    client.post(f"/pemantauan/{watch.pk}/hentikan/", {"why": "wilayahnya digabung"})
    page = client.get("/pemantauan/").content.decode()

    watch.refresh_from_db()
    row = TrailRow.objects.get(event=Trail.WATCH_STOPPED)
    assert (was_active, watch.is_active, row.why) == (True, False, "wilayahnya digabung")
    assert "dihentikan" in page
    assert "Jalankan sekarang" not in page
    with pytest.raises(actions.WatchStopped):
        actions.request_run(watch=watch, as_of=SUNDAY, by=by, at=now)
    with pytest.raises(actions.WatchStopped):
        actions.stop_watch(watch=watch, why="lagi", by=by, at=now)


def test_a_watch_is_stopped_by_its_owner_alone(watch_of, actor_of, sign_in, now):
    watch = watch_of()

    with pytest.raises(actions.NotYourWatch):
        actions.stop_watch(watch=watch, why="x", by=actor_of("polres-belu", role="analyst"), at=now)
    answer = sign_in("polres-belu").post(f"/pemantauan/{watch.pk}/hentikan/", {"why": "x"})

    watch.refresh_from_db()
    assert (answer.status_code, watch.is_active) == (404, True)
