"""The watch page in a real browser: it follows along, filters, pauses, and catches up."""

import itertools
import os
from pathlib import Path

import pytest
from django.db import connections

from jobs.models import Job
from jobs.services import pause_queue
from tests.factories import make_publication, make_user
from tests.telemetry.server import in_another_process
from tests.telemetry.test_end_to_end import PASSWORD, write

CHROMIUM = Path("/usr/bin/chromium")
ARGS = [
    *("--headless", "--no-sandbox", "--disable-gpu"),
    *("--disable-background-networking", "--no-first-run"),
]

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("_real_passwords"),
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's chromium is not installed"),
]


@pytest.fixture
def _async_safe(monkeypatch):
    """Playwright keeps an event loop in this thread; Django's guard would refuse the test's own ORM."""
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def browser(_async_safe):
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGS)
        yield chromium
        chromium.close()
        connections.close_all()  # beside a running event loop Django keeps connections of their own


@pytest.fixture
def watch(browser, server_url):
    """Opens the page as Ada, and fails the test on any script error or request off the host."""
    make_user("ada")
    troubles = []
    url = server_url

    def open_page(**how):
        page = browser.new_context(**how).new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "request",
            lambda asked: None if asked.url.startswith(url) else troubles.append(asked.url),
        )
        page.goto(f"{url}/telemetry")
        page.fill("#id_username", "ada")
        page.fill("#id_password", PASSWORD)
        page.press("#id_password", "Enter")
        page.wait_for_selector("[data-link=live]")
        page.on(
            "console",
            lambda line: troubles.append(line.text) if line.type == "error" else None,
        )
        return page

    yield open_page
    assert troubles == []


def test_the_page_follows_filters_and_pauses(watch, tmp_path):
    page = watch()
    make_publication()
    page.wait_for_selector("[data-platforms] th:text('Instagram')")
    in_another_process(write("far-away"), var_dir=tmp_path)
    page.wait_for_selector("[data-events] li:has-text('far-away')")

    Job.objects.create(job_type="generate_variants", queue="render")
    pause_queue("render")
    page.wait_for_selector("[data-queues] tr:has(.badge:text('paused')):has-text('0 done')")

    page.select_option("[name=severity]", "ERROR")
    page.wait_for_selector("[data-events] li:has-text('far-away')", state="hidden")
    page.select_option("[name=severity]", "")
    page.fill("[name=text]", "far-away")
    assert page.locator("[data-events] li:visible").count() == 1
    page.fill("[name=text]", "")

    page.click("[data-pause]")
    in_another_process(write("held"), var_dir=tmp_path)
    page.wait_for_selector("[data-pause]:text('Resume (1)')")
    assert page.locator("[data-events] li:has-text('held')").count() == 0
    page.click("[data-pause]")
    page.wait_for_selector("[data-events] li:has-text('held')")


def test_after_a_lost_connection_the_page_comes_back_and_misses_nothing(watch, tmp_path):
    page = watch()
    page.context.set_offline(True)
    page.evaluate("() => Object.defineProperty(document, 'hidden', {get: () => window.away})")
    page.evaluate(
        "() => { window.away = true; document.dispatchEvent(new Event('visibilitychange')) }"
    )
    page.wait_for_selector("[data-link=waiting]")
    in_another_process(write("absent"), var_dir=tmp_path)
    page.context.set_offline(False)
    page.evaluate(
        "() => { window.away = false; document.dispatchEvent(new Event('visibilitychange')) }"
    )
    page.wait_for_selector("[data-link=live]")
    page.wait_for_selector("[data-events] li:has-text('absent')")


def test_the_page_fits_its_screen_in_light_and_dark(watch, tmp_path):
    make_publication()
    for scheme, width in itertools.product(["light", "dark"], [375, 1400]):
        page = watch(viewport={"width": width, "height": 800}, color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (sum(int(n) for n in background[4:-1].split(",")) < 200) == (scheme == "dark")
        page.screenshot(path=tmp_path / "page.png", full_page=True)
        assert (tmp_path / "page.png").stat().st_size > 10_000


def test_without_scripts_the_page_still_tells_how_things_stand(browser, watch):
    page = watch()
    make_publication()
    plain = browser.new_context(
        java_script_enabled=False, storage_state=page.context.storage_state()
    )
    still = plain.new_page()
    still.goto(page.url)
    assert "Instagram" in still.text_content("[data-platforms]")
    assert "Reload it for news" in still.text_content("noscript, .notice")


def test_every_control_has_a_name_and_every_table_a_caption(watch):
    page = watch()
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('input, select, button, progress, a')].filter(
            (one) => !(one.labels?.length || one.textContent.trim() || one.ariaLabel)).length"""
    )
    assert nameless == 0
    assert page.locator("table").count() == page.locator("table > caption").count()
    assert page.locator("h1").count() == 1
    assert page.locator("main, header, nav, footer").count() == 4
