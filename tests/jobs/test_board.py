"""The queue board, failures by cause, batches and lives of jobs, as operators see them."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from jobs.models import Job, JobBatch, JobQueue
from jobs.registry import Done, GiveUp
from jobs.runner import drain
from jobs.services import (
    claim,
    enqueue,
    enqueue_batch,
    limit_queue,
    pause_queue,
    retry_job,
    settle_done,
    settle_failed,
    settle_given_up,
)
from jobs.stats import failures_by_cause
from ledger.models import LedgerEvent
from tests.factories import make_user
from tests.jobs.conftest import Note

pytestmark = pytest.mark.django_db
BOARD = "/admin/jobs/jobqueue/"
LIVE = f"{BOARD}live"
CAUSES = "/admin/jobs/job/causes/"
LIST = "/admin/jobs/job/"


@pytest.fixture(autouse=True)
def _types(job_type_of):
    job_type_of(max_attempts=1)


@pytest.fixture
def ben(client):
    """Somebody who may change jobs."""
    client.force_login(make_user("ben"))
    return client


@pytest.fixture
def cleo(client):
    """Somebody who may only look."""
    client.force_login(make_user("cleo", is_staff=True))
    return client


def put(**options):
    return enqueue("test_note", Note(), **options)


def begin(job):
    return claim(job.pk, worker_id="vm::1")


def dead(error="no luck 1"):
    job = put()
    settle_failed(begin(job), error=error, error_code="x")
    return job


def ask(client, path, **data):
    return client.post(path, data, follow=True).content.decode()


def row_of(page, queue):
    """The text of a queue's row on the board."""
    (row,) = re.findall(rf'<tbody[^>]*data-key="{queue}">(.*?)</tbody>', page, re.DOTALL)
    return " ".join(re.sub(r"<(title|details).*?</\1>|<[^>]*>", " ", row, flags=re.DOTALL).split())


# --- The board ------------------------------------------------------------------------------------


def test_the_board_tells_how_each_queue_stands(ben):
    now = timezone.now()
    settle_done(begin(put()), Done(), [])
    settle_given_up(begin(put()), GiveUp("no"), [])
    first = begin(put())
    put(), put(after=[first]), put(run_at=now + timedelta(hours=1))
    Job.objects.filter(status="pending", after_left=0).update(run_at=now - timedelta(days=2))
    limit_queue("default", host_limit=2, total_limit=7)
    Job.objects.filter(pk=first.pk).update(stage="reading <b>", progress=0.4)
    for page in (ben.get(BOARD).content.decode(), ben.get(LIVE).content.decode()):
        row = row_of(page, "default")
        assert row.startswith("default running 1 2 d 1 1 0 1 1 done 1 (50 %) 2 per machine")
        assert "7 in all" in row
        assert "reading &lt;b&gt;" in page
        assert f"{LIST}{first.pk}/change/" in page
    assert "<html" not in page


def test_the_links_of_the_board_lead_to_the_jobs_that_it_counts(ben):
    waiting, running = put(), begin(put())
    page = ben.get(BOARD).content.decode()
    for status, job in (("pending", waiting), ("processing", running)):
        (link,) = re.findall(rf'href="([^"]*queue=default&amp;status__exact={status})"', page)
        listed = ben.get(link.replace("&amp;", "&")).context["cl"].result_list
        assert list(listed) == [job]


@pytest.mark.parametrize(
    ("act", "status", "said"),
    [
        ("pause", "paused", "The queue default is paused"),
        ("drain", "draining", "The queue default drains"),
    ],
)
def test_queues_are_held_back_and_let_run_again(ben, act, status, said):
    page = ask(ben, BOARD, queue="default", act=act, why="<night>")
    assert said in page
    row = row_of(page, "default")
    assert row.startswith(f"default {status} &lt;night&gt;, since")
    assert f'value="{act}"' not in re.search(r'data-key="default".*?</tbody>', page, re.DOTALL)[0]
    assert "The queue default runs." in ask(ben, BOARD, queue="default", act="resume")
    queue = JobQueue.objects.get(name="default")
    assert queue.status == "running"
    trail = ben.get(f"{BOARD}{queue.pk}/change/").content.decode()
    assert "queue_resumed" in trail
    moved = LedgerEvent.objects.filter(entity_id=str(queue.pk)).exclude(event_type="queue_noted")
    assert [(event.actor, event.metadata["why"]) for event in moved.order_by("id")] == [
        (f"user:{ben.session['_auth_user_id']}", "<night>"),
        (f"user:{ben.session['_auth_user_id']}", "asked for"),
    ]


def test_limits_are_set_and_taken_back(ben):
    assert "The limits of default are set." in ask(
        ben, BOARD, queue="default", act="limit", host_limit="2", total_limit="5"
    )
    queue = JobQueue.objects.get(name="default")
    assert (queue.host_limit, queue.total_limit) == (2, 5)
    ask(ben, BOARD, queue="default", act="limit", host_limit="", total_limit="")
    queue.refresh_from_db()
    assert (queue.host_limit, queue.total_limit) == (None, None)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"queue": "default", "act": "burn"}, "Nothing was changed. What to do:"),
        ({"queue": "", "act": "pause"}, "Nothing was changed. Queue:"),
        ({"queue": "nowhere", "act": "pause"}, "nowhere"),
        ({"queue": "nowhere", "act": "limit", "host_limit": "1"}, "nowhere"),
        ({"queue": "default", "act": "pause", "why": "x" * 201}, "Reason:"),
        ({"queue": "default", "act": "limit", "host_limit": "0"}, "At once on one machine:"),
        ({"queue": "default", "act": "limit", "total_limit": "many"}, "At once on all machines:"),
        ({"queue": "default", "act": "limit", "total_limit": "99999"}, "At once on all machines:"),
        ({}, "Nothing was changed."),
    ],
)
def test_what_makes_no_sense_is_told_and_changes_nothing(ben, data, said):
    assert said in ask(ben, BOARD, **data)
    assert not JobQueue.objects.exists()


def test_strangers_are_sent_to_the_login(client):
    for path in (BOARD, LIVE, CAUSES):
        assert client.get(path)["Location"].startswith("/admin/login/")
        assert client.post(path)["Location"].startswith("/admin/login/")


def test_who_may_only_look_looks(cleo):
    dead()
    page = cleo.get(BOARD).content.decode()
    assert row_of(page, "default")
    assert "<details" not in page
    assert cleo.get(LIVE).status_code == 200
    assert "Retry all" not in cleo.get(CAUSES).content.decode()
    assert cleo.post(BOARD, {"queue": "default", "act": "pause"}).status_code == 403
    assert cleo.post(CAUSES, {"act": "retry"}).status_code == 403
    assert not JobQueue.objects.exists()


def test_who_may_not_see_jobs_sees_none_of_this(client):
    dora = make_user("dora", is_staff=True)
    dora.user_permissions.add(Permission.objects.get(codename="view_clip"))
    client.force_login(dora)
    for path in (BOARD, LIVE, CAUSES, "/admin/jobs/jobbatch/"):
        assert client.get(path).status_code == 403, path


def test_the_board_asks_the_same_however_much_there_is(ben, django_assert_max_num_queries):
    for _ in range(10):
        begin(put())
        dead()
    pause_queue("default")
    with django_assert_max_num_queries(13):
        ben.get(LIVE)
    with django_assert_max_num_queries(15):
        ben.get(BOARD)


# --- Failures by cause ----------------------------------------------------------------------------


def test_failures_of_one_cause_are_one_row_that_leads_to_them(ben):
    jobs = [dead(f"no luck {n}") for n in range(3)]
    other = dead("<b>something</b> else")
    again = dead("no luck 9")
    again.refresh_from_db()
    retry_job(again)  # it stands no more
    page = ben.get(CAUSES).content.decode()
    assert page.count("Retry all") == 2
    assert "&lt;b&gt;something&lt;/b&gt; else" in page
    cause, _ = failures_by_cause()
    assert cause.count == 3
    listed = ben.get(f"{LIST}?cause={cause.error_group}").context["cl"].result_list
    assert {job.pk for job in listed} == {job.pk for job in jobs}
    assert f'?cause={cause.error_group}"' in page
    assert f'cause={Job.objects.get(pk=other.pk).error_group}"' in (
        ben.get(f"{LIST}{other.pk}/change/").content.decode()
    )


def test_all_of_one_cause_are_tried_again_in_the_background(ben):
    jobs, other = [dead(f"no luck {n}") for n in range(3)], dead("something else")
    cause, _ = failures_by_cause()
    page = ask(ben, CAUSES, error_group=cause.error_group, act="retry", why="it is back")
    batch = JobBatch.objects.get()
    assert batch.name == "retry 3 jobs"
    assert "In hand: retry 3 jobs." in page
    assert "0 % done" in page
    drain()
    ended = Job.objects.filter(pk__in=[job.pk for job in jobs])
    assert set(ended.values_list("status", flat=True)) == {"completed"}
    assert Job.objects.get(pk=other.pk).status == "dead"
    page = ben.get(f"/admin/jobs/jobbatch/{batch.pk}/change/").content.decode()
    assert "100 % done" in page


def test_those_of_a_cause_that_would_be_tried_again_are_cancelled(ben, job_type_of):
    job_type_of(name="test_stubborn", max_attempts=3)
    job = enqueue("test_stubborn", Note())
    settle_failed(begin(job), error="no luck", error_code="x")
    page = ben.get(CAUSES).content.decode()
    assert ("Retry all" in page, "Cancel all waiting" in page) == (False, True)
    (cause,) = failures_by_cause()
    ask(ben, CAUSES, error_group=cause.error_group, act="cancel")
    drain()
    assert Job.objects.get(pk=job.pk).status == "cancelled"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"error_group": "0" * 16, "act": "retry"}, "There is no job to retry among these."),
        ({"error_group": "red", "act": "retry"}, "Nothing was done."),
        ({"error_group": "0" * 16, "act": "burn"}, "Nothing was done."),
        ({"act": "retry"}, "Nothing was done."),
    ],
)
def test_a_wish_that_fits_no_cause_is_told(ben, data, said):
    dead()
    assert said in ask(ben, CAUSES, **data)
    assert not JobBatch.objects.exists()


def test_the_page_of_failures_asks_the_same_for_many_causes(ben, django_assert_max_num_queries):
    for word in "abcdefgh":
        dead(f"no luck with {word}{word}")
    with django_assert_max_num_queries(10):
        assert ben.get(CAUSES).content.decode().count("Retry all") == 8


# --- The list of jobs -----------------------------------------------------------------------------


def choose_all(client, action, query=""):
    shown = Job.objects.first().pk  # a browser sends those of the page too
    data = {"action": action, "_selected_action": shown, "select_across": "1", "index": "0"}
    return client.post(f"{LIST}{query}", data, follow=True)


def many(status="dead", number=101):
    jobs = [
        Job(job_type="test_note", payload={"word": ""}, status=status, queue="default")
        for _ in range(number)
    ]
    return Job.objects.bulk_create(jobs)


def test_the_wish_for_all_that_match_goes_to_the_background_when_they_are_many(ben):
    many()
    settle_done(begin(put()), Done(), [])
    page = choose_all(ben, "retry_jobs", "?status__exact=dead").content.decode()
    assert "In hand: retry 101 jobs." in page
    assert Job.objects.filter(status="dead").count() == 101
    drain()
    assert not Job.objects.filter(status="dead").exists()
    many("pending")
    assert "In hand: cancel 101 jobs." in choose_all(ben, "cancel_jobs").content.decode()
    assert "At most 100 jobs" in choose_all(ben, "start_jobs_now").content.decode()


def test_the_wish_for_all_that_match_is_done_at_once_when_they_are_few(ben):
    many(number=3)
    assert "3 put back in the queue." in choose_all(ben, "retry_jobs").content.decode()
    assert not JobBatch.objects.exists()


def test_when_none_of_many_suits_it_is_told(ben):
    many("completed")
    page = choose_all(ben, "cancel_jobs").content.decode()
    assert "There is no job to cancel among these." in page


def test_the_list_offers_all_that_match_with_their_number(ben, monkeypatch):
    many(number=60)
    assert "Select all 60 jobs" in ben.get(LIST).content.decode()
    monkeypatch.setattr("jobs.admin.jobs.COUNTED", 50)
    assert "across all pages" not in ben.get(LIST).content.decode()


def test_a_batch_leads_to_its_jobs_and_to_what_comes_then(ben, django_assert_max_num_queries):
    batch = enqueue_batch(
        "spring", [("test_note", Note())] * 4, then=("test_note", Note(word="then"))
    )
    first, second, third, _ = batch.jobs.order_by("id")
    settle_done(begin(first), Done(), [])
    settle_failed(begin(second), error="no", error_code="x")
    Job.objects.filter(pk=begin(third).pk).update(progress=0.5)
    put()
    page = ben.get(f"/admin/jobs/jobbatch/{batch.pk}/change/").content.decode()
    assert "62 % done · 1 completed · 1 processing · 1 pending · 1 dead letter" in page
    assert f"{LIST}{batch.callback_id}/change/" in page
    assert len(ben.get(f"{LIST}?of_batch={batch.pk}").context["cl"].result_list) == 4
    one = ben.get(f"{LIST}?of_batch={batch.pk}&status__exact=dead").context["cl"].result_list
    assert list(one) == [second]
    assert not ben.get(f"{LIST}?of_batch=red").context["cl"].result_list
    for _ in range(5):
        enqueue_batch("more", [("test_note", Note())])
    with django_assert_max_num_queries(13):
        page = ben.get("/admin/jobs/jobbatch/").content.decode()
    assert page.count("% done") == 2 * 6  # once in words, once for those who do not see the bar
