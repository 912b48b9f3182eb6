"""What every test stands on: folders of its own, and a ledger that may be emptied between tests."""

import pytest
from django.test import TransactionTestCase

from ledger.connections import ledger_door
from ledger.models import LedgerEvent
from ledger.writing import database_away

pytest_plugins = ["tests.publishing.simulator"]  # the fixture `simulator`, for every room

_flush = TransactionTestCase._fixture_teardown


def _flush_through_the_door(self):
    """Emptying all tables after a test is not what the append-only triggers are there to refuse."""
    with ledger_door():
        _flush(self)
        _forget_the_beginning()


def _forget_the_beginning():
    """Migrating puts the standard formats in, and the ledger remembers that; tests begin without."""
    LedgerEvent.objects.all().delete()


TransactionTestCase._fixture_teardown = _flush_through_the_door


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The databases of pytest-django, with an empty ledger."""
    with django_db_blocker.unblock(), ledger_door():
        _forget_the_beginning()


@pytest.fixture(autouse=True)
def _own_folders(settings, tmp_path):
    """Each test has media, work and spool folders of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.WORK_DIR = tmp_path / "work"
    settings.FETCH_DIR = tmp_path / "fetched"
    settings.LEDGER_SPOOL_DIR = tmp_path / "spool"
    database_away.forget()  # what the last test did to the database is over


@pytest.hookimpl(tryfirst=True)  # before pytest deselects by mark
def pytest_collection_modifyitems(items):
    """Mark what never touches the database of the tests: one run of it says all there is to say."""
    for item in items:
        wanted = {"db", "transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
        if not wanted and item.get_closest_marker("django_db") is None:
            item.add_marker(pytest.mark.any_database)
