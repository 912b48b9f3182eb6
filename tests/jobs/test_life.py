"""The life of a job on its page, and what is drawn of jobs."""

import re
from datetime import timedelta

import pytest

from jobs.admin.showing import in_time
from jobs.drawing import picture_of, sparkline
from jobs.life import Try, Wait, life_of
from jobs.models import JOB, QUEUE, Job, JobAttempt
from jobs.services import claim, enqueue, enqueue_batch, release
from tests.factories import make_user
from tests.jobs.conftest import Note
from tests.past_the_ledger import overwrite

pytestmark = pytest.mark.django_db
LIST = "/admin/jobs/job/"


@pytest.fixture(autouse=True)
def _types(job_type_of):
    job_type_of(max_attempts=1)


@pytest.fixture
def ben(client):
    """Somebody who may change jobs."""
    client.force_login(make_user("ben"))
    return client


def put():
    return enqueue("test_note", Note())


def try_at(job, start, end, outcome, **fields):
    number = job.attempts.count() + 1
    born = job.created_at
    return JobAttempt.objects.create(
        job=job, number=number, fencing_token=number, worker_id="vm::1", outcome=outcome,
        started_at=born + timedelta(seconds=start),
        ended_at=None if end is None else born + timedelta(seconds=end), **fields,
    )  # fmt: skip


def test_a_life_is_waits_and_tries_on_one_axis():
    job = put()
    stages = [{"name": "reading", "started_ms": 0, "ms": 5000}]
    try_at(job, 20, 30, "failed", stages=stages)
    try_at(job, 60, 70, "released")
    overwrite(Job.objects.filter(pk=job.pk), status="retry", after_left=0)
    job.refresh_from_db()
    life = life_of(job, now=job.created_at + timedelta(seconds=100))
    assert [(type(row), row.span.name, row.span.left, row.span.width) for row in life.rows] == [
        (Wait, "Waited for a worker", 0, 20),
        (Try, "Try 1: failed", 20, 10),
        (Wait, "Waited to be tried again", 30, 30),
        (Try, "Try 2: handed back", 60, 10),
        (Wait, "Waits to be tried again", 70, 30),
    ]
    (stage,) = life.rows[1].stages
    assert (stage.name, stage.left, stage.width) == ("reading", 20, 5)
    assert (life.worked_s, life.waited_s, life.goes_on) == (20, 80, True)


def test_bars_stay_on_the_axis_whatever_the_clocks_said():
    job = put()
    try_at(job, -50, 400, "done", stages=[{"name": "late", "started_ms": 900_000, "ms": 1}])
    overwrite(
        Job.objects.filter(pk=job.pk),
        status="completed",
        ended_at=job.created_at + timedelta(seconds=10),
    )
    job.refresh_from_db()
    (row,) = life_of(job).rows
    for span in (row.span, *row.stages):
        assert span.left >= 0
        assert 0 < span.width <= 100 - span.left


def test_of_very_many_tries_the_newest_are_shown(monkeypatch):
    monkeypatch.setattr("jobs.life.TRIES_SHOWN", 2)
    job = put()
    for second in range(3):
        try_at(job, 10 * second + 1, 10 * second + 2, "snoozed")
    life = life_of(job)
    assert life.left_out == 1
    assert [row.span.name for row in life.rows if isinstance(row, Try)] == [
        "Try 2: snoozed",
        "Try 3: snoozed",
    ]


def test_a_page_shows_what_a_job_waits_for_and_what_waits_for_it(ben):
    batch = enqueue_batch("spring <b>", [("test_note", Note())], then=("test_note", Note()))
    job, then = batch.jobs.get(), batch.callback
    page = ben.get(f"{LIST}{then.pk}/change/").content.decode()
    assert "Waits for another job" in page
    assert f'href="{LIST}{job.pk}/change/"' in page
    page = ben.get(f"{LIST}{job.pk}/change/").content.decode()
    assert f'href="{LIST}{then.pk}/change/"' in page
    assert f'href="/admin/jobs/jobbatch/{batch.pk}/change/"' in page
    assert "spring &lt;b&gt;" in page
    release(claim(job.pk, worker_id="vm::1"), why="the worker stops")
    page = ben.get(f"{LIST}{job.pk}/change/").content.decode()
    assert "the worker stops" in page
    assert "&lt;a" not in page


def test_the_page_of_a_job_asks_the_same_however_long_its_life(ben, django_assert_max_num_queries):
    batch = enqueue_batch("spring", [("test_note", Note())] * 5, then=("test_note", Note()))
    for job in (batch.jobs.first(), batch.callback):
        for second in range(20):
            try_at(job, second, second + 1, "failed", error="no luck")
        with django_assert_max_num_queries(18):
            assert ben.get(f"{LIST}{job.pk}/change/").content.decode().count("no luck") == 20


# --- What is drawn --------------------------------------------------------------------------------


@pytest.mark.parametrize("machine", [JOB, QUEUE])
def test_the_picture_has_every_state_and_every_move_of_the_table(machine):
    moves = {(a, b) for a, ways in machine.moves.items() for b in ways}
    for here in ["", *machine.states]:
        picture = picture_of(machine, here=here)
        assert {box.state for box in picture.boxes} == machine.states
        assert [box.state for box in picture.boxes if box.here] == [here] * bool(here)
        drawn = [(arrow.before, arrow.after) for arrow in picture.arrows]
        drawn += [(arrow.after, arrow.before) for arrow in picture.arrows if arrow.both]
        assert sorted(drawn) == sorted(moves)
        assert {(a.before, a.after) for a in picture.arrows if a.from_here} == {
            move for move in moves if move[0] == here
        }
        spots = {(box.x, box.y) for box in picture.boxes}
        assert len(spots) == len(picture.boxes)
        assert all(
            box.x >= 0 and box.x + picture.box_px[0] <= picture.width for box in picture.boxes
        )


def test_a_sparkline_shows_the_least_failure_and_stays_in_its_frame():
    drawn = sparkline([1000, 0, 1], [0, 0, 1])
    assert drawn.busiest == 1000
    assert drawn.failed.count("M") == 1
    assert drawn.done.count("M") == 2
    tops = [float(y) for y in re.findall(r"M\d+ ([\d.-]+)", drawn.done + drawn.failed)]
    assert min(tops) >= 0
    assert sparkline([0] * 60, [0] * 60).done == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "–"),
        (-3, "0 ms"),
        (0.02, "20 ms"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.9, "1 min"),
        (3600, "1 h"),
        (3661, "1 h 1 min"),
        (90_061, "1 d 1 h"),
        (86_400 + 30, "1 d"),
    ],
)
def test_times_are_told_in_at_most_two_units(seconds, words):
    assert in_time(seconds) == words
