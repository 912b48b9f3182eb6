"""Two processes at one post: the worker that sends it and somebody who cancels it. Used by the race test."""

import contextlib
import random
import time
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from jobs.runner import run_job
from publishing import queries
from publishing.models import Publication, PublishLog
from publishing.services.publications import create_publication
from publishing.services.stopping import cancel_publication
from stakazo.core.errors import Conflict
from tests.publishing.road import PLATFORMS, real_variant, simulated_account

# When the canceller strikes: before the worker takes it, in one of the attempt's phases, or when it is out.
MOMENTS = ["at once", "intent", "prepared", "prepared", "prepared", "committing", "published"]


def prepare(simulator, video, rounds):
    """So many publications that wait, on the three platforms in turn."""
    accounts = {platform: simulated_account(simulator, platform) for platform in PLATFORMS}
    variant = real_variant(video)
    for number in range(rounds):
        create_publication(
            variant,
            accounts[PLATFORMS[number % 3]],
            title=f"Race {number}",
            caption=f"Race {number}",
        )


def in_order():
    """The publications, oldest first."""
    return list(Publication.objects.order_by("id").values_list("pk", flat=True))


def work():
    """Run the job of each, once the canceller has come to it, until nothing is left of it."""
    for number, pk in enumerate(in_order()):
        _wait_for(f"at-{number}")
        while (job := queries.live_job_of(Publication.objects.get(pk=pk))) is not None:
            if job.run_at > timezone.now():
                time.sleep(0.02)
                continue
            run_job(job.pk)
        _say(f"done-{number}")


def cancel(seed):
    """Cancel each at a moment of its own."""
    dice = random.Random(seed)
    for number, pk in enumerate(in_order()):
        moment = MOMENTS[number % len(MOMENTS)]
        if moment == "at once" and number % 2:
            _cancel(pk)
        _say(f"at-{number}")
        while not _has_come(pk, moment) and not _said(f"done-{number}"):
            time.sleep(0.001)
        time.sleep(dice.random() * 0.02 * (number % 3))
        _cancel(pk)
        _wait_for(f"done-{number}")


def _has_come(pk, moment):
    if moment == "at once":
        return True
    if moment == "published":
        return Publication.objects.filter(pk=pk, status="published").exists()
    phases = PublishLog.objects.filter(publication_id=pk).values_list("phase", flat=True)
    return moment in phases


def _cancel(pk):
    # It may be out, or cancelled already; the test compares with the platform.
    with contextlib.suppress(Conflict):
        cancel_publication(Publication.objects.get(pk=pk))


def _sign(name):
    return Path(settings.VAR_DIR) / "signs" / name


def _say(name):
    _sign(name).parent.mkdir(exist_ok=True)
    _sign(name).touch()


def _said(name):
    return _sign(name).exists()


def _wait_for(name):
    while not _said(name):
        time.sleep(0.001)
