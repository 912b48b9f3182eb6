"""The browsable API and the reference in a real browser: forms post, nothing leaves the host."""

import pytest

from tests.factories import make_clip, make_user
from tests.media import make_clip_file
from tests.telemetry.conftest import _real_passwords, server_url  # noqa: F401  fixtures
from tests.telemetry.test_browser import CHROMIUM, _async_safe, browser  # noqa: F401  fixtures
from tests.telemetry.test_end_to_end import PASSWORD

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("_real_passwords"),
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's chromium is not installed"),
]

NOWHERE = "0190a0b0-0000-7000-8000-000000000001"
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])


@pytest.fixture
def page(browser, server_url):  # noqa: F811  the fixtures above
    """Ada's page, logged in; it fails the test on script errors, CSP refusals and foreign requests."""
    make_user("ada")
    troubles = []
    page = browser.new_context(base_url=server_url).new_page()
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on(
        "console",
        lambda said: troubles.append(said.text) if "Content Security" in said.text else None,
    )
    page.on(
        "request",
        lambda asked: (
            None if asked.url.startswith((server_url, "data:")) else troubles.append(asked.url)
        ),
    )
    page.goto("/admin/login/")
    page.fill("#id_username", "ada")
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url("**/admin/")
    yield page
    assert troubles == []


def test_json_is_posted_with_the_session(page):
    page.goto("/campaigns")
    page.fill("#post-body", '{"name": "By hand", "platforms": ["tiktok"]}')
    page.click("form.json button")
    page.wait_for_selector("text=201 Created")
    assert "By hand" in page.inner_text("#answer pre")
    page.fill("#post-body", '{"name": ""}')  # on the page that came back
    page.click("form.json button")
    page.wait_for_selector("text=400 Bad Request")
    page.fill("#post-body", "{no")
    page.click("form.json button")
    page.wait_for_selector("text=This is not JSON")


def test_a_video_is_uploaded_with_the_form(page, tmp_path):
    page.goto("/upload")
    assert page.locator("form.json").count() == 0  # JSON is not read here
    page.set_input_files("input[type=file]", make_clip_file(tmp_path / "harbour.mp4"))
    page.click("text=POST >> nth=-1")
    page.wait_for_selector("text=201 Created")
    assert "harbour.mp4" in page.inner_text("#answer pre")


def test_the_reference_opens_and_asks(page):
    page.goto("/docs")
    page.click("#operations-tag-jobs")
    page.click("#operations-jobs-jobs_list .opblock-summary-control")
    page.click("text=Try it out")
    page.click("text=Execute")
    page.wait_for_selector(".live-responses-table .response-col_status:has-text('200')")


def complaints(page, path, scheme):
    """What axe-core finds on a page: (rule, how bad, some of the elements)."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(path)
    return [
        (path, rule["id"], rule["impact"], [each["html"][:200] for each in rule["nodes"]][:3])
        for rule in axe.Axe().run(page).response["violations"]
    ]


@SCHEMES
def test_axe_finds_nothing_on_a_list_a_detail_a_form_and_an_error(page, scheme):
    clip = make_clip()
    list_and_form = [
        "/clips",
        f"/clips/{clip.pk}",
        "/campaigns",
        "/upload",
        "/alerts",
        "/watermarks",
        "/cards",
    ]
    errors = [f"/clips/{NOWHERE}", "/clips?limit=0"]
    found = [each for path in [*list_and_form, *errors] for each in complaints(page, path, scheme)]
    assert found == []
    page.goto(f"/clips/{clip.pk}")
    for there in ("/docs", "/schema"):
        assert page.locator(f"footer a[href='{there}']").count() == 1


@SCHEMES
def test_axe_finds_nothing_on_the_live_page(page, scheme):
    assert complaints(page, "/telemetry", scheme) == []
