"""Every event type of the catalogue is really emitted, and nothing else is."""

import ast
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

from ledger.machine import MACHINES
from ledger.registry import AUDITED, EVENT_TYPES, TELEMETRY, Audited, audit, declare
from stakazo.telemetry.models import TelemetryMetric

pytestmark = pytest.mark.any_database

ROOMS = ["campaigns", "jobs", "ledger", "media_assets", "publishing", "stakazo"]
RECORDERS = {"log_event", "log_job_event", "log_clip_event", "new_event"}
NO_SERVICES = {"audit.py", "models.py", "admin.py", "migrations", "models", "admin", "api"}


@cache
def spoken():
    """(texts, names of attributes) in the code that acts: not where types are declared or shown."""
    texts, names = set(), set()
    for room in ROOMS:
        for path in (Path(settings.BASE_DIR) / room).rglob("*.py"):
            if NO_SERVICES.isdisjoint(path.parts):
                for node in ast.walk(ast.parse(path.read_text())):
                    if isinstance(node, ast.Constant) and isinstance(node.value, str):
                        texts.add(node.value)
                    elif isinstance(node, ast.Attribute):
                        names.add(node.attr)
                    elif isinstance(node, ast.Call) and recorder(node) and node.args:
                        named.update(constants(node.args[0]))
    return texts, names


named = set()


def recorder(call):
    """Whether this call writes to the ledger."""
    return getattr(call.func, "attr", getattr(call.func, "id", "")) in RECORDERS


def constants(tree):
    """The texts in it, and in what it chooses between."""
    if isinstance(tree, ast.IfExp):
        return constants(tree.body) | constants(tree.orelse)
    return {tree.value} if isinstance(tree, ast.Constant) else set()


def of_rows():
    """event type → (model, state or None) for those that audited rows emit by themselves."""
    found = {}
    for model, audited in AUDITED.items():
        found[audited.created] = (model, None)
        if audited.deleted:
            found[audited.deleted] = (model, None)
        found |= {event_type: (model, state) for state, event_type in audited.moved.items()}
    return found


@pytest.mark.parametrize("name", sorted(EVENT_TYPES))
def test_each_event_type_is_emitted(name):
    """By a service that names it, or by a row whose Machine is told to go there; that such rows do
    emit it is what test_coverage and the tests of the rooms show."""
    if name not in of_rows():
        assert name in spoken()[0]
        return
    model, state = of_rows()[name]
    if state is not None:
        assert str(state) in MACHINES[model].entered
        assert type(state)(state).name in spoken()[1], f"nothing moves a row into {state}"


def test_nothing_is_written_that_is_not_declared():
    assert spoken()
    assert named
    assert named - set(EVENT_TYPES) == set()


def test_telemetry_is_nothing_that_a_row_lives_by():
    lives = set(of_rows())
    assert {name for name, kind in EVENT_TYPES.items() if kind.event_class is TELEMETRY} == {
        "jobs_late",
        "jobs_on_time",
        "video_probed_again",
    }
    assert not any(EVENT_TYPES[name].event_class is TELEMETRY for name in lives)


def test_a_row_cannot_live_by_telemetry():
    name = "jobs_late"
    with pytest.raises(ValueError, match="only telemetry"):
        audit(Audited(model=TelemetryMetric, entity_type="metric", created=name))


def test_a_name_is_taken_once():
    with pytest.raises(ValueError, match="twice"):
        declare("worker_started", "Again.")
