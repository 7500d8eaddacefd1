"""The page and the suggestions of the place search."""

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client: Client, officer_of) -> Client:
    client.force_login(officer_of("kanim-atambua"))
    return client


def test_a_stranger_is_sent_to_the_sign_in(client: Client) -> None:
    answer = client.get(reverse("place_search"))

    assert answer.status_code == 302
    assert "/akun/" in answer["Location"]


def test_the_best_hit_is_shown_with_where_it_lies_and_why(officer: Client) -> None:
    page = officer.get(reverse("place_search"), {"q": "Desa Silawn, Belu"}).content.decode()

    assert "Desa Silawan, Kec. Tasifeto Timur, Kab. Belu, NTT" in page
    assert "mirip" in page


def test_a_former_code_leads_to_the_present_place(officer: Client) -> None:
    answer = officer.get(reverse("place_search"), {"q": "53.03.09.1010"})

    assert answer["Location"] == reverse("place_detail", args=["53.03.09.2010"])


def test_suggestions_are_json_of_a_few(officer: Client) -> None:
    answer = officer.get(reverse("place_search"), {"q": "motaain", "format": "json"}).json()

    assert {"53.04.02.2001", "53.21.02.2013"} <= {place["code"] for place in answer["places"]}
    assert len(answer["places"]) <= 8


@pytest.mark.parametrize("query", ["zzzzqq", "<script>alert(1)</script>", "%00", "x" * 5_000])
def test_a_query_without_an_answer_gets_a_designed_page(officer: Client, query: str) -> None:
    answer = officer.get(reverse("place_search"), {"q": query})

    assert answer.status_code == 200
    assert b"<script>alert" not in answer.content


def test_searching_asks_the_database_only_for_the_frame(officer: Client, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(12):
        officer.get(reverse("place_search"), {"q": "Silawan"})
