"""What tests of publishing share: a clock."""

import pytest
import time_machine
from django.utils import timezone


@pytest.fixture
def clock():
    """A clock that tests move; the simulator lives by it too."""
    with time_machine.travel(timezone.now(), tick=True) as traveller:
        yield traveller
