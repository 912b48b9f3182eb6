"""The catalogue of errors: every class has a code of its own, and the page says what the classes say."""

from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from stakazo.core.errors import StakazoError
from stakazo.management.commands.errors import error_classes

pytestmark = pytest.mark.any_database


def test_the_page_is_what_the_command_prints():
    out = StringIO()
    call_command("errors", "--markdown", stdout=out)
    assert (Path(settings.BASE_DIR) / "docs/errors.md").read_text() == out.getvalue()


def test_no_two_errors_share_a_code():
    ours = [each for each in error_classes() if not each.__module__.startswith("tests.")]
    codes = [each.code for each in ours]
    assert sorted(codes) == sorted(set(codes))


def test_every_error_says_what_happened_and_answers_with_a_status_of_its_kind():
    for each in error_classes():
        assert each.__doc__, each
        assert 400 <= each.http_status < 600, each
        assert each.code.count(".") == 1 or each is StakazoError, each
