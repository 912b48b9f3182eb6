"""What tests of publishing share: a clock."""

import pytest
import time_machine
from django.utils import timezone

import jobs.budgets


@pytest.fixture
def clock(monkeypatch):
    """A clock that tests move; the simulator lives by it too, and budgets, which else ask PostgreSQL."""
    monkeypatch.setattr(jobs.budgets, "_now", timezone.now)
    with time_machine.travel(timezone.now(), tick=True) as traveller:
        yield traveller
