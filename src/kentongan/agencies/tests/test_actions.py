"""Agencies change by dated rows, officers by postings; administrators reach no farther than their own branch."""

import threading
from datetime import date, timedelta

import pytest
from django.contrib.auth import authenticate
from django.db import connection, transaction
from django.utils import timezone

from kentongan.agencies import actions, identities, imports, staff
from kentongan.agencies.data import competences
from kentongan.agencies.models import Agency, AgencyName, AgencyParent, ApiToken, Officer, Posting
from kentongan.agencies.queries import ancestors_on, descendants_on, token_in_force
from kentongan.audit.models import TrailRow


def draft(pk="polsek-tasifeto", **more):
    return actions.AgencyDraft(
        **{"id": pk, "name": "Polsek Tasifeto", "kind": "police", "country": "ID", "level": "district", **more}
    )


def made(username, *, by, at, role="analyst"):
    """Let the administrator make an officer of the office in Atambua."""
    kanim = Agency.objects.get(pk="kanim-atambua")
    return staff.create_officer(username=username, full_name="Maria Uji", agency=kanim, role=role, by=by, at=at)


def test_a_new_agency_has_its_name_its_parent_and_the_competences_of_its_kind(gazetteer_rows, administrator, now):
    agency = actions.create_agency(draft=draft(parent_id="kanim-atambua", seat_id=4), by=administrator, at=now)

    assert agency.names.get().name == "Polsek Tasifeto"
    assert ancestors_on(agency.pk, now.date()) == ["kanim-atambua", "kanwil-im-ntt"]
    by_kind = {row.competence for row in competences() if row.holder == "kind:police"}
    assert set(agency.competences.values_list("matter", flat=True)) == by_kind
    assert [p.pk for p in agency.competences.first().roots.all()] == [4]


def test_the_same_id_twice_is_refused(administrator, now):
    with pytest.raises(actions.AgencyExists):
        actions.create_agency(draft=draft("kanim-atambua", parent_id="kanwil-im-ntt"), by=administrator, at=now)


@pytest.mark.parametrize("parent", ["polres-belu", ""])
def test_an_agency_outside_the_own_branch_cannot_be_made(parent, administrator, agency_of, now):
    agency_of("polres-belu", kind="police")

    with pytest.raises(actions.NotYoursToAdminister):
        actions.create_agency(draft=draft(parent_id=parent), by=administrator, at=now)


def test_nobody_makes_themselves_the_operator_of_the_installation(administrator, now):
    with pytest.raises(actions.NotYoursToAdminister):
        actions.create_agency(draft=draft(kind="operator", parent_id="kanim-atambua"), by=administrator, at=now)


BEFORE_A_FIREWALL = [("military", "ID"), ("intelligence", "ID"), ("foreign_police", "TL"), ("international", "XX")]


@pytest.fixture
def outsider(actor_of):
    """The administrator of an agency before a firewall: `outsider("military", "ID")`."""
    return lambda kind, country: actor_of(
        "induk", role="administrator", purpose="coordination", kind=kind, country=country
    )


@pytest.mark.parametrize(("kind", "country"), BEFORE_A_FIREWALL)
def test_nobody_before_a_firewall_makes_an_agency_behind_it(kind, country, outsider, now):
    by = outsider(kind, country)

    for said in ({"country": "ID"}, {"country": country, "kind": "police"}, {"country": country, "kind": "forum"}):
        with pytest.raises(actions.NotYoursToAdminister, match="hanya diatur oleh pengelola pemasangan"):
            actions.create_agency(draft=draft(parent_id="induk", **{"kind": "police", **said}), by=by, at=now)

    assert not Agency.objects.filter(pk="polsek-tasifeto").exists()


@pytest.mark.parametrize(("kind", "country"), BEFORE_A_FIREWALL)
def test_whoever_stands_before_a_firewall_makes_agencies_of_the_own_kind_and_country(kind, country, outsider, now):
    agency = actions.create_agency(
        draft=draft(kind=kind, country=country, parent_id="induk"), by=outsider(kind, country), at=now
    )

    assert descendants_on("induk", now.date()) == {agency.pk}


def test_an_administrator_of_this_state_makes_no_agency_of_another(administrator, now):
    for country in ("TL", "XX"):
        with pytest.raises(actions.NotYoursToAdminister, match="senegara"):
            actions.create_agency(
                draft=draft(kind="immigration", country=country, parent_id="kanim-atambua"), by=administrator, at=now
            )


def test_a_file_makes_no_agency_behind_the_firewall_either(outsider, now):
    text = "id,name,kind,country,level,parent_id\na,A,police,ID,regency,induk\nb,B,military,TL,regency,induk\n"

    with pytest.raises(imports.FaultyImport) as refusal:
        imports.import_agencies(text=text, by=outsider("military", "ID"), at=now)

    assert [detail.partition(":")[0] for detail in refusal.value.details] == ["baris 2", "baris 3"]


def test_the_operator_makes_agencies_of_any_kind_and_country_below_any(agency_of, console, now):
    agency_of("tni", kind="military")

    agency = actions.create_agency(draft=draft(kind="intelligence", parent_id="tni"), by=console, at=now)

    assert ancestors_on(agency.pk, now.date()) == ["tni"]


@pytest.mark.parametrize(("kind", "country"), [("police", "ID"), ("police", "TL"), ("military", "TL")])
def test_an_agency_is_not_moved_from_behind_a_firewall_to_before_it_or_back(
    kind, country, outsider, agency_of, console, now
):
    by, on = outsider("military", "ID"), date(2026, 3, 1)
    agency = agency_of("lain", kind=kind, country=country)
    AgencyParent.objects.create(agency=agency, parent_id="induk")

    with pytest.raises(actions.NotYoursToAdminister, match="hanya diatur oleh pengelola pemasangan"):
        actions.move_agency(agency=agency, parent=agency_of("induk"), on=on, by=by, at=now)

    actions.move_agency(agency=agency, parent=agency_of("induk"), on=on, by=console, at=now)
    assert agency.parents.filter(valid_from=on).exists()


def test_a_role_other_than_administrator_changes_no_agency(agency_of, actor_of, now):
    with pytest.raises(actions.NotYoursToAdminister):
        actions.rename_agency(
            agency=agency_of("kanim-atambua"),
            name="x",
            abbrev="",
            on=now.date(),
            by=actor_of("kanim-atambua", role="leader"),
            at=now,
        )


def test_a_new_name_holds_from_its_day_and_the_old_one_until_then(administrator, now):
    kanim = Agency.objects.get(pk="kanim-atambua")
    AgencyName.objects.create(agency=kanim, name="Kanim lama")

    actions.rename_agency(agency=kanim, name="Kanim baru", abbrev="KB", on=date(2026, 3, 1), by=administrator, at=now)

    assert list(kanim.names.order_by("id").values_list("name", "valid_from", "valid_to")) == [
        ("Kanim lama", None, date(2026, 3, 1)),
        ("Kanim baru", date(2026, 3, 1), None),
    ]
    assert (kanim.name, kanim.abbrev) == ("Kanim baru", "KB")


def test_a_name_cannot_end_before_it_began(administrator, now):
    kanim = Agency.objects.get(pk="kanim-atambua")
    actions.rename_agency(agency=kanim, name="Baru", abbrev="", on=date(2026, 3, 1), by=administrator, at=now)

    with pytest.raises(actions.WrongDay):
        actions.rename_agency(agency=kanim, name="Lebih baru", abbrev="", on=date(2026, 2, 1), by=administrator, at=now)


def test_a_move_is_dated_and_makes_no_circle(administrator, agency_of, now):
    kanim, other = Agency.objects.get(pk="kanim-atambua"), agency_of("kanim-kupang", parent="kanwil-im-ntt")
    actions.move_agency(agency=kanim, parent=other, on=date(2026, 3, 1), by=administrator, at=now)

    assert AgencyParent.objects.filter(agency=kanim, valid_to=date(2026, 3, 1), parent="kanwil-im-ntt").exists()
    assert "kanim-atambua" in descendants_on("kanim-kupang", date(2026, 3, 1))
    with pytest.raises(actions.WrongDay):
        actions.move_agency(agency=other, parent=kanim, on=date(2026, 3, 2), by=administrator, at=now)


def test_an_agency_with_officers_cannot_close_and_without_them_ends_but_stays_supervised(
    administrator, officer_of, now
):
    kanim = Agency.objects.get(pk="kanim-atambua")
    officer = officer_of("kanim-atambua")
    with pytest.raises(actions.AgencyInUse):
        actions.close_agency(agency=kanim, on=date(2026, 3, 1), by=administrator, at=now)
    staff.end_service(officer=officer, why="pindah", by=administrator, at=now)

    actions.close_agency(agency=kanim, on=date(2026, 3, 1), by=administrator, at=now)

    assert (kanim.is_active, kanim.valid_to) == (False, date(2026, 3, 1))
    assert "kanim-atambua" in descendants_on("kanwil-im-ntt", now.date())
    with pytest.raises(actions.AgencyClosed):
        actions.rename_agency(agency=kanim, name="x", abbrev="", on=date(2026, 4, 1), by=administrator, at=now)


def test_a_position_has_one_holder_at_a_time(administrator, now):
    kanim = Agency.objects.get(pk="kanim-atambua")
    common = {"agency": kanim, "title": "Kepala Kantor", "rank": "", "by": administrator, "at": now}
    actions.fill_position(holder_name="Pejabat Satu", on=date(2024, 1, 1), **common)

    actions.fill_position(holder_name="Pejabat Dua", on=date(2026, 1, 1), **common)

    held = kanim.positions.get().holders.order_by("valid_from")
    assert list(held.values_list("holder_name", "valid_to")) == [
        ("Pejabat Satu", date(2026, 1, 1)),
        ("Pejabat Dua", None),
    ]


# --- officers -------------------------------------------------------------------------------------------------------


@pytest.fixture
def account(administrator, now):
    return made("maria", by=administrator, at=now)


def test_a_new_officer_signs_in_with_a_random_password_that_must_be_changed(account):
    assert authenticate(username="maria", password=account.password) == account.officer
    assert account.officer.must_change_password
    assert account.officer.postings.get().role == "analyst"
    assert not TrailRow.objects.filter(facts__icontains=account.password).exists()


def test_two_first_passwords_differ(account, administrator, now):
    other = staff.reset_password(officer=account.officer, why="lupa", by=administrator, at=now)

    assert other.password != account.password
    assert authenticate(username="maria", password=account.password) is None


def test_a_username_is_given_once_whatever_its_case(account, administrator, now):
    with pytest.raises(staff.OfficerExists):
        made("MARIA", by=administrator, at=now)


def test_a_username_is_given_once_however_its_letters_are_encoded(account, administrator, now):
    with pytest.raises(staff.OfficerExists):
        made("ＭARIA", by=administrator, at=now)  # in letters of full width


@pytest.mark.parametrize("taken", ["maria", "Maria"])
def test_a_username_that_somebody_else_took_meanwhile_is_refused_in_words(taken, administrator, now, monkeypatch):
    def meanwhile():
        Officer.objects.create_user(username=taken)
        return "sangat-rahasia-2026"

    monkeypatch.setattr(staff, "_first_password", meanwhile)

    with pytest.raises(staff.OfficerExists):
        made("maria", by=administrator, at=now)


def test_who_was_revoked_meanwhile_is_not_posted(account, administrator, now):
    as_seen_before = Officer.objects.get(pk=account.officer.pk)
    staff.revoke_officer(officer=account.officer, why="pensiun", by=administrator, at=now)

    with pytest.raises(staff.AccountRevoked):
        staff.post_officer(
            officer=as_seen_before,
            agency=Agency.objects.get(pk="kanim-atambua"),
            role="coordinator",
            why="pindah tugas",
            by=administrator,
            at=now,
        )

    assert not Posting.objects.filter(officer=as_seen_before, ended_at=None).exists()


def _moved_while_waiting(monkeypatch, officer, agency):
    """Let another administrator post the officer elsewhere while a deed waits for its turn."""
    wait = staff.one_at_a_time

    def moved(waiting):
        officer.postings.update(agency=agency)
        wait(waiting)

    monkeypatch.setattr(staff, "one_at_a_time", moved)


@pytest.mark.parametrize("deed", [staff.end_service, staff.revoke_officer, staff.reset_password])
def test_the_right_to_a_deed_is_judged_on_where_the_officer_serves_once_it_is_its_turn(
    deed, account, administrator, agency_of, now, monkeypatch
):
    _moved_while_waiting(monkeypatch, account.officer, agency_of("polres-belu", kind="police"))

    with pytest.raises(actions.NotYoursToAdminister):
        deed(officer=account.officer, why="x", by=administrator, at=now)


def test_an_outside_account_is_linked_by_whoever_looks_after_the_officer_once_it_is_its_turn(
    account, administrator, agency_of, now, monkeypatch
):
    _moved_while_waiting(monkeypatch, account.officer, agency_of("polres-belu", kind="police"))

    with pytest.raises(actions.NotYoursToAdminister):
        identities.link_identity(officer=account.officer, subject="s-1", why="x", by=administrator, at=now)


def test_what_was_unlinked_while_a_sign_in_waited_is_not_linked_by_it(
    account, administrator, now, monkeypatch, settings
):
    settings.OIDC_MATCH_CLAIM = "preferred_username"

    def unlinked(waiting):
        monkeypatch.undo()
        identities.link_identity(officer=waiting, subject="s-1", why="x", by=administrator, at=now)
        identities.unlink_identity(officer=waiting, why="dibobol", by=administrator, at=now)

    monkeypatch.setattr(identities, "one_at_a_time", unlinked)

    claims = {"id_token": {"preferred_username": "maria"}}
    with pytest.raises(identities.UnknownIdentity):
        identities.match_officer(subject="s-1", claims=claims, by=administrator, at=now)


def test_an_own_password_does_not_replace_the_first_one_that_was_given_meanwhile(account, administrator, now):
    as_seen_before = Officer.objects.get(pk=account.officer.pk)
    staff.reset_password(officer=account.officer, why="dibobol", by=administrator, at=now)

    with pytest.raises(staff.PresentPasswordWrong):
        staff.change_own_password(
            officer=as_seen_before, present=account.password, wanted="kentongan-berbunyi", by=administrator, at=now
        )


def test_an_unknown_role_is_refused_and_nothing_is_kept(administrator, now):
    with pytest.raises(staff.UnknownRole):
        made("budi", role="raja", by=administrator, at=now)

    assert not Officer.objects.filter(username="budi").exists()


def test_a_transfer_ends_one_posting_opens_the_next_and_withdraws_keys(account, administrator, agency_of, now):
    kupang = agency_of("kanim-kupang", parent="kanwil-im-ntt")
    token = _token(account.officer, administrator, now)
    later = now + timedelta(days=1)

    staff.post_officer(officer=account.officer, agency=kupang, role="leader", why="mutasi", by=administrator, at=later)

    postings = account.officer.postings.order_by("started_at").values_list("agency_id", "ended_at", "end_reason")
    assert list(postings) == [("kanim-atambua", later, "mutasi"), ("kanim-kupang", None, "")]
    assert token_in_force(token.secret, at=later) is None


def test_an_officer_is_not_posted_out_of_reach(account, administrator, agency_of, now):
    police = agency_of("polres-belu", kind="police")

    with pytest.raises(actions.NotYoursToAdminister):
        staff.post_officer(officer=account.officer, agency=police, role="analyst", why="x", by=administrator, at=now)

    assert Posting.objects.get(officer=account.officer, ended_at__isnull=True).agency_id == "kanim-atambua"


def test_an_officer_of_another_branch_is_out_of_reach(officer_of, administrator, now):
    stranger = officer_of("polres-belu", kind="police")

    for deed in (staff.end_service, staff.revoke_officer, staff.reset_password):
        with pytest.raises(actions.NotYoursToAdminister):
            deed(officer=stranger, why="x", by=administrator, at=now)


def test_who_has_left_serves_nowhere_and_can_be_posted_again(account, administrator, now):
    staff.end_service(officer=account.officer, why="cuti panjang", by=administrator, at=now)
    assert not account.officer.postings.filter(ended_at__isnull=True).exists()
    with pytest.raises(staff.OfficerOffDuty):
        staff.end_service(officer=account.officer, why="lagi", by=administrator, at=now)

    kanim = Agency.objects.get(pk="kanim-atambua")
    staff.post_officer(officer=account.officer, agency=kanim, role="analyst", why="kembali", by=administrator, at=now)

    assert account.officer.postings.get(ended_at__isnull=True).agency == kanim


def test_a_revoked_account_has_no_session_no_key_and_no_sign_in(account, administrator, client, now):
    token = _token(account.officer, administrator, now)
    Officer.objects.update(must_change_password=False)
    client.force_login(account.officer, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/akun-saya/kunci/").status_code == 200

    staff.revoke_officer(officer=account.officer, why="pelanggaran", by=administrator, at=now)

    assert client.get("/akun-saya/kunci/").status_code == 302
    assert token_in_force(token.secret, at=now) is None
    assert authenticate(username="maria", password=account.password) is None


def test_a_new_first_password_ends_open_sessions(account, administrator, client, now):
    Officer.objects.update(must_change_password=False)
    client.force_login(account.officer, backend="django.contrib.auth.backends.ModelBackend")

    staff.reset_password(officer=account.officer, why="lupa", by=administrator, at=now)

    assert client.get("/akun-saya/kunci/").status_code == 302


def test_nobody_changes_their_own_posting(administrator, now):
    oneself = Officer.objects.get(pk=administrator.ref.partition(":")[2])

    for deed in (staff.end_service, staff.revoke_officer, staff.reset_password):
        with pytest.raises(staff.NotOneself):
            deed(officer=oneself, why="x", by=administrator, at=now)


def test_a_password_of_ones_own_replaces_the_first_one(account, administrator, now):
    with pytest.raises(staff.PasswordRefused):
        staff.change_own_password(
            officer=account.officer, present="salah", wanted="kentongan-berbunyi", by=administrator, at=now
        )
    with pytest.raises(staff.PasswordRefused):
        staff.change_own_password(
            officer=account.officer, present=account.password, wanted="pendek", by=administrator, at=now
        )

    staff.change_own_password(
        officer=account.officer, present=account.password, wanted="kentongan-berbunyi", by=administrator, at=now
    )

    assert authenticate(username="maria", password="kentongan-berbunyi")
    assert not Officer.objects.get(username="maria").must_change_password


# --- keys -----------------------------------------------------------------------------------------------------------


def _token(officer, by, at, days=30):
    return staff.issue_token(
        officer=officer, name="uji", purpose="prevention", expires_at=at + timedelta(days=days), by=by, at=at
    )


def test_a_key_opens_until_it_expires_and_only_its_hash_is_kept(account, administrator, now):
    issued = _token(account.officer, administrator, now)

    assert token_in_force(issued.secret, at=now) == issued.token
    assert token_in_force(issued.secret, at=now + timedelta(days=30)) is None
    assert token_in_force(issued.secret + "x", at=now) is None
    assert issued.secret not in str(ApiToken.objects.values().get())


@pytest.mark.django_db(transaction=True)
def test_no_key_is_issued_beside_the_end_of_the_service_for_which_it_would_be(officer_of, console, now):
    officer, answers = officer_of(), []

    def issue():
        try:
            answers.append(_token(Officer.objects.get(pk=officer.pk), console, now))
        except staff.OfficerOffDuty:
            answers.append("off duty")
        finally:
            connection.close()

    other = threading.Thread(target=issue)
    with transaction.atomic():
        staff.end_service(officer=officer, why="cuti", by=console, at=now)
        other.start()
        other.join(timeout=0.5)
        assert answers == []
    other.join()

    assert answers == ["off duty"]
    assert not officer.tokens.exists()


def test_a_withdrawn_key_opens_nothing_and_is_withdrawn_once(account, administrator, now):
    issued = _token(account.officer, administrator, now)

    staff.revoke_token(token=issued.token, by=administrator, at=now)
    staff.revoke_token(token=issued.token, by=administrator, at=now)

    assert token_in_force(issued.secret, at=now) is None
    assert TrailRow.objects.filter(event="token.revoked").count() == 1


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_key_lasts_at_most_a_year(days, account, administrator, now):
    with pytest.raises(staff.TokenRefused):
        _token(account.officer, administrator, now, days=days)


# --- files ----------------------------------------------------------------------------------------------------------

OFFICERS = """username,full_name,agency_id,role
yosef,Yosef Uji,kanim-atambua,analyst
anna,Anna Uji,kanim-atambua,post_officer
"""


def test_a_file_of_officers_makes_all_accounts(administrator, now):
    accounts = imports.import_officers(text=OFFICERS, by=administrator, at=now)

    assert [a.officer.username for a in accounts] == ["yosef", "anna"]
    assert len({a.password for a in accounts}) == 2


def test_every_fault_is_named_with_its_row_and_nothing_is_kept(administrator, agency_of, now):
    agency_of("polres-belu", kind="police")
    text = (
        OFFICERS
        + "yosef,Yosef Dua,kanim-atambua,analyst\nrina,Rina Uji,tidak-ada,analyst\nlia,Lia Uji,kanim-atambua,raja\nedi,Edi Uji,polres-belu,analyst\n"
    )

    with pytest.raises(imports.FaultyImport) as refusal:
        imports.import_officers(text=text, by=administrator, at=now)

    assert [detail.partition(":")[0] for detail in refusal.value.details] == [
        "baris 4",
        "baris 5",
        "baris 6",
        "baris 7",
    ]
    assert not Officer.objects.filter(username__in=("yosef", "anna")).exists()


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("", "kolom username tidak ada"),
        ("username,full_name\nx,y\n", "kolom agency_id tidak ada"),
        ("username,full_name,agency_id,role,agama\nx,y,z,analyst,w\n", "kolom agama tidak dikenal"),
        ("username,full_name,agency_id,role\nx,,kanim-atambua,analyst\n", "baris 2: kolom full_name kosong"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_with_the_reason(text, about, administrator, now):
    with pytest.raises(imports.FaultyImport) as refusal:
        imports.import_officers(text=text, by=administrator, at=now)

    assert about in refusal.value.details


def test_a_table_without_rows_is_refused(administrator, now):
    with pytest.raises(imports.FaultyImport, match="satu baris"):
        imports.import_officers(text="username,full_name,agency_id,role\n", by=administrator, at=now)


def test_a_file_of_agencies_may_name_agencies_of_the_same_file_as_parents(gazetteer_rows, console, now):
    text = "id,name,kind,country,level,parent_id,place_code\npolda-x,Polda X,police,ID,province,,53\npolres-x,Polres X,police,ID,regency,polda-x,53.04\n"

    made = imports.import_agencies(text=text, by=console, at=now)

    assert [a.pk for a in made] == ["polda-x", "polres-x"]
    assert descendants_on("polda-x", now.date()) == {"polres-x"}


def test_an_unknown_place_or_parent_in_a_file_is_named(gazetteer_rows, console, now):
    text = "id,name,kind,country,level,parent_id,place_code\na,A,police,ID,province,,99.99\nb,B,police,ID,province,tidak-ada,\n"

    with pytest.raises(imports.FaultyImport) as refusal:
        imports.import_agencies(text=text, by=console, at=now)

    assert len(refusal.value.details) == 2
    assert not Agency.objects.filter(pk__in=("a", "b")).exists()


def test_an_agency_changes_hands_with_the_civil_day_and_not_with_the_day_in_greenwich(administrator, agency_of, now):
    early = now.replace(hour=0) - timedelta(hours=2)  # six in the morning in Kupang, the evening before in Greenwich
    today = timezone.localdate(early)
    kanim = Agency.objects.get(pk="kanim-atambua")
    taken, given = agency_of("taken", parent="kanwil-im-ntt"), agency_of("given", parent="polda-ntt")
    taken.parents.update(valid_to=today)
    given.parents.update(valid_to=today)
    AgencyParent.objects.create(agency=given, parent=kanim, valid_from=today)

    actions.demand_administration(administrator, "given", at=early)
    with pytest.raises(actions.NotYoursToAdminister):
        actions.demand_administration(administrator, "taken", at=early)


AGENCIES = "id,name,kind,country,level,valid_from\n"


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("polres x,Polres X,police,ID,regency,", "id"),
        ("polres-x,Polres X,polisi,ID,regency,", "kind"),
        ("polres-x,Polres X,police,IDN,regency,", "country"),
        ("polres-x,Polres X,police,ID,kabupaten,", "level"),
        ("polres-x,Polres X,police,ID,regency,1/2/2020", "valid_from"),
        ("polres-x,Polres X,police,ID,regency,2020-02-31", "valid_from"),
        ("polres-x,Polres X,police,ID,regency,0001-01-01", "valid_from"),
        ("polres-x,Polres X,police,ID,regency,9999-12-31", "valid_from"),
        ("polres-x,Polres\x00X,police,ID,regency,", "name"),
        ("polres-x,Polres X,police,I1,regency,", "country"),
        (f"polres-x,{'x' * 201},police,ID,regency,", "name"),
    ],
)
def test_a_file_of_agencies_says_no_more_than_the_page_takes(row, column, db, console, now):
    with pytest.raises(imports.FaultyImport) as refusal:
        imports.import_agencies(text=f"{AGENCIES}{row}\n", by=console, at=now)

    (told,) = refusal.value.details
    assert told.startswith(f"baris 2: kolom {column} ")
    assert "format" not in told


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("budi uji,Budi Uji,kanim-atambua,analyst,", "username"),
        ("\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM},Budi Uji,kanim-atambua,analyst,", "username"),
        ("budi,Budi\x00Uji,kanim-atambua,analyst,", "full_name"),
        ("budi,Budi Uji,forum-uji,analyst,", "agency_id"),
        ("budi,Budi Uji,kanim-atambua,raja,", "role"),
        ("budi,Budi Uji,kanim-atambua,analyst,bukan surel", "email"),
        (f"budi,Budi Uji,kanim-atambua,analyst,budi@{'x.' * 125}test", "email"),
    ],
)
def test_a_file_of_officers_says_no_more_than_the_page_takes(row, column, administrator, agency_of, now):
    agency_of("forum-uji", parent="kanwil-im-ntt")
    Agency.objects.filter(pk="forum-uji").update(is_forum=True)

    with pytest.raises(imports.FaultyImport) as refusal:
        imports.import_officers(text=f"username,full_name,agency_id,role,email\n{row}\n", by=administrator, at=now)

    (told,) = refusal.value.details
    assert told.startswith(f"baris 2: kolom {column} ")


def test_all_that_is_wrong_with_a_row_is_told_at_once(administrator, now):
    with pytest.raises(imports.FaultyImport) as refusal:
        imports.import_officers(
            text="username,full_name,agency_id,role\nbudi uji,Budi Uji,kanim-atambua,raja\n", by=administrator, at=now
        )

    (told,) = refusal.value.details
    assert "kolom username (budi uji): " in told
    assert "kolom role (raja): " in told


def test_what_a_file_says_of_an_agency_is_kept_as_the_page_would_keep_it(gazetteer_rows, console, now):
    text = "id,name,name_en,kind,country,level,place_code,valid_from\npolres-x,Polres X,X Police,police,id,regency,53.04,2020-02-29\n"

    (agency,) = imports.import_agencies(text=text, by=console, at=now)

    assert (agency.country, agency.name_en, agency.seat_id, agency.valid_from) == (
        "ID",
        "X Police",
        3,
        date(2020, 2, 29),
    )


def test_a_cell_that_no_table_has_is_refused_in_words(administrator, now):
    with pytest.raises(imports.FaultyImport, match="tidak dapat dibaca sebagai tabel"):
        imports.import_officers(text=f"{OFFICERS}{'x' * 140_000},x,kanim-atambua,analyst\n", by=administrator, at=now)


def test_the_agency_that_runs_the_installation_is_made_once_and_its_administrator_reaches_all(
    console, officer_of, agency_of, now
):
    operator = actions.operator_agency(by=console, at=now)
    stranger = officer_of("polres-belu", kind="police")

    assert actions.operator_agency(by=console, at=now) == operator
    staff.end_service(officer=stranger, why="purnatugas", by=console, at=now)
    assert not stranger.postings.filter(ended_at__isnull=True).exists()


def test_a_revoked_account_gets_no_new_password_and_no_posting(account, administrator, now):
    staff.revoke_officer(officer=account.officer, why="pelanggaran", by=administrator, at=now)
    kanim = Agency.objects.get(pk="kanim-atambua")

    with pytest.raises(staff.AccountRevoked):
        staff.reset_password(officer=account.officer, why="lupa", by=administrator, at=now)
    with pytest.raises(staff.AccountRevoked):
        staff.post_officer(officer=account.officer, agency=kanim, role="analyst", why="x", by=administrator, at=now)
