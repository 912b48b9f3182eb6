"""What is written down is true: configuration, events, jobs, links."""

import ast
import json
import re
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from jobs.registry import describe_job_types
from ledger.registry import EVENT_TYPES
from publishing.preflight import SCHEMAS

pytestmark = pytest.mark.any_database

ROOT = Path(settings.BASE_DIR)
ROOMS = ["stakazo", "ledger", "jobs", "media_assets", "publishing", "campaigns"]
PLATFORMS = ["INSTAGRAM", "FACEBOOK", "TIKTOK", "YOUTUBE"]
PAGES = [page for page in [ROOT / "README.md", *ROOT.glob("docs/**/*.md")] if page.exists()]
SOURCES = [
    path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts
]


# --- Configuration --------------------------------------------------------------------------------


def names_read():
    """name → its default as it would stand in the environment; None where it is computed."""
    found = {}
    for node in ast.walk(ast.parse((ROOT / "stakazo" / "settings.py").read_text())):
        if not (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "env"
        ):
            continue
        (default,) = [word.value for word in node.keywords if word.arg == "default"]
        for name in names_in(node.args[0]):
            found[name] = as_written(default)
    return found


def names_in(node):
    """The names that a first argument stands for; an f-string has one per app."""
    if isinstance(node, ast.Constant):
        return [node.value]
    assert isinstance(node, ast.JoinedStr)
    return [
        "".join(part.value if isinstance(part, ast.Constant) else platform for part in node.values)
        for platform in PLATFORMS
    ]


def as_written(node):
    try:
        value = eval(compile(ast.Expression(node), "default", "eval"), {"__builtins__": {}})
    except NameError:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(value) if isinstance(value, list) else str(value)


def example():
    """name → (default, sentence) of .env.example."""
    found, sentence = {}, ""
    for line in (ROOT / ".env.example").read_text().splitlines():
        if line.startswith("# "):
            sentence = line[2:]
        elif line.startswith("#"):
            name, _, default = line[1:].partition("=")
            assert name not in found
            found[name] = (default, sentence)
    return found


def test_the_example_names_what_the_settings_read_with_its_default_and_nothing_else():
    read, shown = names_read(), example()
    assert shown.keys() == read.keys()
    known = {name: default for name, default in read.items() if default is not None}
    assert {name: shown[name][0] for name in known} == known
    assert all(sentence.endswith(".") for _, sentence in shown.values())


def test_the_page_on_configuration_says_the_same_as_the_example():
    row = re.compile(r"^\| `(\w+)` \| (?:`(.*?)`)? ?\| (.*) \|$", re.MULTILINE)
    page = row.findall((ROOT / "docs" / "configuration.md").read_text())
    assert {name: (default, words) for name, default, words in page} == example()


def test_the_environment_is_read_in_one_place():
    assert not [
        path for path in SOURCES if re.search(r"os\.environ(\[|\.get)|os\.getenv", path.read_text())
    ]


# --- Events ---------------------------------------------------------------------------------------


def printed(*words):
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_the_page_on_events_is_what_the_command_prints():
    page = (ROOT / "docs" / "events.md").read_text()
    assert page == printed("ledger_types", "--markdown")
    answer = json.loads(printed("ledger_types", "--json"))
    assert [row["name"] for row in answer["event_types"]] == sorted(EVENT_TYPES)


def test_every_event_type_that_is_recorded_is_declared():
    call = re.compile(r"\blog(?:_job|_clip)?_event\(\s*\"(\w+)\"")
    named = {name for path in SOURCES for name in call.findall(path.read_text())}
    assert named
    assert named <= EVENT_TYPES.keys()


# --- Jobs -----------------------------------------------------------------------------------------


def test_every_job_type_is_described():
    page = (ROOT / "docs" / "jobs.md").read_text()
    for kind in describe_job_types():
        if not kind["name"].startswith(("test_", "chaos_")):
            assert f"| `{kind['name']}` | {kind['queue']} | {kind['sentence']} |" in page


# --- Links ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, heading = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        there = (page.parent / path) if path else page
        if not there.exists() or (heading and heading not in headings_of(there)):
            broken.append(target)
    assert not broken


def headings_of(page):
    """The anchors of a page, as code hosts make them."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_the_limits_of_every_destination_are_on_their_page():
    page = (ROOT / "docs" / "preflight.md").read_text()
    assert page == printed("preflight_limits", "--markdown")
    told = json.loads(printed("preflight_limits", "--json"))["schemas"]
    assert {schema["ref"] for schema in told} == {schema.ref for schema in SCHEMAS.values()}
    plain = printed("preflight_limits")
    assert all(schema.ref in plain for schema in SCHEMAS.values())
