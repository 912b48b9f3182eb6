"""The ledger's pages in a real browser: light and dark, on a phone, without scripts of others."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from ledger.rollups import roll_up
from ledger.services import log_clip_event
from tests.factories import make_clip, make_publication, make_user, make_variant, make_video
from tests.ledger.past import job_life, put
from tests.ledger.tamper import seal_all
from tests.live import live_app
from tests.telemetry.test_browser import CHROMIUM

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's chromium is not installed"),
]
LIST = "/admin/ledger/ledgerevent/"


@pytest.fixture
def video():
    """A video with a road behind it, jobs that took their time, and seals."""
    video = make_video()
    now = timezone.now()
    for n in range(30):
        put(
            *job_life(
                begun=now - timedelta(hours=n % 20, seconds=40),
                took=timedelta(seconds=n + 1),
                ends="failed" if n % 7 == 0 else "completed",
                correlation_id=video.correlation_id if n % 20 == 0 else "",
                actor="worker",
            )
        )
    clip = make_clip(video)
    make_publication(make_variant(clip))
    log_clip_event("clip_archived", clip.pk, metadata={"why": "Too dark, and the sound is off."})
    seal_all()
    roll_up()
    return video


@pytest.fixture
def ada(monkeypatch, chromium, video):
    """Opens a page as Ada; fails on script errors and on requests off the host."""
    client, troubles, contexts = Client(), [], []
    client.force_login(make_user("ada"))
    with live_app(monkeypatch) as url:

        def open_page(path, **how):
            context = chromium.new_context(base_url=url, accept_downloads=True, **how)
            contexts.append(context)
            cookie = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": url}])
            page = context.new_page()
            page.set_default_timeout(60_000)
            page.on("pageerror", lambda error: troubles.append(str(error)))
            page.on(
                "request",
                lambda asked: (
                    None
                    if asked.url.startswith((url, "data:", "blob:"))
                    else troubles.append(asked.url)
                ),
            )
            page.goto(path)
            return page

        yield open_page
        for context in contexts:
            context.close()
    assert troubles == []


def test_a_question_is_asked_and_the_trail_leads_there_and_back(ada, video):
    page = ada(LIST)
    page.fill("#searchbar", "type:clip_archivd")
    page.press("#searchbar", "Enter")
    page.wait_for_selector("text=Did you mean clip_archived")
    page.fill("#searchbar", "type:clip_archived")
    page.press("#searchbar", "Enter")
    page.wait_for_selector("#result_list tbody tr")
    assert page.locator("#result_list tbody tr").count() == 1
    page.click("#result_list tbody th a")
    page.click("text=All that happened to it")
    page.wait_for_selector("h2:text('The road')")
    page.goto(f"/admin/media_assets/videoasset/{video.pk}/change/")
    page.click("text=The whole road of this video")
    page.wait_for_selector("text=video_uploaded")
    page.click(f"a[href='/admin/media_assets/videoasset/{video.pk}/change/'] >> nth=0")
    page.wait_for_url("**/videoasset/**/change/")


def test_the_list_turns_pages_and_the_chain_is_verified_by_a_button(ada):
    page = ada(LIST)
    first = page.inner_text("#result_list tbody tr >> nth=0")
    page.click("text=Older →")
    page.wait_for_selector("a:text('← Newer')")
    assert page.inner_text("#result_list tbody tr >> nth=0") != first
    page.click("a:text('← Newer')")
    page.wait_for_selector("span:text('← Newer')")
    assert page.inner_text("#result_list tbody tr >> nth=0") == first
    page.click("text=Verify the newest")
    page.wait_for_selector("text=all is as it was sealed")
    with page.expect_download() as download:
        page.goto(LIST)
        page.click("text=Export what is listed")
    assert download.value.suggested_filename == "ledger-events.zip"


@pytest.mark.parametrize(("scheme", "width"), [("light", 375), ("dark", 1400), ("dark", 375)])
def test_the_pages_fit_their_screen_and_everything_has_a_name(ada, video, scheme, width):
    page = ada(LIST, viewport={"width": width, "height": 800}, color_scheme=scheme)
    for path in (
        LIST,
        f"{LIST}figures/",
        f"{LIST}trail/video_asset/{video.pk}/",
        "/admin/ledger/ledgerseal/",
    ):
        page.goto(path)
        page.wait_for_selector("#content-main")
        page.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        nameless = page.evaluate(
            """() => [...document.querySelectorAll(
                '.lg :is(input:not([type=hidden]), button, a, svg:not([aria-hidden]))')].filter(
                (one) => !(one.labels?.length || one.textContent.trim() || one.ariaLabel)).length"""
        )
        assert nameless == 0, path
