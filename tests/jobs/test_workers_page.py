"""Workers, as operators see and stop them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jobs.models import Job, JobWorker
from jobs.services import claim, enqueue
from ledger.models import LedgerEvent
from tests.factories import make_user
from tests.jobs.conftest import Note

pytestmark = pytest.mark.django_db
LIST = "/admin/jobs/jobworker/"


@pytest.fixture
def ben(client):
    """Somebody who may change jobs."""
    client.force_login(make_user("ben"))
    return client


def worker(number=1, **fields):
    fields.setdefault("seen_at", timezone.now() + timedelta(hours=1))  # alive however slow we are
    return JobWorker.objects.create(
        worker_id=f"studio:ab12:{number}", node="studio", group="ab12", pid=number, **fields
    )


def choose(client, *workers, **more):
    data = {"action": "stop_workers", "index": "0", "_selected_action": [w.pk for w in workers]}
    return client.post(LIST, data | more, follow=True).content.decode()


def test_workers_are_shown_with_what_they_do(ben, job_type_of):
    job_type_of()
    job = claim(enqueue("test_note", Note()).pk, worker_id="studio:ab12:1")
    Job.objects.filter(pk=job.pk).update(stage="reading", progress=0.4)
    busy = worker(1, memory_bytes=150 << 20, children_memory_bytes=70 << 20, jobs_done=12)
    worker(2, seen_at=timezone.now() - timedelta(days=2))
    for page in (ben.get(LIST), ben.get(f"{LIST}{busy.pk}/change/")):
        text = page.content.decode().replace("\xa0", " ")
        assert f'href="/admin/jobs/job/{job.pk}/change/"' in text
        assert "40 % reading" in text
        assert "150.0 MB + 70.0 MB</span> <small>of children" in text
        assert "Alive" in text
    text = ben.get(LIST).content.decode()
    assert "Silent" in text
    assert "2 d ago" in text
    assert "<strong>1</strong> <a" in ben.get("/admin/jobs/jobqueue/").content.decode()


def test_a_worker_is_stopped_only_when_it_is_confirmed(ben):
    one, other = worker(1), worker(2)
    page = choose(ben, one)
    assert "Stop 1 worker" in page
    assert "studio:ab12:1" in page
    assert "studio:ab12:2" not in page
    assert not JobWorker.objects.filter(stop_requested=True).exists()
    page = choose(ben, one, confirmed="1")
    assert "1 asked to leave" in page
    assert "Stopping" in page
    assert [w.pk for w in JobWorker.objects.filter(stop_requested=True)] == [one.pk]
    event = LedgerEvent.objects.get(event_type="worker_stop_asked")
    assert (event.entity_id, event.actor) == (
        "studio:ab12:1",
        f"user:{ben.session['_auth_user_id']}",
    )
    page = choose(ben, one, other, confirmed="1")
    assert "1 asked to leave" in page
    assert "1 had been asked before, or are gone." in page


def test_the_page_of_a_worker_offers_to_stop_it_once(ben):
    one = worker()
    page = f"{LIST}{one.pk}/change/"
    assert "Stop …" in ben.get(page).content.decode()
    choose(ben, one, confirmed="1")
    assert "Stop …" not in ben.get(page).content.decode()


def test_who_may_only_look_stops_nobody(client):
    client.force_login(make_user("cleo", is_staff=True))
    one = worker()
    assert "stop_workers" not in client.get(LIST).content.decode()
    choose(client, one, confirmed="1")
    one.refresh_from_db()
    assert not one.stop_requested
    client.logout()
    assert client.get(LIST)["Location"].startswith("/admin/login/")


def test_the_page_asks_the_same_for_many_workers(ben, django_assert_max_num_queries):
    for number in range(20):
        worker(number)
    with django_assert_max_num_queries(10):
        ben.get(LIST)
