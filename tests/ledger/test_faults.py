"""Whatever goes wrong while recording: nobody is harmed, and nothing is lost."""

import pytest
from django.db import connection

from tests.ledger.faults import ENGINES, inject

pytestmark = pytest.mark.django_db(transaction=True)


def test_no_fault_reaches_a_caller_and_every_event_is_found(tmp_path, settings):
    told = inject(400, seed=5, folder=tmp_path)
    assert told.faults() == []
    assert told.spooled > 50


@pytest.mark.parametrize("fault", ENGINES[connection.vendor])
def test_each_fault_by_itself(fault, tmp_path, settings):
    told = inject(24, seed=7, folder=tmp_path, only=fault)
    assert told.faults() == []
