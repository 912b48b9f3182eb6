"""Job types that exist for the length of one test."""

from dataclasses import dataclass

import pytest
from django_q.brokers import get_broker
from django_q.conf import Conf

from jobs.registry import JOB_TYPES, Done, handles
from tests.jobs.chaos.house import chaos, chaos_types  # noqa: F401  fixtures


@dataclass(frozen=True)
class Note:
    """A payload with one word."""

    word: str = ""


def forget_all_bells():
    """Empty the broker."""
    get_broker().purge_queue()


@pytest.fixture(autouse=True)
def _no_bells_of_others():
    """What lies in Redis outlives the database of a test."""
    if not Conf.ORM:
        forget_all_bells()


@pytest.fixture
def job_type_of(monkeypatch):
    """`job_type_of(handler, name=…, **as handles())` registers a handler for this test."""

    def register(handler=None, *, name="test_note", **options):
        if handler is None:

            def handler(job):
                """Do nothing."""
                return Done({"word": job.payload.word})

        handler.__doc__ = handler.__doc__ or "A handler of a test."
        handles(name, payload=options.pop("payload", Note), **options)(handler)
        kind = JOB_TYPES[name]
        registered.append(name)
        return kind

    registered: list[str] = []
    yield register
    for name in registered:
        JOB_TYPES.pop(name, None)
