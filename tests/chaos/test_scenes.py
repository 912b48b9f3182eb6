"""That no handler is without a scene."""

from jobs.registry import JOB_TYPES
from tests.chaos.scenes import SCENES


def test_every_handler_of_ours_has_a_scene():
    ours = {
        name for name, kind in JOB_TYPES.items() if not kind.handler.__module__.startswith("tests.")
    }
    walked = {name.split(":")[0] for name in SCENES} - {"trial"}
    assert walked == ours
