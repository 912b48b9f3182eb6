"""How commands answer wrong usage: words, and exit code 2."""

import json

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


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "words", "said"),
    [
        ("out.jsonl", ["--type", "clip_creatd"], "Did you mean clip_created"),
        ("out.jsonl", ["--type", "clip_created", "--type", "nope"], "manage.py ledger_types"),
        ("out.jsonl", ["--entity", "vidoe_asset"], "Did you mean video_asset?"),
        ("out.xyz", [], "no form of export"),
        ("out.json", [], "--format"),
    ],
)
def test_an_export_of_what_there_is_not_writes_no_file(name, words, said, capsys, tmp_path):
    with pytest.raises(SystemExit) as ended:
        call_command("ledger_export", str(tmp_path / name), *words)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / name).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "words", "form"),
    [
        ("out", [], "jsonl"),
        ("out.CSV", [], "csv"),
        ("out.xyz", ["--format", "csv"], "csv"),
        ("out.jsonl", ["--entity", "video_asset:1"], "jsonl"),
    ],
)
def test_an_export_takes_its_form_from_the_option_or_the_ending(
    name, words, form, capsys, tmp_path
):
    call_command("ledger_export", str(tmp_path / name), *words, "--json")
    assert json.loads(capsys.readouterr().out)["format"] == form
