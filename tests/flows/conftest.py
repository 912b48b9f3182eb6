"""What the flows share: a browser."""

import pytest
from django.db import connections

from tests.telemetry.test_browser import ARGS, CHROMIUM


@pytest.fixture(scope="module")
def chromium():
    """One browser for all tests of a file; each test has a context of its own."""
    playwright = pytest.importorskip("playwright.sync_api")
    with pytest.MonkeyPatch.context() as patch:
        # Playwright keeps an event loop in this thread; Django's guard would refuse the tests' own ORM.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with playwright.sync_playwright() as driver:
            started = driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGS)
            yield started
            started.close()
            connections.close_all()
