"""Who searched for a term: an overseer asks with a reason, within reach, and leaves a row without the term."""

import pytest
from django.urls import reverse
from django.utils import timezone

from kentongan.agreements.listings import note_list
from kentongan.audit.catalogue import Trail
from kentongan.audit.models import SearchKey, TrailRow
from kentongan.audit.stored_rows import rows_of
from kentongan.vocabulary.purposes import PURPOSE_LABELS

WHY = "Pengaduan nomor 7"


@pytest.fixture
def searched(actor_of):
    """Somebody of an agency searched the reports for words: `searched("kanim-atambua", "maria seran")`."""

    def search(agency, *searches, **more):
        actor = actor_of(agency, role="analyst", purpose="investigation", **more)
        for words in searches:
            note_list("reports", words=words, found=3, by=actor, at=timezone.now())

    return search


@pytest.fixture
def ask(signed_in):
    """Ask as the overseer of an agency: `ask("Maria Seran")`."""

    def post(term, why=WHY, agency="kanim-atambua", **more):
        return signed_in(agency, **more).post(reverse("searcher_list"), {"term": term, "why": why})

    return post


def rows_in(answer) -> int:
    return answer.content.decode().count('data-label="Ditemukan"')


def test_an_overseer_learns_who_searched_for_a_name_when_why_and_how_much_was_found(searched, ask):
    searched("kanim-atambua", "seran  MARIA", "maria")

    answer = ask("Maria Seran")

    assert answer.status_code == 200
    assert rows_in(answer) == 1
    page = answer.content.decode()
    assert str(PURPOSE_LABELS["investigation"]) in page
    assert '<td data-label="Ditemukan">3</td>' in page


def test_searches_out_of_reach_are_not_told(searched, ask):
    searched("polres-belu", "maria", kind="police")
    searched("kanim-atambua", "maria", parent="kanwil-im-ntt")

    assert rows_in(ask("maria", agency="kanwil-im-ntt")) == 1


def test_the_question_is_in_the_trail_with_its_reason_and_without_the_term(searched, ask):
    searched("kanim-atambua", "silawati")

    ask("Silawati")

    row = TrailRow.objects.get(event=Trail.SEARCHERS_ASKED)
    assert (row.why, row.facts) == (WHY, {"rows": 1})
    assert "silawati" not in str(rows_of("SELECT * FROM audit_trailrow")).casefold()


@pytest.mark.parametrize(
    ("term", "why"), [("maria", ""), ("", WHY), ("m", WHY), ("Maria Seran", "soal maria  SERAN, lagi")]
)
def test_without_a_term_and_a_reason_that_does_not_hold_it_nothing_is_asked(term, why, ask):
    assert ask(term, why).status_code == 422
    assert not TrailRow.objects.filter(event=Trail.SEARCHERS_ASKED).exists()


def test_the_page_says_since_when_it_can_be_asked(searched, ask):
    searched("kanim-atambua", "maria")

    assert SearchKey.objects.get().month in ask("lain").content.decode()


def test_a_foreign_overseer_learns_of_the_own_officers_alone(searched, ask):
    searched("kanim-atambua", "maria")
    searched("pntl-bobonaro", "maria", kind="foreign_police", country="TL")

    assert rows_in(ask("maria", agency="pntl-bobonaro", kind="foreign_police", country="TL")) == 1
