"""Pages: every event once, in both directions, whatever comes in meanwhile, and never an OFFSET."""

import base64
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.errors import BadCursor
from ledger.models import LedgerEvent
from ledger.queries import Asked, page_of
from tests.ledger.past import NOON, event_at, put

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
CLIP, JOB = uuid.UUID(int=1), uuid.UUID(int=2)
ROAD = str(uuid.UUID(int=3))


@pytest.fixture
def many():
    """Forty events, a minute apart, with everything that can be asked for."""
    return put(
        *(
            event_at(
                NOON + n * MINUTE,
                ["worker_started", "worker_stopped"][n % 2],
                entity_type="clip",
                entity_id=["a", "b"][n % 2],
                severity=["INFO", "WARN", "ERROR"][n % 3],
                job_id=JOB if n % 2 else None,
                clip_id=None if n % 2 else CLIP,
                correlation_id=ROAD if n % 4 == 0 else "",
                actor=f"user:{n % 4}",
                worker_id="studio:a:1" if n % 5 == 0 else "",
                metadata={"why": f"Because {n}"},
            )
            for n in range(40)
        )
    )


def walk(asked, *, newest_first=True, limit=7, between=lambda: None):
    """All pages forward, then back to the first: (ids forward, ids back)."""
    page = page_of(asked, limit=limit, newest_first=newest_first)
    forward = [page]
    while page.next:
        between()
        page = page_of(asked, cursor=page.next, limit=limit, newest_first=newest_first)
        forward.append(page)
    back = [page]
    while page.previous:
        page = page_of(asked, cursor=page.previous, limit=limit, newest_first=newest_first)
        back.insert(0, page)
    return [[event.pk for one in pages for event in one.events] for pages in (forward, back)]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (Asked(), lambda e: True),
        (Asked(event_types=("worker_started",)), lambda e: e.event_type == "worker_started"),
        (Asked(event_types=("worker_started", "worker_stopped")), lambda e: True),
        (Asked(severity="ERROR"), lambda e: e.severity == "ERROR"),
        (Asked(severity="WARN"), lambda e: e.severity == "WARN"),
        (Asked(entity_type="clip", entity_id="a"), lambda e: e.entity_id == "a"),
        (Asked(job_id=JOB), lambda e: e.job_id == JOB),
        (
            Asked(clip_id=CLIP, severity="INFO"),
            lambda e: e.clip_id == CLIP and e.severity == "INFO",
        ),
        (Asked(correlation_id=ROAD), lambda e: e.correlation_id == ROAD),
        (Asked(actor="user:3"), lambda e: e.actor == "user:3"),
        (Asked(worker_id="studio:a:1"), lambda e: e.worker_id == "studio:a:1"),
        (Asked(words=("because 1",)), lambda e: "Because 1" in e.metadata["why"]),
        (Asked(since=NOON + 5 * MINUTE), lambda e: e.timestamp >= NOON + 5 * MINUTE),
        (Asked(until=NOON + 5 * MINUTE), lambda e: e.timestamp < NOON + 5 * MINUTE),
        (Asked(video_id=uuid.UUID(int=3)), lambda e: e.correlation_id == ROAD or e.clip_id == CLIP),
        (Asked(about=JOB), lambda e: e.job_id == JOB),
        (Asked(about=JOB, severity="ERROR"), lambda e: e.job_id == JOB and e.severity == "ERROR"),
    ],
)
@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("looked_at", [5, 20_000])
def test_walking_there_and_back_meets_each_event_once(
    many, asked, expected, newest_first, looked_at, monkeypatch
):
    monkeypatch.setattr("ledger.queries.pages.LOOKED_AT", looked_at)
    wanted = [event.pk for event in many if expected(event)]
    if newest_first:
        wanted.reverse()
    assert walk(asked, newest_first=newest_first) == [wanted, wanted]


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("apart", [timedelta(hours=10), timedelta(days=2), timedelta(days=40)])
@pytest.mark.parametrize("asked", [Asked(), Asked(event_types=("worker_started",))])
def test_pages_go_on_from_week_to_week(asked, apart, newest_first):
    wanted = [event.pk for event in put(*(event_at(NOON - n * apart) for n in range(30)))]
    if not newest_first:
        wanted.reverse()
    assert walk(asked, newest_first=newest_first) == [wanted, wanted]


def test_a_full_page_is_one_statement_about_its_week(many):
    page = page_of(Asked(), limit=5)
    with CaptureQueriesContext(connection) as seen:
        assert len(page_of(Asked(), cursor=page.next, limit=5).events) == 5
    assert len(seen) == 1
    if connection.vendor == "postgresql":
        bounds = seen[0]["sql"].split("WHERE")[1]
        assert '"id" <' in bounds
        assert '"id" >=' in bounds


def test_events_that_come_in_meanwhile_move_nothing(many):
    at = iter(range(1000))
    wanted = [event.pk for event in reversed(many)]

    def comes_in():
        put(event_at(NOON + timedelta(hours=5, seconds=next(at))))

    forward, back = walk(Asked(), between=comes_in)
    assert forward == wanted
    assert back[-40:] == wanted  # and the new ones before them
    assert len(back) == LedgerEvent.objects.count()


def test_a_page_that_stopped_looking_says_so(many, monkeypatch):
    monkeypatch.setattr("ledger.queries.pages.LOOKED_AT", 10)
    page = page_of(Asked(worker_id="studio:a:1"), limit=7)
    assert page.searched_on
    assert len(page.events) == 2
    assert page.next


def test_no_statement_has_an_offset_or_counts_the_table(many):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        for asked in (Asked(), Asked(actor="user:1"), Asked(video_id=uuid.UUID(int=3))):
            walk(asked)
    assert not [q["sql"] for q in seen if "OFFSET" in q["sql"].upper()]


@pytest.mark.parametrize("key", [b"f" + b"\xff" * 16, b"b" + b"\xff" * 16, b"f" + bytes(16)])
def test_a_cursor_from_no_time_at_all_is_an_empty_page_or_the_first(many, key):
    cursor = base64.urlsafe_b64encode(key).decode().rstrip("=")
    found = len(page_of(Asked(), cursor=cursor, limit=5).events)
    assert found == (5 if key[:2] == b"f\xff" else 0)


@pytest.mark.parametrize("cursor", ["x", "Zg", "é", "=" * 30, "Zg" * 40, "\x00"])
def test_a_cursor_that_is_none_is_refused(cursor):
    with pytest.raises(BadCursor):
        page_of(Asked(), cursor=cursor)
