"""The calendar in a real browser: by mouse, by key, and with scripts switched off."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from django.utils import timezone

from publishing.services.plans import set_plan
from tests.factories import make_account, make_publication, make_user
from tests.live import live_app
from tests.telemetry.test_browser import ARGS, CHROMIUM

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's chromium is not installed"),
]
MADRID = ZoneInfo("Europe/Madrid")


@pytest.fixture
def site(monkeypatch):
    """Opens pages as Ada; fails the test on script errors and on requests off the host."""
    playwright = pytest.importorskip("playwright.sync_api")
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps an event loop here
    client, troubles = Client(), []
    client.force_login(make_user("ada"))
    with live_app(monkeypatch) as url, playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGS)

        def opened(path, **how):
            context = browser.new_context(
                base_url=url, viewport={"width": 1500, "height": 1400}, **how
            )
            cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": url}])
            page = context.new_page()
            page.set_default_timeout(60_000)
            page.on("pageerror", lambda error: troubles.append(str(error)))
            page.on(
                "request",
                lambda asked: None if asked.url.startswith(url) else troubles.append(asked.url),
            )
            page.on(
                "console", lambda said: troubles.append(said.text) if said.type == "error" else None
            )
            page.goto(path)
            return page

        yield opened
        browser.close()
    connections.close_all()
    assert troubles == []


@pytest.fixture
def post():
    """One on Wednesday the week after next, at 18:30 in Madrid, so that all its week lies ahead."""
    today = timezone.now().astimezone(MADRID).date()
    wednesday = today + timedelta(days=16 - today.weekday())
    account = make_account(handle="harbour")
    set_plan(account, zone="Europe/Madrid")
    at = datetime.combine(wednesday, time(18, 30), tzinfo=MADRID)
    return make_publication(account=account, scheduled_at=at)


def local(post):
    post.refresh_from_db()
    return post.scheduled_at.astimezone(MADRID)


def address(post, view):
    return f"/admin/publishing/publication/calendar/?view={view}&day={local(post).date()}"


def test_the_arrow_keys_choose_and_enter_moves(site, post):
    was = local(post)
    page = site(address(post, "week"))
    page.wait_for_selector("[data-movable][draggable=true]")
    page.focus(".pc-move")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    tomorrow = was + timedelta(days=1)
    says = page.locator("[data-says]")
    assert f"{tomorrow:%A, %B} {tomorrow.day}, 17 hours. Enter moves it" in says.inner_text()
    assert page.locator(".pc-target").get_attribute("data-hour") == "17"
    page.keyboard.press("Escape")
    assert "stays where it is" in says.inner_text()
    assert page.locator(".pc-target").count() == 0
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-says]:has-text('goes out on')")
    assert local(post).replace(tzinfo=None) == (
        was.replace(tzinfo=None) + timedelta(days=1, hours=-1)
    )
    there = page.locator(f"td[data-day='{tomorrow.date()}'][data-hour='17'] [data-entry]")
    assert there.count() == 1
    assert page.evaluate("document.activeElement.closest('[data-entry]') !== null")


def test_a_post_is_dragged_to_another_day_and_keeps_its_time(site, post):
    was = local(post)
    page = site(address(post, "month"))
    page.wait_for_selector("[data-movable][draggable=true]")
    friday = was.date() + timedelta(days=2)
    page.drag_and_drop("[data-movable]", f"td[data-day='{friday}']")
    page.wait_for_selector("[data-says]:has-text('goes out on')")
    assert (local(post).date(), local(post).time()) == (friday, time(18, 30))
    assert page.locator(f"td[data-day='{friday}'] [data-entry]").count() == 1
    assert "Scheduled" in page.locator("[data-entry]").inner_text()
    assert "@harbour" in page.locator("[data-entry]").inner_text()


def test_a_refusal_is_said_and_the_post_stays(site, post):
    page = site(address(post, "month"))
    page.wait_for_selector("[data-movable][draggable=true]")
    was = local(post)
    page.focus(".pc-move")
    for _ in range(9):  # weeks back: into the past
        page.keyboard.press("ArrowUp")
    # The console names the refused request as an error; it is the server's answer, not a fault.
    page.evaluate(
        "window.fetch = async () => new Response(JSON.stringify({message: 'In the past.'}),"
        " {status: 400, headers: {'Content-Type': 'application/json'}})"
    )
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-says]:has-text('Not moved. In the past.')")
    assert local(post) == was


def test_without_scripts_a_form_moves_it(site, post):
    page = site(address(post, "month"), java_script_enabled=False)
    page.click(".pc-move")
    friday = local(post).date() + timedelta(days=2)
    page.fill("[name=day]", str(friday))
    page.fill("[name=at]", "07:15")
    page.click("form.pc-form [type=submit]")
    assert page.locator(f"td[data-day='{friday}'] [data-entry]").count() == 1
    assert (local(post).date(), local(post).time()) == (friday, time(7, 15))
