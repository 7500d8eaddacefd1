"""The demonstration weighs the factors as anybody would: by three people, through the deeds."""

import pytest

from kentongan.demonstration.factors import let_factors_count
from kentongan.demonstration.indexing import WEIGHTS, weigh
from kentongan.demonstration.loading import Offices
from kentongan.vulnerability.index_models import IndexRun, Weighting


@pytest.mark.django_db
def test_a_weighting_of_each_index_is_in_force_and_its_run_waits_and_a_second_time_adds_nothing(
    gazetteer_rows, agency_of, now
):
    agency_of("ditjenim")
    offices = Offices(now)
    let_factors_count(offices, owner="ditjenim", at=now)

    made = weigh(offices, owner="ditjenim", at=now)

    assert made == len(WEIGHTS)
    in_force = Weighting.objects.filter(state="approved")
    assert all(len({w.proposed_by, w.approved_by, w.approved_by_second}) == 3 for w in in_force)
    assert sorted(IndexRun.objects.filter(state="queued").values_list("index", flat=True)) == ["tppm", "tppo"]
    assert weigh(offices, owner="ditjenim", at=now) == 0
