"""Recording: complete, in the caller's transaction, and never in its way."""

import contextlib
import uuid

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, connection, transaction

from campaigns.models import Campaign
from ledger import spool
from ledger.context import acting
from ledger.hashing import row_hash
from ledger.models import LedgerEvent
from ledger.replay import replay_spool
from ledger.services import log_clip_event, log_event, log_events, log_job_event
from tests.events import event_types_of
from tests.factories import make_campaign, make_clip, make_video
from tests.ledger.faults import address

pytestmark = pytest.mark.django_db


def test_log_event_basic():
    with acting(actor="user:1", correlation_id="road-1", worker_id="host:1"):
        event = log_event("worker_started", entity_type="worker", entity_id="host:1")
    stored = LedgerEvent.objects.get(pk=event.pk)
    assert (stored.event_type, stored.entity_type, stored.entity_id, stored.severity) == (
        "worker_started",
        "worker",
        "host:1",
        "INFO",
    )
    assert (stored.actor, stored.correlation_id, stored.worker_id) == ("user:1", "road-1", "host:1")
    assert stored.row_hash == row_hash(stored)


def test_log_job_event_creates_entry():
    job_id = uuid.uuid4()
    event = log_job_event("job_noted", job_id, metadata={"n": 1})
    assert LedgerEvent.objects.get(job_id=job_id).pk == event.pk
    assert (event.entity_type, event.entity_id, event.metadata) == ("job", str(job_id), {"n": 1})


def test_log_clip_event_creates_entry():
    clip_id = uuid.uuid4()
    log_clip_event("clip_noted", clip_id)
    assert LedgerEvent.objects.get(clip_id=clip_id).entity_type == "clip"


def test_creating_an_audited_row_is_an_event():
    video = make_video()
    clip = make_clip(video)
    assert event_types_of(video) == ["video_uploaded"]
    (event,) = LedgerEvent.objects.filter(entity_type="clip")
    assert (event.clip_id, event.correlation_id) == (clip.pk, str(video.pk))


def test_secrets_never_reach_the_ledger():
    event = log_event(
        "worker_started",
        metadata={
            "access_token": "abc",
            "note": "from ada@example.org via https://x.example/v.mp4?sig=1",
            "nested": [{"client_secret": "s"}],
        },
    )
    text = str(event.metadata)
    assert "abc" not in text
    assert "ada@example.org" not in text
    assert "sig=1" not in text
    assert event.metadata["nested"] == [{"client_secret": "***"}]


def test_odd_metadata_and_severity_are_taken_as_they_can_be():
    event = log_event(
        "worker_started", severity="LOUD", metadata={"x": object(), "n": float("nan")}
    )
    assert event.severity == "INFO"
    assert event.metadata["n"] == "nan"


def test_ledger_graceful_failure_does_not_break_flow(monkeypatch):
    def full(*args, **kwargs):
        raise DatabaseError("database or disk is full")

    with transaction.atomic():
        video = make_video()
        monkeypatch.setattr(LedgerEvent, "save", full)
        assert log_event("worker_started", entity=video) is None
        video.title = "still writable"
        video.save(update_fields=["title"])
    video.refresh_from_db()
    assert video.title == "still writable"


@pytest.mark.django_db(transaction=True)
def test_an_event_the_database_refused_waits_in_the_spool(monkeypatch):
    def full(*args, **kwargs):
        raise DatabaseError("database or disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(LedgerEvent, "save", full)
        log_event("worker_started", entity_id="w1")
    (entry,) = spool.waiting()
    assert (entry.event.event_type, entry.event.entity_id) == ("worker_started", "w1")


@pytest.mark.django_db(transaction=True)
def test_a_broken_transaction_is_no_reason_to_raise_or_to_forget():
    with pytest.raises(DatabaseError), transaction.atomic():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT * FROM no_such_table")
        except DatabaseError:
            log_event("worker_started", entity_id="after the fault")
            raise
    kept = [entry.event.entity_id for entry in spool.waiting()]
    in_table = list(LedgerEvent.objects.values_list("entity_id", flat=True))
    assert "after the fault" in kept + in_table or connection.vendor == "sqlite"


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_on_top_is_still_no_reason_to_raise(monkeypatch, settings, tmp_path):
    def full(*args, **kwargs):
        raise DatabaseError("database or disk is full")

    (tmp_path / "file").touch()
    settings.LEDGER_SPOOL_DIR = tmp_path / "file"  # a folder can never be made there
    monkeypatch.setattr(LedgerEvent, "save", full)
    with transaction.atomic():
        assert log_event("worker_started") is None
    assert log_event("worker_started") is None


@pytest.mark.django_db(transaction=True)
def test_a_change_whose_transaction_broke_is_not_remembered_as_one():
    with pytest.raises(DatabaseError), transaction.atomic():
        with contextlib.suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")
        transaction.set_rollback(True)
        log_event("video_uploaded", entity_id="never", of_change=True)
        log_event("worker_started", entity_id="all the same")
        raise DatabaseError
    assert [entry.event.entity_id for entry in spool.waiting()] == ["all the same"]


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_leaves_no_event():
    with pytest.raises(RuntimeError), transaction.atomic():
        make_video()
        raise RuntimeError
    assert LedgerEvent.objects.count() == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda event: LedgerEvent.objects.filter(pk=event.pk).update(actor="x"),
        lambda event: LedgerEvent.objects.filter(pk=event.pk).delete(),
        lambda event: event.save(),
    ],
    ids=["update", "delete", "save"],
)
def test_the_database_refuses_to_change_the_past(change):
    event = log_event("worker_started", entity_id="w1")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        change(event)
    assert LedgerEvent.objects.get(pk=event.pk).actor == event.actor


def test_a_row_of_the_fast_way_is_what_the_orm_reads_and_would_write():
    event = log_event(
        "worker_started",
        entity_id="x",
        metadata={"ünï": [1.5, -0.0, 1e20, None, {"a": "b\\n\t"}], "n": 2**80},
        job_id=uuid.uuid4(),
        clip_id=uuid.uuid4(),
    )
    stored = LedgerEvent.objects.get()
    for field in LedgerEvent._meta.concrete_fields:
        assert getattr(stored, field.attname) == getattr(event, field.attname), field.name
    assert row_hash(stored) == event.row_hash
    fields = LedgerEvent._meta.concrete_fields
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM ledger_events")
            (row,) = cursor.fetchall()
        written = [
            field.get_db_prep_save(getattr(event, field.attname), connection) for field in fields
        ]
        assert [row[0], str(row[1]), *row[2:]] == written  # the driver reads times by itself


def test_many_at_once_are_rows_like_any_other():
    facts = [
        {"event_type": "worker_started", "entity_id": f"\\{n}\t", "metadata": {"text": "a\\b\nc\t"}}
        for n in range(30)
    ]
    with acting(actor="user:1", correlation_id="road-1"):
        assert log_events(facts) == 30
    for n, event in enumerate(LedgerEvent.objects.order_by("id")):
        assert event.row_hash == row_hash(event)
        assert (event.entity_id, event.metadata) == (f"\\{n}\t", {"text": "a\\b\nc\t"})


def test_many_of_which_one_is_wrong_are_written_but_that_one(monkeypatch):
    def refuse(events):
        raise DatabaseError("not all of them")

    monkeypatch.setattr("ledger.services.insert_new", refuse)
    assert log_events({"event_type": "worker_started", "entity_id": n} for n in range(9)) == 9
    assert LedgerEvent.objects.count() == 9


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one lock for all tables")
def test_a_lock_on_the_whole_table_costs_a_moment_not_the_caller():
    with psycopg.connect(**address()) as other:
        other.execute("LOCK TABLE ledger_events IN ACCESS EXCLUSIVE MODE")
        with transaction.atomic():
            make_campaign(name="written all the same")
        other.rollback()
    assert Campaign.objects.get().name == "written all the same"
    assert not LedgerEvent.objects.exists()
    assert replay_spool() == 1
    assert LedgerEvent.objects.get().event_type == "campaign_created"


@pytest.mark.django_db(transaction=True)
def test_while_the_database_is_away_it_is_not_asked_again(monkeypatch):
    asked = []

    def away(*args, **kwargs):
        asked.append(1)
        raise OperationalError("no answer")

    with monkeypatch.context() as broken:
        broken.setattr(LedgerEvent, "save", away)
        for n in range(5):
            log_event("worker_started", entity_id=n)
    assert len(asked) == 1
    connection.close()
    connection.ensure_connection()  # anybody's: it is back
    assert log_event("worker_started", entity_id="back")
    assert replay_spool() == 5
    order = list(LedgerEvent.objects.order_by("id").values_list("entity_id", flat=True))
    assert order == ["0", "1", "2", "3", "4", "back"]


@pytest.mark.django_db(transaction=True)
def test_many_at_once_while_the_database_is_away_wait_together(monkeypatch):
    def away(events):
        list(events)
        raise OperationalError("no answer")

    facts = [{"event_type": "worker_started", "entity_id": n} for n in range(9)]
    with monkeypatch.context() as broken:
        broken.setattr("ledger.services.insert_new", away)
        assert log_events([*facts, {"no": "event"}]) == 0
    assert not LedgerEvent.objects.exists()
    assert replay_spool() == 9


def test_what_looks_like_the_next_field_stays_in_the_metadata_of_many(caplog):
    odd = {
        ',"metadata":': ',"severity":',
        "b": {"metadata": [',"metadata":{}', 'x","severity":"ERROR']},
        "back\\slash": "tab\t",
        "severity": {"a": 1, "metadata": 2, "severity": 3},
    }
    with acting(actor='a,"metadata":{}', correlation_id=',"severity":'):
        assert log_events([{"event_type": "clip_created", "metadata": odd}] * 2) == 2
    first, second = LedgerEvent.objects.filter(event_type="clip_created")
    assert first.metadata == second.metadata == odd
    assert not caplog.records  # they did not have to go one by one
    assert first.row_hash == row_hash(first)
