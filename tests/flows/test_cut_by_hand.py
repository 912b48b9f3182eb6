"""Cutting by hand in a real browser: what the marks show is what the clip is."""

import pytest
from django.test import Client

from media_assets.models import Clip
from media_assets.queries import seen_of
from tests.factories import make_user, make_variant
from tests.hand_films import analysed, numbered_film, steady_film
from tests.live import live_app
from tests.media import make_clip_file
from tests.telemetry.test_browser import CHROMIUM

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's chromium is not installed"),
]

FRAME_MS = 1000 / 24
PARSED = {
    "1:05.300": 65_300,
    "65.3": 65_300,
    "01:02:03,5": 3_723_500,
    ".5": 500,
    "": None,
    "1:x": None,
    "1:2:3:4": None,
    "-1": None,
}


@pytest.fixture
def site(monkeypatch, chromium):
    """Opens a video's time line as Ada; fails on script errors, CSP refusals and foreign requests."""
    troubles, contexts, client = [], [], Client()
    client.force_login(make_user("ada"))
    with live_app(monkeypatch) as url:

        def open_page(video, *, ready=True, **how):
            context = chromium.new_context(base_url=url, **how)
            contexts.append(context)
            cookie = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": url}])
            page = context.new_page()
            page.set_default_timeout(60_000)
            page.on("pageerror", lambda error: troubles.append(str(error)))
            page.on(
                "console",
                lambda said: (
                    troubles.append(said.text)
                    if said.type == "error" and "400 (Bad Request)" not in said.text
                    else None
                ),
            )
            page.on(
                "request",
                lambda asked: (
                    None if asked.url.startswith((url, "data:")) else troubles.append(asked.url)
                ),
            )
            page.goto(f"/admin/media_assets/videoasset/{video.pk}/timeline/")
            if ready:
                page.wait_for_selector("[data-ready]")
            return page

        yield open_page
        for context in contexts:
            context.close()
    assert troubles == []


@pytest.fixture
def video(tmp_path):
    return analysed(steady_film(tmp_path / "film.mp4"))


def marks(page):
    """The marks in milliseconds, as handles and form show them alike."""
    shown = [
        int(page.get_attribute(f"[data-tl={name}]", "aria-valuenow")) for name in ("in", "out")
    ]
    typed = [page.input_value(f"[name={name}]") for name in ("start", "end")]
    assert typed == [f"{ms // 60_000:02}:{ms // 1000 % 60:02}.{ms % 1000:03}" for ms in shown]
    return shown


def drag(page, name, *, to_ms, off_px=0):
    """Take a handle with the mouse and put it `off_px` beside a time."""
    page.locator("[data-tl=bars]").scroll_into_view_if_needed()
    box = page.locator(f"[data-tl={name}]").bounding_box()
    line = page.locator("[data-tl=content]").bounding_box()
    px = line["width"] * to_ms / 8000
    page.mouse.move(box["x"] + (6 if name == "out" else -6), box["y"] + box["height"] - 12)
    page.mouse.down()
    page.mouse.move(line["x"] + px / 2, line["y"] + 60)
    page.mouse.move(line["x"] + px + off_px, line["y"] + 60, steps=4)
    page.mouse.up()


def create(page):
    """Make the clip and give the row."""
    page.click("[data-tl=form] button[type=submit]")
    page.wait_for_url("**/admin/media_assets/clip/**")
    return Clip.objects.get(pk=page.url.rstrip("/").split("/")[-2])


def test_marks_are_dragged_snap_to_cuts_and_step_by_frames(site, video):
    page = site(video)
    page.fill("[name=start]", "1.0")
    page.press("[name=start]", "Tab")
    assert marks(page)[0] == 1000
    drag(page, "out", to_ms=6000, off_px=7)
    drag(page, "in", to_ms=2000, off_px=-6)
    assert marks(page) == [2000, 6000]
    assert "on a shot boundary" in page.get_attribute("[data-tl=in]", "aria-valuetext")
    page.press("[data-tl=in]", "ArrowRight")
    page.press("[data-tl=out]", "ArrowLeft")
    assert marks(page) == [2042, 5958]
    page.press("[data-tl=out]", "Shift+ArrowLeft")
    where = page.get_attribute("[data-tl=out]", "aria-valuetext")
    assert where.endswith(("on a beat", "on a pause"))
    page.click("[data-act=s]")  # no snapping: a place that is no mark stays what it is
    drag(page, "out", to_ms=3958, off_px=0)
    start_ms, end_ms = marks(page)
    assert 0 < abs(end_ms - 4000) <= 3 * FRAME_MS
    clip = create(page)
    assert (clip.start_ms, clip.end_ms, clip.made_by) == (start_ms, end_ms, "operator")
    assert "The clip is there." in page.inner_text("body")


def test_everything_can_be_done_by_keyboard(site, video):
    page = site(video)
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Playhead"
    page.keyboard.press("n")  # the next shot: 2000
    page.keyboard.press("i")
    page.keyboard.press("n")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("o")  # the frame before the next cut is the last one
    assert marks(page) == [2000, 4000]
    page.keyboard.press("Tab")  # to the in point
    page.keyboard.press("Shift+ArrowLeft")
    assert marks(page)[0] < 2000
    page.keyboard.press("Tab")
    page.keyboard.press("End")
    assert marks(page)[1] == 8000
    page.keyboard.press("Home")
    assert marks(page)[1] == min(t for t in seen_of(video).times_ms if t > marks(page)[0])
    assert "Too short" in page.inner_text("[data-tl=warning]")
    page.fill("[name=end]", "7")
    page.keyboard.press("Tab")
    page.fill("[name=title]", "By keyboard")
    shown = marks(page)
    assert shown[1] == 7000
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/media_assets/clip/**")
    clip = Clip.objects.get(title="By keyboard")
    assert [clip.start_ms, clip.end_ms] == shown


def test_the_frame_on_the_screen_is_the_frame_at_the_mark_also_where_they_come_unevenly(
    site, tmp_path
):
    path, times = numbered_film(tmp_path / "film.mp4")
    video = analysed(path)
    page = site(video)
    page.keyboard.press("Home")
    for presses, frame in [(1, 1), (1, 2), (2, 4), (9, 13), (40, 53)]:
        for _ in range(presses):
            page.keyboard.press("ArrowRight")
        assert int(page.get_attribute("[data-tl=at]", "aria-valuenow")) == times[frame]
        assert number_on_screen(page) == frame
    page.keyboard.press("o")
    page.keyboard.press("Shift+Tab")  # from the playhead back: any way to leave it
    page.locator("[data-tl=in]").press("ArrowRight")
    shown = marks(page)
    assert shown == [times[1], times[54]]
    assert number_on_screen(page) == 1
    clip = create(page)
    assert [clip.start_ms, clip.end_ms] == shown


def number_on_screen(page):
    """The number in the picture that the player shows; see `numbered` in tests/render_media.py."""
    return page.evaluate(
        """async () => {
            const video = document.querySelector("[data-tl=video]");
            while (video.seeking || video.readyState < 2) await new Promise(requestAnimationFrame);
            const canvas = Object.assign(document.createElement("canvas"), {width: 320, height: 180});
            const ink = canvas.getContext("2d");
            ink.drawImage(video, 0, 0, 320, 180);
            let number = 0;
            for (let bit = 0; bit < 16; bit += 1) {
                const [x, y] = [320 * ((bit % 8) + 0.5) / 8, 180 * (2 + 3 * (bit >> 3)) / 8];
                number |= (ink.getImageData(x, y, 1, 1).data[0] > 128) << bit;
            }
            return number;
        }"""
    )


def test_marks_of_a_used_clip_are_moved_beside_it(site, video):
    old = Clip.objects.get()
    make_variant(old)
    page = site(video)
    page.select_option("[name=clip]", str(old.pk))
    assert marks(page) == [old.start_ms, old.end_ms]
    assert page.inner_text("[data-tl=submit]") == "Move the marks"
    page.locator("[data-tl=out]").press("ArrowLeft")
    clip = create(page)
    assert "is in use, so it stays as it is" in page.inner_text("body")
    old.refresh_from_db()
    assert (old.status, clip.end_ms) == ("ready", old.end_ms - 42)


def test_the_film_plays_between_the_marks(site, video):
    page = site(video)
    page.fill("[name=start]", "7.0")
    page.press("[name=start]", "Tab")
    page.fill("[name=end]", "7.6")
    page.press("[name=end]", "Tab")
    page.click("[data-act=p]")
    page.wait_for_function(
        """() => document.querySelector('[data-tl=video]').paused
            && document.querySelector('[data-tl=at]').ariaValueNow > 7500"""
    )
    assert int(page.get_attribute("[data-tl=at]", "aria-valuenow")) <= 7625


def test_a_file_that_the_browser_cannot_play_shows_its_frames_all_the_same(site, tmp_path):
    film = make_clip_file(tmp_path / "film.avi", vcodec="mpeg4", acodec="mp2", seconds=4)
    page = site(analysed(film))
    page.wait_for_selector(".tl-broken:visible")
    assert "cannot play this file" in page.inner_text(".tl-broken")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('[data-tl=still]').naturalWidth > 0")
    page.wait_for_function(
        "() => document.querySelector('[data-tl=still]').src.endsWith('at_ms=40')"
    )


def test_the_page_fits_zooms_and_names_its_controls_in_light_and_dark(site, video):
    for scheme, width in [("light", 390), ("dark", 1280)]:
        page = site(video, viewport={"width": width, "height": 900}, color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        nameless = page.evaluate(
            """() => [...document.querySelectorAll(
                '.tl input:not([type=hidden]), .tl select, .tl button, .tl [role=slider], .tl a'
            )].filter((one) => !(one.labels?.length || one.textContent.trim() || one.ariaLabel)).length"""
        )
        assert nameless == 0
    assert page.locator("h1").count() == 1
    page.hover("[data-tl=canvas]", position={"x": 20, "y": 60})
    page.mouse.wheel(0, -800)
    page.wait_for_function(
        "() => document.querySelector('[data-tl=content]').clientWidth > 3 * innerWidth"
    )
    page.keyboard.press("0")
    page.wait_for_function(
        "() => document.querySelector('[data-tl=content]').clientWidth < innerWidth"
    )


def test_without_scripts_the_form_does_the_same(site, video):
    page = site(video, ready=False, java_script_enabled=False)
    assert "Shots begin at" in page.content()
    page.fill("[name=start]", "0:02")
    page.fill("[name=end]", "soon")
    page.click("[data-tl=form] button[type=submit]")
    assert "Write a time as 01:05.300." in page.inner_text("[role=alert]")
    page.fill("[name=end]", "99")
    page.click("[data-tl=form] button[type=submit]")
    assert "the pictures of the video run from" in page.inner_text("[role=alert]")
    page.fill("[name=end]", "0:06.01")
    clip = create(page)
    assert (clip.start_ms, clip.end_ms) == (2000, 6000)


def test_times_pixels_and_snapping_are_exact(site, video):
    page = site(video)
    told = page.evaluate(
        """async (texts) => {
            const here = "/static/media_assets/timeline/";
            const {Frames, parseTimecode, formatTimecode} = await import(here + "time.js");
            const {View} = await import(here + "view.js");
            const {marksOf, snapTo, nextMark} = await import(here + "snap.js");
            const even = new Frames({count: 48, first_us: 0, rate: [24000, 1001]}, 2002);
            const uneven = new Frames({count: 4, gaps_ms: [10, 33, 50, 7]}, 200);
            const view = new View(10000, 500);
            const scroll = view.zoom(4, 100, 0);
            const marks = marksOf({
                shots: [{start_ms: 0, end_ms: 1001}, {start_ms: 1001, end_ms: 1752},
                        {start_ms: 1752, end_ms: 2002}],
                transitions: [{at_ms: 1752, start_ms: 1668, end_ms: 1835}],
                beats_ms: [1043, 1500], pauses_ms: [],
            }, even);
            return {
                parsed: texts.map(parseTimecode),
                written: [0, 65300, 3723500].map(formatTimecode),
                edges: [...uneven.edges],
                even: [even.at(1), even.at(24), even.at(48)],
                shown: [9, 10, 42, 43, 92, 93, 199].map((ms) => uneven.shownAt(ms)),
                nearest: [0, 26, 27, 120, 160].map((ms) => uneven.nearest(ms)),
                kept: [view.toMs(scroll + 100), view.toPx(view.toMs(77))],
                snaps: [1040, 1090, 1300].map((ms) => snapTo(ms, marks, 0.2)?.ms ?? null),
                middle: marks.some((mark) => mark.ms === 1752),
                next: [nextMark(marks, 1001, 1).ms, nextMark(marks, 1001, -1, true).ms,
                       nextMark(marks, 1600, 1).ms, nextMark(marks, 1600, 1, true).ms],
            };
        }""",
        list(PARSED),
    )
    assert told["parsed"] == list(PARSED.values())
    assert told["written"] == ["00:00.000", "01:05.300", "1:02:03.500"]
    assert told["edges"] == [10, 43, 93, 100, 200]
    assert told["even"] == [42, 1001, 2002]
    assert told["shown"] == [0, 0, 0, 1, 1, 2, 3]
    assert told["nearest"] == [0, 0, 1, 3, 4]
    assert told["kept"] == pytest.approx([2000, 77])
    assert told["snaps"] == [1001, None, None]  # a cut is stronger than a nearer beat
    assert told["middle"] is False  # of a dissolve
    assert told["next"] == [1043, 0, 1668, 1835]
