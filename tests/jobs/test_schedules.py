"""What recurs: each tick is one job, whoever looks and however often."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from django_q.models import Schedule as Q2Schedule
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from rest_framework.test import APIClient

from jobs.checks import every_schedule_can_run
from jobs.errors import BadSchedule, UnknownSchedule
from jobs.models import Job, JobSchedule
from jobs.runner import run_job
from jobs.schedules import SCHEDULES, Schedule, schedule
from jobs.services import enqueue
from jobs.services.schedules import (
    keep_declared,
    pause_schedule,
    resume_schedule,
    run_due_schedules,
    run_schedule_now,
)
from jobs.sweeper import sweep
from ledger.models import LedgerEvent
from tests.events import event_types_of
from tests.factories import make_user
from tests.jobs.conftest import Note
from tests.jobs.test_races import CROWD, all_at_once

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def of_the_rooms(settings):
    """What the rooms declare; in these tests only what a test declares recurs, and it does."""
    settings.JOB_SCHEDULES_RUN = True
    ours = dict(SCHEDULES)
    SCHEDULES.clear()
    yield ours
    SCHEDULES.clear()
    SCHEDULES.update(ours)


@pytest.fixture
def recurring(job_type_of):
    """`recurring(name, **as schedule())` declares one of `test_note`, whose next tick is at noon."""
    job_type_of()

    def declare(name="test.minutely", job_type="test_note", **options):
        if "cron" not in options:
            options.setdefault("every", MINUTE)
        schedule(name, job_type, **options)
        keep_declared()
        JobSchedule.objects.filter(name=name).update(next_run_at=NOON)
        return JobSchedule.objects.get(name=name)

    return declare


def again(row):
    return JobSchedule.objects.select_related("last_job").get(pk=row.pk)


def end_its_job(row):
    run_job(again(row).last_job_id)


# --- When -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "words", "moment", "then"),
    [
        ({"every": MINUTE}, "every minute", NOON, NOON + MINUTE),
        ({"every": timedelta(hours=6)}, "every 6 hours", NOON + MINUTE, NOON.replace(hour=18)),
        ({"every": timedelta(seconds=90)}, "every 90 seconds", NOON, NOON + 1.5 * MINUTE),
        (
            {"cron": "30 3 * * 1"},
            "cron 30 3 * * 1 (UTC)",
            NOON,
            datetime(2026, 3, 2, 3, 30, tzinfo=UTC),
        ),
        ({"cron": "*/5 * * * *"}, "cron */5 * * * * (UTC)", NOON, NOON + 5 * MINUTE),
    ],
)
def test_ticks_come_as_declared(how, words, moment, then):
    declared = Schedule("x", "test_note", **how)
    assert (declared.recurs, declared.next_after(moment)) == (words, then)


@given(every=st.integers(1, 10**7), after_us=st.integers(0, 10**16))
@examples(max_examples=60, deadline=None)
def test_hosts_that_look_at_different_moments_mean_the_same_tick(every, after_us):
    moment = datetime(1971, 1, 1, tzinfo=UTC) + timedelta(microseconds=after_us)
    declared = Schedule("x", "test_note", every=timedelta(seconds=every))
    tick = declared.next_after(moment)
    assert moment < tick <= moment + timedelta(seconds=every)
    assert declared.next_after(tick - timedelta(microseconds=1)) == tick
    assert declared.next_after(tick) == tick + timedelta(seconds=every)


@pytest.mark.parametrize(
    ("how", "fault"),
    [
        ({"cron": "61 * * * *"}, "bad cron expression"),
        ({"cron": "0 0 30 2 *"}, "bad cron expression"),
        ({"cron": "every day"}, "bad cron expression"),
        ({}, "either every or cron"),
        ({"cron": "* * * * *", "every": MINUTE}, "either every or cron"),
        ({"every": timedelta(milliseconds=500)}, "too fast"),
        ({"every": MINUTE, "job_type": "no_such"}, "no job type"),
        ({"every": MINUTE, "payload": {"word": 7}}, "word is not a str"),
    ],
)
def test_a_schedule_that_cannot_run_is_named_at_the_start(job_type_of, how, fault):
    job_type_of()
    schedule("test.bad", **{"job_type": "test_note"} | how)
    (error,) = every_schedule_can_run()
    assert error.id == "jobs.E001"
    assert "test.bad" in error.msg
    assert fault in error.msg


def test_two_schedules_of_one_name_are_an_error():
    schedule("test.once", "test_note", every=MINUTE)
    with pytest.raises(ValueError, match="declared twice"):
        schedule("test.once", "test_note", every=MINUTE)


# --- The table ------------------------------------------------------------------------------------


def test_the_table_follows_the_code(job_type_of):
    job_type_of()
    schedule("test.a", "test_note", every=MINUTE)
    schedule("test.b", "test_note", cron="0 4 * * *")
    schedule("test.bad", "test_note", cron="nonsense")
    with pytest.raises(BadSchedule):
        SCHEDULES["test.bad"].next_after(NOON)
    SCHEDULES.pop("test.bad")
    before = timezone.now()
    call_command("migrate", verbosity=0)
    kept = {row.name: row for row in JobSchedule.objects.all()}
    assert kept.keys() == {"test.a", "test.b"}
    assert before <= kept["test.a"].next_run_at <= timezone.now()
    assert kept["test.b"].next_run_at.hour == 4

    pause_schedule(kept["test.a"])
    SCHEDULES.clear()
    schedule("test.a", "test_note", every=timedelta(days=1))
    keep_declared()
    row = JobSchedule.objects.get()
    assert (row.recurs, row.next_run_at.hour, row.paused_at is None) == ("every day", 0, False)
    assert row.next_run_at > timezone.now()


def test_one_that_cannot_run_keeps_no_other_out_of_the_table(job_type_of, caplog):
    job_type_of()
    schedule("test.bad", "test_note", cron="nonsense")
    schedule("test.good", "test_note", every=MINUTE)
    keep_declared()
    assert [row.name for row in JobSchedule.objects.all()] == ["test.good"]
    assert "test.bad cannot run" in caplog.text


# --- Ticks ----------------------------------------------------------------------------------------


def test_a_due_tick_is_one_job(recurring):
    row = recurring(payload=Note("w"))
    assert run_due_schedules(NOON - timedelta(seconds=1)) == 0
    assert [run_due_schedules(NOON + timedelta(seconds=n)) for n in range(3)] == [1, 0, 0]
    job = Job.objects.get()
    assert (job.job_type, job.payload) == ("test_note", {"word": "w"})
    assert job.dedup_key == "schedule:test.minutely:2026-03-01T12:00:00+00:00"
    row = again(row)
    assert (row.next_run_at, row.last_run_at, row.last_job) == (NOON + MINUTE, NOON, job)


def test_missed_ticks_count_as_one(recurring):
    row = recurring()
    late = NOON + timedelta(days=3, seconds=20)
    assert [run_due_schedules(late), run_due_schedules(late)] == [1, 0]
    assert again(row).next_run_at == NOON + timedelta(days=3, minutes=1)


def test_a_clock_that_jumps_back_doubles_nothing(recurring):
    row = recurring()
    assert run_due_schedules(NOON) == 1
    end_its_job(row)
    for back in (timedelta(seconds=5), timedelta(hours=1), timedelta(days=400)):
        assert run_due_schedules(NOON - back) == 0
    assert run_due_schedules(NOON + MINUTE) == 1


def test_no_second_job_while_the_last_has_not_ended(recurring):
    row = recurring()
    assert [run_due_schedules(NOON), run_due_schedules(NOON + MINUTE)] == [1, 0]
    assert again(row).note == "The last job has not ended yet."
    end_its_job(row)
    assert run_due_schedules(NOON + 2 * MINUTE) == 1
    assert again(row).note == ""


def test_jobs_of_one_schedule_may_overlap_where_it_says_so(recurring):
    recurring(overlap=True)
    assert [run_due_schedules(NOON), run_due_schedules(NOON + MINUTE)] == [1, 1]


def test_a_tick_without_work_makes_no_job(recurring):
    work = [False, True]
    row = recurring(when=lambda: work.pop(0))
    assert run_due_schedules(NOON) == 0
    assert (again(row).note, again(row).last_run_at) == ("There was nothing to do.", None)
    assert run_due_schedules(NOON + MINUTE) == 1


def test_a_job_that_people_asked_for_is_the_one_of_the_tick(recurring):
    row = recurring(dedup_key="shared")
    asked = enqueue("test_note", Note(), dedup_key="shared")
    run_due_schedules(NOON)
    assert again(row).last_job == asked
    assert Job.objects.count() == 1


def test_one_that_fails_stops_no_other_and_is_tried_again_soon(recurring, caplog):
    broken = [True]

    def fail():
        if broken[0]:
            raise RuntimeError("no such luck")
        return True

    bad = recurring("test.bad", when=fail, every=timedelta(days=1))
    unknown = recurring("test.unknown", job_type="no_such")
    good = recurring("test.good")
    assert [run_due_schedules(NOON), run_due_schedules(NOON)] == [1, 0]
    assert again(good).last_job is not None
    assert again(bad).note == "RuntimeError: no such luck"
    assert "no_such" in again(unknown).note
    assert caplog.text.count("test.bad put nothing") == 1
    broken.clear()
    broken.append(False)
    assert run_due_schedules(NOON + MINUTE) >= 1
    assert again(bad).next_run_at == datetime(2026, 3, 2, tzinfo=UTC)
    assert Job.objects.filter(dedup_key__startswith="schedule:test.bad:").count() == 1


def test_a_schedule_of_newer_code_is_left_to_who_knows_it(recurring):
    row = recurring()
    SCHEDULES.clear()
    assert run_due_schedules(NOON) == 0
    assert again(row).next_run_at == NOON
    for service in (run_schedule_now, resume_schedule):
        with pytest.raises(UnknownSchedule):
            service(row)


def test_the_sweeper_runs_what_recurs_unless_it_must_keep_still(recurring, settings):
    recurring()
    settings.JOB_SCHEDULES_RUN = False
    sweep(now=NOON)
    assert Job.objects.count() == 0
    settings.JOB_SCHEDULES_RUN = True
    sweep(now=NOON)
    assert Job.objects.count() == 1
    assert event_types_of(Job.objects.get()) == ["job_created"]


@pytest.mark.django_db(transaction=True)
def test_of_many_sweepers_at_once_one_runs_each_tick(recurring):
    names = [f"test.{number}" for number in range(4)]
    for name in names:
        recurring(name, overlap=True)
    for ticks in range(1, 4):
        made = all_at_once(lambda n, now=NOON + ticks * MINUTE: run_due_schedules(now))
        assert sum(made) == len(names)
    assert Job.objects.count() == 3 * len(names)
    assert len(made) == CROWD


@pytest.mark.django_db(transaction=True)
def test_of_many_who_ask_at_once_one_gets_a_new_job(recurring):
    row = recurring()
    assert len(set(all_at_once(lambda n: run_schedule_now(row).pk))) == 1


# --- By hand --------------------------------------------------------------------------------------


def test_a_paused_schedule_runs_no_tick_and_goes_on_with_the_next(recurring):
    row = recurring()
    pause_schedule(row, why="moving")
    first = row.paused_at
    assert pause_schedule(row).paused_at == first
    assert run_due_schedules(NOON) == 0
    resume_schedule(row)
    resume_schedule(row)
    assert row.paused_at is None
    assert row.next_run_at > timezone.now()
    assert event_types_of(row) == ["job_schedule_paused", "job_schedule_resumed"]


def test_running_now_leaves_the_ticks_alone_and_never_doubles(recurring):
    row = recurring()
    pause_schedule(row)
    job = run_schedule_now(row, why="curious")
    assert run_schedule_now(row) == job
    assert (row.last_job, row.next_run_at) == (job, NOON)
    run_job(job.pk)
    assert run_schedule_now(row) != job
    assert event_types_of(row).count("job_schedule_run_asked") == 3


# --- The rooms ------------------------------------------------------------------------------------


def test_every_room_declares_what_can_run(of_the_rooms):
    assert of_the_rooms.keys() == {
        "alerts.evaluate",
        "jobs.prune",
        "ledger.roll_up",
        "ledger.prune",
        "ledger.replay",
        "ledger.seal",
        "ledger.verify",
        "ledger.weeks",
        "media.sweep_orphans",
        "media.sweep_temporaries",
        "media.sweep_uploads",
        "publishing.audit",
        "publishing.follow",
        "publishing.metrics",
        "publishing.metrics_at_ages",
        "publishing.reconcile",
        "publishing.renew_tokens",
        "publishing.tidy_webhooks",
        "publishing.webhooks_out",
        "reasoning.look",
        "telemetry.record",
    }
    SCHEDULES.update(of_the_rooms)
    assert every_schedule_can_run() == []


@pytest.mark.any_database
def test_the_page_on_jobs_lists_them(of_the_rooms):
    page = (Path(settings.BASE_DIR) / "docs" / "jobs.md").read_text()
    rows = re.findall(r"^\| `([\w.]+)` \| (every .*|cron .*) \| `(\w+)` \|$", page, re.MULTILINE)
    assert rows == [
        (each.name, each.recurs, each.job_type) for _, each in sorted(of_the_rooms.items())
    ]


def test_what_the_rooms_declare_runs(of_the_rooms):
    SCHEDULES.update(of_the_rooms)
    JobSchedule.objects.update(next_run_at=NOON)
    assert run_due_schedules(NOON) == 14  # publishing only tidies
    for job in Job.objects.all():
        assert run_job(job.pk).status == "completed", job


def test_q2_itself_only_sweeps():
    Q2Schedule.objects.create(name="alerts.evaluate", func="gone.by.now")
    call_command("migrate", verbosity=0)
    assert [row.name for row in Q2Schedule.objects.all()] == ["jobs.sweep"]


# --- Doors ----------------------------------------------------------------------------------------


@pytest.fixture
def ben():
    client = APIClient()
    client.force_authenticate(make_user("ben"))
    return client


def test_the_api_shows_pauses_resumes_and_runs_them(ben, recurring):
    row = recurring("test.one_two")
    (shown,) = ben.get("/jobs/schedules").json()["results"]
    assert (shown["name"], shown["recurs"]) == ("test.one_two", "every minute")
    assert shown["next_run_at"].startswith("2026-03-01T12:00:00")
    paused = ben.post("/jobs/schedules/test.one_two/pause", {"why": "moving"}, format="json")
    assert (paused.status_code, paused.data["paused_at"] is None) == (200, False)
    job = ben.post("/jobs/schedules/test.one_two/run")
    assert job.status_code == 202
    assert job["Location"].endswith(f"/jobs/{again(row).last_job_id}")
    resumed = ben.post("/jobs/schedules/test.one_two/resume")
    assert resumed.data["paused_at"] is None
    assert resumed.data["last_job"] == job.data["id"]
    assert LedgerEvent.objects.get(event_type="job_schedule_paused").metadata["why"] == "moving"


def test_who_may_only_look_changes_nothing_and_unknown_names_are_not_found(ben, recurring):
    row = recurring()
    cleo = APIClient()
    assert cleo.get("/jobs/schedules").status_code == 401
    cleo.force_authenticate(make_user("cleo"))
    assert cleo.get("/jobs/schedules").status_code == 200
    for verb in ("pause", "resume", "run"):
        assert cleo.post(f"/jobs/schedules/{row.name}/{verb}").status_code == 403
        assert ben.post(f"/jobs/schedules/no.such/{verb}").status_code == 404
    assert again(row).last_job is None


def test_the_admin_shows_and_moves_them(client, recurring):
    row = recurring()
    client.force_login(make_user("ada"))
    address = "/admin/jobs/jobschedule/"

    def act(action, **more):
        data = {"action": action, "_selected_action": [row.pk]} | more
        return client.post(address, data, follow=True).content.decode()

    assert "1 run." in act("run_schedules")
    assert "1 paused." in act("pause_schedules")
    page = client.get(f"{address}{row.pk}/change/").content.decode()
    for part in ("Paused", "Resume", "Run now", "job_schedule_paused", "every minute"):
        assert part in page
    assert str(again(row).last_job_id) in page
    assert "1 resumed." in act("resume_schedules")
    assert again(row).paused_at is None
    assert "test.minutely" in client.get(address).content.decode()
    assert client.get(f"{address}add/").status_code == 403


def test_the_command_prints_them(recurring, capsys):
    pause_schedule(recurring())
    call_command("job_schedules", "--json")
    (row,) = json.loads(capsys.readouterr().out)["schedules"]
    assert (row["name"], row["job_type"], row["last_job"]) == ("test.minutely", "test_note", None)
    call_command("job_schedules")
    printed = capsys.readouterr().out
    assert "test.minutely  (test_note, every minute)" in printed
    assert "paused since" in printed
