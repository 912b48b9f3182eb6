"""What tests with a second process share."""

import pytest

from tests.telemetry.server import serving


@pytest.fixture(scope="session")
def server_url(django_db_setup, tmp_path_factory):
    """One real server for all tests that want one; between tests its database is emptied."""
    with serving(tmp_path_factory.mktemp("server")) as url:
        yield url


@pytest.fixture
def _real_passwords(settings):
    """Passwords that a server with the product's own settings can check."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
