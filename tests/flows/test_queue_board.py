"""The queue board in a real browser: it stays up to date by itself, and lets people work meanwhile."""

import pytest
from django.test import Client
from django.utils import timezone

from jobs.models import Job, JobAttempt, JobBatch, JobQueue, JobWorker
from tests.factories import make_user
from tests.live import live_app
from tests.past_the_ledger import overwrite
from tests.telemetry.test_browser import CHROMIUM

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's chromium is not installed"),
]
HIDE = """(away) => {
    Object.defineProperty(document, 'hidden', {get: () => away, configurable: true});
    document.dispatchEvent(new Event('visibilitychange'));
}"""
COUNT = """() => {
    const real = window.fetch;
    window.asked = 0;
    window.fetch = (...how) => { window.asked++; return real(...how); };
}"""


@pytest.fixture
def board(monkeypatch, chromium):
    """Opens the board as Ada; fails on script errors and on requests off the host."""
    client, troubles, contexts = Client(), [], []
    client.force_login(make_user("ada"))
    with live_app(monkeypatch) as url:

        def open_page(**how):
            context = chromium.new_context(base_url=url, **how)
            contexts.append(context)
            cookie = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": url}])
            page = context.new_page()
            page.set_default_timeout(60_000)
            page.on("pageerror", lambda error: troubles.append(str(error)))
            page.on(
                "request",
                lambda asked: (
                    None if asked.url.startswith((url, "data:")) else troubles.append(asked.url)
                ),
            )
            page.clock.install()  # it goes on by itself, and can be put forward
            page.goto("/admin/jobs/jobqueue/")
            return page

        yield open_page
        for context in contexts:
            context.close()
    assert troubles == []


def put(number):
    for _ in range(number):
        Job.objects.create(job_type="evaluate_alerts", queue="default")


def make_worker(number, **fields):
    return JobWorker.objects.create(
        worker_id=f"studio:a1b2:{number}", node="studio", group="a1b2", pid=number, **fields
    )


def waiting(number):
    """The selector of the board's cell when so many wait."""
    return f"[data-key=default] [data-label=Waiting]:has-text('{number}')"


def test_the_board_follows_and_is_acted_on(board):
    page = board()
    page.wait_for_selector(waiting(0))
    put(7)
    page.wait_for_selector(waiting(7))

    # Who writes a reason is not disturbed by news.
    page.click("[data-key=default] summary")
    page.fill("[data-key=default] [name=why] >> nth=0", "the night")
    put(4)
    page.wait_for_selector(waiting(11))
    assert page.input_value("[data-key=default] [name=why] >> nth=0") == "the night"
    page.click("[data-key=default] button[value=pause]")
    page.wait_for_selector("[data-key=default] .jb-state:text('paused')")
    queue = JobQueue.objects.get(name="default")
    assert (queue.status, queue.why) == ("paused", "the night")

    # What another does is seen, also in forms that nobody uses.
    overwrite(JobQueue.objects.filter(pk=queue.pk), status="running", changed_at=timezone.now())
    page.wait_for_selector("[data-key=default] .jb-state:text('running')")
    page.wait_for_selector("[data-key=default] button[value=pause]", state="attached")


def test_the_board_rests_while_hidden_and_says_when_it_cannot_refresh(board):
    page = board()
    page.evaluate(COUNT)
    page.evaluate(HIDE, True)
    page.wait_for_load_state("networkidle")
    before = page.evaluate("window.asked")
    put(3)
    page.clock.run_for(60_000)
    assert page.evaluate("window.asked") == before
    page.evaluate(HIDE, False)
    page.wait_for_selector(waiting(3))

    page.route("**/live", lambda route: route.abort())
    page.wait_for_selector("[data-alive-says]:has-text('Could not refresh')")
    assert page.locator(waiting(3)).count() == 1
    page.unroute("**/live")
    put(2)
    page.clock.run_for(10_000)
    page.wait_for_selector(waiting(5))
    page.wait_for_selector("[data-alive-says]", state="hidden")

    page.context.clear_cookies()
    page.clock.run_for(10_000)
    page.wait_for_selector("[data-alive-says]:has-text('You are logged out')")


def test_the_board_fits_its_screen_and_everything_has_a_name(board):
    put(2)
    Job.objects.create(
        job_type="cut_analysis", queue="cut", status="processing", lease_until=timezone.now()
    )
    for scheme, width in (("light", 375), ("dark", 1400)):
        page = board(viewport={"width": width, "height": 800}, color_scheme=scheme)
        page.click("[data-key=default] summary")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        nameless = page.evaluate(
            """() => [...document.querySelectorAll(
                '#content-main :is(input:not([type=hidden]), button, progress, a, svg)')].filter(
                (one) => !(one.labels?.length || one.textContent.trim() || one.ariaLabel)).length"""
        )
        assert nameless == 0
        assert page.locator("#content-main table").count() == 1
        assert page.locator("#content-main table > caption").count() == 1


def test_pages_about_jobs_fit_a_phone(board):
    job = Job.objects.create(
        job_type="evaluate_alerts", queue="default", status="dead", error="No luck " * 20,
        error_group="0" * 16, batch=JobBatch.objects.create(name="spring", total=1),
    )  # fmt: skip
    JobAttempt.objects.create(
        job=job, number=1, fencing_token=1, worker_id="studio:a1b2:311", outcome="failed",
        ended_at=timezone.now(), error=job.error, traceback="Traceback " * 40,
        stages=[{"name": "encoding vertical_1080x1920", "started_ms": 0, "ms": 5}],
    )  # fmt: skip
    page = board(viewport={"width": 375, "height": 800})
    for path in (
        f"job/{job.pk}/change/",
        "job/causes/",
        f"jobbatch/{job.batch_id}/change/",
        "jobworker/",
    ):
        page.goto(f"/admin/jobs/{path}")
        page.wait_for_selector("#content")
        page.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= 375, path


def test_without_scripts_the_board_is_complete_and_works(board):
    put(2)
    page = board(java_script_enabled=False)
    assert "2" in page.inner_text("[data-key=default] [data-label=Waiting]")
    page.click("[data-key=default] summary")
    page.fill("[data-key=default] [name=host_limit]", "3")
    page.click("[data-key=default] button[value=limit]")
    page.wait_for_selector("text=The limits of default are set.")
    assert JobQueue.objects.get(name="default").host_limit == 3


def test_the_list_of_workers_follows_and_a_tick_stays_with_its_row(board):
    make_worker(311, memory_bytes=100_000_000)
    second = make_worker(312, memory_bytes=100_000_000)
    page = board()
    page.goto("/admin/jobs/jobworker/")
    page.check(f".action-select[value='{second.pk}']")
    JobWorker.objects.filter(pk=second.pk).update(memory_bytes=345_000_000)
    make_worker(313)
    page.clock.run_for(5_000)
    page.wait_for_selector("#result_list :text('329')")  # mebibytes, as Django says it
    page.wait_for_selector("#result_list :text('studio:a1b2:313')")
    ticked = page.locator(".action-select:checked")
    assert [box.get_attribute("value") for box in ticked.all()] == [str(second.pk)]
    JobWorker.objects.exclude(pk=second.pk).delete()
    page.clock.run_for(5_000)
    page.wait_for_selector("#result_list :text('studio:a1b2:313')", state="detached")
    assert [box.get_attribute("value") for box in ticked.all()] == [str(second.pk)]
    JobWorker.objects.all().delete()
    page.clock.run_for(5_000)
    page.wait_for_selector("#result_list", state="detached")
