"""Walking a publication down its road in tests: accounts on the simulator, crashes, the next run."""

import hashlib
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from jobs import services as jobs
from jobs.models import Job
from jobs.runner import run_job
from publishing import queries, vault
from publishing.models import Publication, SocialAccount
from publishing.platforms import client_for
from publishing.platforms.base import Tokens
from publishing.services import accounts
from publishing.services.publications import create_publication
from tests.factories import make_account, make_variant

PLATFORMS = ["instagram", "tiktok", "youtube"]


class Crash(BaseException):
    """kill -9: no handler of ours may catch it."""


def simulated_account(simulator, platform, **fields) -> SocialAccount:
    """Our row of an account that the simulator just made or has."""
    there = simulator.account(platform, **fields)
    account = make_account(platform, external_id=there.external_id, handle=there.handle)
    end = timezone.now() + timedelta(seconds=there.expires_in)
    vault.keep_tokens(account, Tokens(there.access_token, there.refresh_token, expires_at=end))
    return account


def real_variant(path):
    """A variant whose file is this very video."""
    content = Path(path).read_bytes()
    variant = make_variant(
        content=content, duration_ms=4_000, width_px=540, height_px=960, fps=30.0
    )
    assert variant.sha256 == hashlib.sha256(content).hexdigest()
    return variant


def wanted(simulator, platform, path, **fields) -> Publication:
    """A publication that waits in the queue."""
    fields = {"title": "Harbour lights", "caption": "Out now #harbour", **fields}
    return create_publication(real_variant(path), simulated_account(simulator, platform), **fields)


def run_once(publication) -> Job | None:
    """One run of its job, as a worker would; None where no job is left."""
    job = queries.live_job_of(publication)
    if job is None:
        return None
    try:
        return run_job(job.pk)
    except Crash:
        job.refresh_from_db()
        jobs.settle_lost(job, why="killed")  # what the sweeper does when the lease ends
        return job


def drive(publication, clock, *, rounds=30, step_s=61) -> Publication:
    """Run its job again and again, a minute apart, until nothing is left to do."""
    for _ in range(rounds):
        if run_once(publication) is None:
            break
        clock.shift(step_s)
    publication.refresh_from_db()
    return publication


def crash_at(monkeypatch, point, *, times=1):
    """Die at a named point of the next attempt: as if the process were killed there.

    Points: upload.before, handle.before, handle.after (our commit), upload.after, publish.before,
    publish.after (the platform has done it, we never learn), permalink.before (we know the post's id).
    """
    left = [times]

    def at(here):
        if here == point and left[0]:
            left[0] -= 1
            raise Crash(here)

    class Mortal:
        """The real client, in a process that may die."""

        def __init__(self, real):
            self._real = real

        def __getattr__(self, name):
            return getattr(self._real, name)

        def upload_video(self, media, content, *, handle, on_handle, on_progress):
            at("upload.before")

            def keep(known):
                at("handle.before")
                on_handle(known)
                at("handle.after")

            answer = self._real.upload_video(
                media, content, handle=handle, on_handle=keep, on_progress=on_progress
            )
            at("upload.after")
            return answer

        def publish_video(self, media, content, *, handle):
            at("publish.before")
            answer = self._real.publish_video(media, content, handle=handle)
            at("publish.after")
            return answer

        def permalink(self, external_post_id):
            at("permalink.before")
            return self._real.permalink(external_post_id)

    monkeypatch.setattr(
        accounts, "client_for", lambda *args, **kwargs: Mortal(client_for(*args, **kwargs))
    )
