"""How commands answer wrong usage: words, and exit code 2."""

import pytest
from django.core.management import CommandError, call_command


@pytest.mark.parametrize(
    "words",
    [
        ("serve", "--port", "99999"),
        ("simulator", "--port", "0"),
        ("demo", "--simulator-port", "x"),
        ("ledger_prune", "--days", "-5"),
        ("ledger_prune", "--days", "99999999999999"),
        ("jobs_drain", "--max", "0"),
        ("backfill", "everything"),
    ],
)
def test_numbers_out_of_bounds_are_wrong_usage(words):
    with pytest.raises(CommandError):
        call_command(*words)


@pytest.mark.django_db
@pytest.mark.parametrize("words", [("/no/such/folder/out",), ("-", "--json")])
def test_an_export_that_cannot_be_written_is_wrong_usage(words, capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("ledger_export", *words)
    assert ended.value.code == 2
