"""A clock that the harness can set: `$CHAOS_DIR/clock` holds how many seconds it is fast.

All processes of a run are on one machine, so one file sets the clock of all of them. Only what the
product reads through `django.utils.timezone.now` jumps; the logs of the harness keep real time.
"""

import os
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

_really_now = timezone.now


def _file():
    return Path(os.environ["CHAOS_DIR"]) / "clock"


def fast_by_s():
    """How many seconds the clock of this run is fast; negative: slow."""
    try:
        return float(_file().read_text() or 0)
    except (FileNotFoundError, ValueError, KeyError):
        return 0.0


def set_fast_by(seconds):
    """Let every process of this run see another time from now on."""
    fresh = _file().with_suffix(".new")
    fresh.write_text(str(seconds))
    fresh.replace(_file())


def now():
    """What `timezone.now` tells in a run."""
    return _really_now() + timedelta(seconds=fast_by_s())


def install():
    """Before any model is loaded, for the defaults of fields keep the function they were given."""
    timezone.now = now
