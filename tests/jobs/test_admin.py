"""Jobs in the admin."""

import re

import pytest
from django.contrib.admin import site
from django_q.models import Failure, OrmQ, Success

from jobs.models import Job, JobAttempt
from jobs.registry import Done
from jobs.runner import run_job
from jobs.services import claim, enqueue, renew_lease
from media_assets.payloads import GenerateVariants
from tests.factories import make_clip, make_user
from tests.jobs.conftest import Note

pytestmark = pytest.mark.django_db
LIST = "/admin/jobs/job/"


@pytest.fixture
def ada(client):
    client.force_login(make_user("ada"))
    return client


def act(client, action, *jobs):
    return client.post(
        LIST, {"action": action, "_selected_action": [job.pk for job in jobs]}, follow=True
    ).content.decode()


def test_the_list_shows_state_progress_and_what_it_is_about(ada):
    clip = make_clip()
    job = enqueue("generate_variants", GenerateVariants(clip.pk, ["square_1080x1080"]))
    renew_lease(claim(job.pk, worker_id="vm::1"), stage="rendering", progress=0.4)
    page = ada.get(LIST).content.decode()
    assert re.search(r"40 % rendering", page)
    assert "Processing" in page
    assert f"generate_variants …{str(job.pk)[-6:]}" in page


def test_a_page_tells_the_whole_story(ada, job_type_of):
    def handler(job):
        job.stage("reading")
        job.stage("writing")
        raise KeyError("broken <here>")

    job_type_of(handler)
    parent = enqueue("test_note", Note())
    job = run_job(enqueue("test_note", Note(), parent=parent).pk)
    page = ada.get(f"{LIST}{job.pk}/change/").content.decode()
    for part in ("Try 1: failed", "reading", "writing", "Traceback", "job_retry_scheduled"):
        assert part in page
    assert "broken &lt;here&gt;" in page
    assert "<here>" not in page
    assert "retry (here)" in page
    assert "Waiting to retry" in page
    assert "(&#x27;retry&#x27;" not in page
    assert f"{LIST}{parent.pk}/change/" in page
    assert "The last try failed; it will be tried again." in page
    assert ada.get(f"/admin/jobs/jobattempt/{job.attempts.get().pk}/change/").status_code == 200
    assert ada.get("/admin/jobs/jobattempt/").status_code == 200


def test_lists_cost_the_same_however_long(ada, job_type_of, django_assert_max_num_queries):
    job_type_of()
    for _ in range(20):
        run_job(enqueue("test_note", Note()).pk)
    with django_assert_max_num_queries(12):
        ada.get(LIST)
    with django_assert_max_num_queries(12):
        ada.get("/admin/jobs/jobattempt/")


def test_actions_act_on_each_and_tell_what_was_refused(ada, job_type_of):
    job_type_of(lambda job: Done())
    waiting, done = enqueue("test_note", Note()), enqueue("test_note", Note())
    run_job(done.pk)
    page = act(ada, "cancel_jobs", waiting, done)
    assert "1 cancelled or asked to end." in page
    assert "1 refused." in page
    assert "1 put back in the queue." in act(ada, "retry_jobs", waiting)
    assert "1 told to start now." in act(ada, "start_jobs_now", waiting)


def test_who_may_only_look_has_no_actions(client, job_type_of):
    from django.contrib.auth.models import Permission

    ben = make_user("dora", is_staff=True)
    ben.user_permissions.add(Permission.objects.get(codename="view_job"))
    client.force_login(ben)
    job_type_of()
    job = enqueue("test_note", Note())
    assert "retry_jobs" not in client.get(LIST).content.decode()
    act(client, "cancel_jobs", job)
    assert Job.objects.get(pk=job.pk).status == "pending"
    assert client.post(f"{LIST}{job.pk}/delete/").status_code == 403
    assert client.get(f"{LIST}add/").status_code == 403


def test_filters_and_search_find_jobs(ada, job_type_of):
    job_type_of()
    job = enqueue("test_note", Note(), dedup_key="the-key")
    for query, found in (
        ("life=live", True),
        ("life=trouble", False),
        ("life=ended", False),
        ("q=the-key", True),
        (f"q={job.pk}", True),
        ("q=nothing", False),
    ):
        page = ada.get(f"{LIST}?{query}").content.decode()
        assert (str(job.pk)[-6:] in page.split('id="result_list"')[-1]) == found, query


def test_the_transport_offers_nothing_to_change_behind_our_back(ada):
    assert not any(site.is_registered(model) for model in (Success, Failure, OrmQ))
    assert ada.get("/admin/django_q/schedule/").status_code == 200
    assert ada.get("/admin/django_q/schedule/add/").status_code == 403
    assert site.is_registered(JobAttempt)


def test_a_job_is_moved_from_its_own_page(ada, job_type_of):
    job_type_of()
    job = enqueue("test_note", Note())
    page = ada.get(f"{LIST}{job.pk}/change/").content.decode()
    assert ("Start now" in page, "Try again" in page) == (True, False)
    data = {"action": "cancel_jobs", "_selected_action": job.pk, "index": 0, "back": 1}
    assert ada.post(LIST, data)["Location"] == f"{LIST}{job.pk}/change/"
    assert Job.objects.get(pk=job.pk).status == "cancelled"
    page = ada.get(f"{LIST}{job.pk}/change/").content.decode()
    assert ("Start now" in page, "Try again" in page) == (False, True)


def test_the_ledger_links_to_what_it_speaks_of(ada, job_type_of):
    job_type_of()
    job = enqueue("test_note", Note())
    assert (
        f'href="{LIST}{job.pk}/change/"' in ada.get("/admin/ledger/ledgerevent/").content.decode()
    )
