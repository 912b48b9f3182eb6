"""What the platforms promise: one dated table, an operator's rows before ours, a word when it is old."""

import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.checks import run_checks
from django.core.management import call_command

from publishing.platforms.facts import fact, live_hosts, version_of
from publishing.platforms.hosts import WrongHost, hosts_of
from stakazo.platform_facts import FACTS, Fact, overridden

ROOT = Path(settings.BASE_DIR)


def with_rows(settings, **wishes):
    rows = {key.replace("__", ":"): wish for key, wish in wishes.items()}
    settings.PLATFORM_FACTS, settings.PLATFORM_FACT_FAULTS = overridden(FACTS, rows)


def warnings():
    return [found for found in run_checks(tags=["publishing"]) if found.id.startswith("publishing")]


def test_each_row_has_a_day_and_a_source():
    for key, row in FACTS.items():
        assert re.fullmatch(r"(instagram|tiktok|youtube):\w+:[\w:]+", key)
        assert (row.as_of <= date(2026, 11, 21), row.source[:8]) == (True, "https://")


def test_an_operators_row_goes_before_ours(settings):
    settings.STAKAZO_LIVE = True
    with_rows(
        settings,
        instagram__version__api={"value": "v27.0", "as_of": "2027-02-01", "ends": "2029-02-01"},
        youtube__host__hub={"value": "hub.example"},
        tiktok__life__upload={"value": 1800},
        youtube__budget__app__units={"value": [50_000, 86_400, 1_000_000]},
    )
    assert version_of("instagram") == "v27.0"
    assert settings.PLATFORM_FACTS["instagram:version:api"].ends == date(2029, 2, 1)
    assert fact("tiktok", "life", "upload") == timedelta(minutes=30)
    assert fact("youtube", "budget", "app:units") == (50_000, 86_400, 1_000_000)
    hosts = hosts_of("youtube", mode="live")
    hosts.check(hosts.url("hub", "/subscribe"))
    with pytest.raises(WrongHost):
        hosts.check("https://pubsubhubbub.appspot.com/subscribe")


@pytest.mark.parametrize(
    ("key", "wish"),
    [
        ("instagram:host:nowhere", {"value": "x"}),
        ("instagram:host:api", {"value": 5}),
        ("instagram:host:api", {"value": "two words"}),
        ("instagram:host:api", {"vlaue": "x"}),
        ("instagram:host:api", 7),
        ("tiktok:life:upload", {"value": "an hour"}),
        ("tiktok:life:upload", {"value": -1}),
        ("tiktok:budget:account:posts", {"value": [1, 2]}),
        ("tiktok:budget:account:posts", {"value": ["1", 2, 3]}),
        ("instagram:version:api", {"as_of": "yesterday"}),
    ],
)
def test_a_row_that_cannot_be_changes_nothing_and_is_an_error(settings, key, wish):
    settings.PLATFORM_FACTS, settings.PLATFORM_FACT_FAULTS = overridden(FACTS, {key: wish})
    assert settings.PLATFORM_FACTS == FACTS
    [found] = warnings()
    assert (found.id, key in found.msg) == ("publishing.E004", True)
    assert overridden(FACTS, [1])[1] == ["it is no object"]


def test_a_table_that_nobody_has_read_for_half_a_year_is_a_warning(settings):
    with time_machine.travel("2027-05-01"):
        assert warnings() == []
    with time_machine.travel("2027-06-01"):
        found = warnings()
        assert [each.id for each in found] == ["publishing.W002"] * 3
        assert "instagram" in found[0].msg
        settings.PLATFORM_FACTS_MONTHS = 12
        assert warnings() == []


def test_a_version_past_its_end_is_a_warning(settings):
    with_rows(settings, instagram__version__api={"ends": "2026-12-31"})
    with time_machine.travel("2026-12-31"):
        assert warnings() == []
    with time_machine.travel("2027-01-01"):
        [found] = warnings()
    assert found.id == "publishing.W003"
    assert "v26.0 until 2026-12-31" in found.msg


def test_the_command_prints_every_row(capsys):
    call_command("platform_facts", "--json")
    rows = {row["key"]: row for row in json.loads(capsys.readouterr().out)["facts"]}
    assert rows.keys() == FACTS.keys()
    assert rows["tiktok:life:upload"]["value"] == 3600
    assert rows["instagram:domains:upload"]["value"] == [".facebook.com", ".instagram.com"]
    call_command("platform_facts")
    assert re.search(r"instagram:version:api +v26.0 +2026-11-20", capsys.readouterr().out)


def test_what_the_command_prints_can_be_given_back(capsys):
    call_command("platform_facts", "--json")
    rows = json.loads(capsys.readouterr().out)["facts"]
    again, faults = overridden(FACTS, {row["key"]: {"value": row["value"]} for row in rows})
    assert faults == []
    assert {key: row.value for key, row in again.items()} == {
        key: row.value for key, row in FACTS.items()
    }


def test_no_host_of_a_platform_stands_anywhere_else():
    """Names of scopes look like addresses and are none; the doors have examples; the simulator plays
    the hosts."""
    hosts = {
        host for name in ("instagram", "tiktok", "youtube") for host in live_hosts(name).values()
    }
    pattern = re.compile("|".join(map(re.escape, sorted(hosts | {"youtube.com/"}))))
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for room in ("publishing", "jobs", "ledger", "media_assets", "stakazo")
        for path in (ROOT / room).rglob("*.py")
        if "simulator" not in path.parts and "api" not in path.parts
        if path.name != "platform_facts.py" or path.parts[-2] == "commands"
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if pattern.search(line) and "/auth/" not in line and "xml/schemas" not in line
    ]
    assert found == []


def test_a_fact_is_never_changed_in_place():
    with pytest.raises(AttributeError):
        next(iter(FACTS.values())).value = "x"
    assert isinstance(next(iter(FACTS.values())), Fact)
