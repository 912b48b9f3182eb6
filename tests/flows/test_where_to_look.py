"""Saying where to look, in a real browser: a click on the frame is what the next file shows."""

import pytest
from django.db import connections
from django.test import Client

from media_assets.queries import framing_of
from media_assets.services.cutting import make_clip
from tests.factories import make_user
from tests.hand_films import analysed
from tests.live import live_app
from tests.render_media import scene, write_film
from tests.telemetry.test_browser import ARGS, CHROMIUM

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's chromium is not installed"),
]


def left_and_width(box):
    """Of a window on the frame, in per cent of it."""
    return box.evaluate("box => [parseFloat(box.style.left), parseFloat(box.style.width)]")


def test_a_click_moves_the_windows_of_that_shot_and_saving_keeps_them(monkeypatch, tmp_path):
    playwright = pytest.importorskip("playwright.sync_api")
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps an event loop here
    pictures = [*scene(3, 36, subject=0.3, speed=3), *scene(4, 36, subject=0.7, speed=3)]
    video = analysed(write_film(tmp_path / "film.mp4", pictures))
    clip = make_clip(video, start_ms=0, end_ms=3000).clip
    client, troubles = Client(), []
    client.force_login(make_user("ada"))
    with live_app(monkeypatch) as url, playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGS)
        context = browser.new_context(base_url=url)
        cookie = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": url}])
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "console", lambda said: troubles.append(said.text) if said.type == "error" else None
        )
        page.goto(f"/admin/media_assets/clip/{clip.pk}/framing/")
        page.wait_for_selector(".fr-live")
        shots = page.locator("[data-shot]")
        assert shots.count() == 2
        first, second = (
            shots.nth(index).locator("[data-box][data-axis=x]").last for index in (0, 1)
        )
        was = left_and_width(first)
        frame = shots.nth(1).locator("[data-frame]")
        frame.scroll_into_view_if_needed()
        page.wait_for_function(
            "[...document.querySelectorAll('[data-frame] img')].every(each => each.naturalWidth > 0)"
        )
        area = frame.bounding_box()
        page.mouse.click(area["x"] + 0.2 * area["width"], area["y"] + 0.5 * area["height"])
        assert float(shots.nth(1).locator("[name$=-x]").input_value()) == pytest.approx(20, abs=0.5)
        left, width = left_and_width(second)
        assert left == pytest.approx(max(0, 20 - width / 2), abs=0.6)
        assert left_and_width(first) == was
        page.click("form[novalidate] [type=submit]")
        page.wait_for_selector("text=look there")
        assert left_and_width(second)[0] == pytest.approx(left, abs=0.6)
        browser.close()
    assert troubles == []
    clip.refresh_from_db()
    [point] = clip.focus
    assert (point["start_ms"], point["end_ms"]) == (1500, 3000)
    assert (point["x"], point["y"]) == (pytest.approx(0.2, abs=0.005), pytest.approx(0.5, abs=0.01))
    for windows in framing_of(clip)["formats"].values():
        if windows["mode"] == "windows":
            assert [each["by"] for each in windows["segments"]] == ["analysis", "operator"]
    connections.close_all()
