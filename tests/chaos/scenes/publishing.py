"""Posts, and what the platforms say of them, on the simulator, which is a server of its own."""

import os
import subprocess
import sys
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from jobs.models import Job
from jobs.services import enqueue
from tests.chaos import clock
from tests.chaos.house import PROJECT
from tests.chaos.scenes.scene import Scene, told_once
from tests.chaos.servers import free_port, listens, wait_for

GONE = "gone"
"""The dedup key of jobs that this scene takes for lost."""


class OnSimulator(Scene):
    """With the simulator, and a video."""

    afresh = True

    def open(self, theatre):
        """The simulator, and a video."""
        from tests.media import make_clip_file
        from tests.publishing.simulator import RunningSimulator

        super().open(theatre)
        port = free_port()
        settings.SIMULATOR_URL = f"http://127.0.0.1:{port}"
        self.server = subprocess.Popen(
            [sys.executable, "manage.py", "simulator", "--port", str(port)],
            cwd=PROJECT,
            env=os.environ
            | {
                "STAKAZO_VAR_DIR": str(theatre.stage.folder / "simulator"),
                "STAKAZO_SIMULATOR_DELAY_S": "0",
                "STAKAZO_SIMULATOR_WEBHOOK_URL": "http://127.0.0.1:9",
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(lambda: listens(port), "the simulator answers")
        self.simulator = RunningSimulator(settings.SIMULATOR_URL)
        self.video = make_clip_file(
            theatre.stage.folder / "small.mp4", seconds=4, size=(540, 960), fps=30
        )

    def close(self):
        """The simulator ends."""
        super().close()
        self.server.kill()
        self.server.wait()

    def wanted(self, platform, **fields):
        """A publication that waits in the queue."""
        from tests.publishing.road import wanted

        return wanted(self.simulator, platform, self.video, **fields)

    def stranded(self, platform, **fields):
        """One that the platform shows, whose worker died before it knew, and whose job is lost."""
        import pytest

        from tests.publishing.road import crash_at, run_once

        publication = self.wanted(platform, **fields)
        with pytest.MonkeyPatch.context() as patch:
            crash_at(patch, "publish.after")
            run_once(publication)
        self.lose_jobs()
        return publication

    def lose_jobs(self):
        """The jobs that would post are dead, and nobody knows them by their key."""
        from tests.past_the_ledger import overwrite

        overwrite(Job.objects.filter(job_type="publish_clip"), status="dead", dedup_key=GONE)

    def published_once(self, count):
        """Faults, unless so many publications are live, each by one post, one success, one event."""
        from publishing.models import Publication, PublishLog

        rows = list(Publication.objects.all())
        if [row.status for row in rows] != ["published"] * count:
            yield f"the publications are {[row.status for row in rows]}"
        posts = sorted(post["id"] for post in self.simulator.posts())
        if posts != sorted(row.external_post_id for row in rows):
            yield f"posts {posts}, known {[row.external_post_id for row in rows]}"
        yield from told_once("clip_published", rows)
        for row in rows:
            successes = PublishLog.objects.filter(publication=row, status="success").count()
            if successes != 1:
                yield f"{successes} logs of a success"


class Publish(OnSimulator):
    """publish_clip."""

    job_type = "publish_clip"

    def prepare(self):
        """A new world, an account and a publication."""
        self.simulator.reset()
        self.wanted(self.which)

    def wrong(self):
        """One post, which we know of."""
        yield from self.published_once(1)


class Finish(OnSimulator):
    """finish_post: the first comment of a live video, whose outcome a crash may leave unknown."""

    job_type = "finish_post"

    def prepare(self):
        """The video."""
        from tests.publishing.road import run_once

        self.simulator.reset()
        publication = self.wanted("youtube", options={"first_comment": "What do you think?"})
        while run_once(publication):
            clock.set_fast_by(clock.fast_by_s() + 1)
        clock.set_fast_by(0)

    def wrong(self):
        """One comment, which we know of; the post as it was."""
        from publishing.models import PublishStep

        yield from self.published_once(1)
        (step,) = PublishStep.objects.all()
        comments = self.simulator.comments()
        if [comment["id"] for comment in comments] != [step.external_id] or step.status != "done":
            yield f"{len(comments)} comments, and the step is {step.status} ({step.external_id})"
        yield from told_once("publish_step_done", [step])


class Audit(OnSimulator):
    """audit_posts: one of two posts was removed, on two platforms."""

    job_type = "audit_posts"

    def prepare(self):
        """The posts, of two hours ago."""
        from publishing.models import Publication
        from publishing.payloads import AuditPosts
        from tests.past_the_ledger import overwrite
        from tests.publishing.road import run_once

        self.simulator.reset()
        for platform in ("tiktok", "youtube"):
            publication = self.wanted(platform)
            while run_once(publication):
                clock.set_fast_by(clock.fast_by_s() + 1)
        clock.set_fast_by(0)
        overwrite(Publication.objects.all(), published_at=timezone.now() - timedelta(hours=2))
        gone = Publication.objects.get(social_account__platform="youtube")
        self.simulator.remove(gone.external_post_id)
        enqueue(self.job_type, AuditPosts())

    def wrong(self):
        """One finding, told once."""
        from publishing.models import PostFinding

        findings = list(PostFinding.objects.all())
        gone = self.simulator.truth()["removed"]
        if [each.external_post_id for each in findings if each.kind == "removed"] != gone:
            yield f"the findings are {[str(each) for each in findings]}"
        yield from told_once("post_finding_opened", findings)


class Hint(OnSimulator):
    """handle_webhook: TikTok tells of a post whose outcome we never learnt."""

    job_type = "handle_webhook"

    def prepare(self):
        """The post, and the delivery."""
        from publishing.services.webhooks import receive
        from publishing.simulator.credentials import SIMULATED_APPS
        from publishing.simulator.hooks import signed

        self.simulator.reset()
        self.stranded("tiktok")
        body = self.simulator.webhooks("tiktok")[-1]["body"]
        secret = SIMULATED_APPS["tiktok"].webhook_secret
        receive("tiktok", body.encode(), signed("tiktok", body, secret=secret))

    def wrong(self):
        """It is published, once, and the delivery is done with."""
        from publishing.models import WebhookDelivery

        yield from self.published_once(1)
        (delivery,) = WebhookDelivery.objects.all()
        yield from told_once("webhook_received", [delivery])
        if not delivery.handled_at or "settled 1" not in delivery.outcome:
            yield f"the delivery was handled at {delivery.handled_at}: {delivery.outcome!r}"


class Reconcile(OnSimulator):
    """reconcile_publications: a post we never learnt of, and a publication whose job was lost."""

    job_type = "reconcile_publications"

    def prepare(self):
        """Both, long enough ago."""
        from publishing.models import Publication, PublishLog
        from publishing.payloads import ReconcilePublications
        from tests.past_the_ledger import overwrite

        self.simulator.reset()
        self.stranded("tiktok")
        self.wanted("instagram")
        self.lose_jobs()
        before = timezone.now() - timedelta(minutes=11)
        overwrite(PublishLog.objects, updated_at=before)
        overwrite(Publication.objects, created_at=before)
        enqueue(self.job_type, ReconcilePublications(10))

    def jobs(self):
        """Also the one that it makes."""
        ours = [self.job_type, "publish_clip"]
        return Job.objects.filter(job_type__in=ours).exclude(dedup_key=GONE)

    def wrong(self):
        """Both are live, and the first was settled by asking, once."""
        from publishing.models import Publication

        yield from self.published_once(2)
        asked = Publication.objects.filter(social_account__platform="tiktok")
        yield from told_once("publish_reconciled", asked)
        if (made := self.jobs().filter(job_type="publish_clip").count()) != 1:
            yield f"{made} jobs that post"


class Metrics(OnSimulator):
    """collect_metrics of two live posts on two platforms."""

    job_type = "collect_metrics"

    def prepare(self):
        """The posts."""
        from publishing.payloads import CollectMetrics
        from tests.publishing.road import run_once

        self.simulator.reset()
        for platform in ("tiktok", "youtube"):
            publication = self.wanted(platform)
            while run_once(publication):
                clock.set_fast_by(clock.fast_by_s() + 1)
        clock.set_fast_by(0)
        if type(self) is Metrics:
            enqueue(self.job_type, CollectMetrics())

    def wrong(self):
        """Each has one row of an hour, with the platform's numbers."""
        from publishing.models import PostMetric, Publication

        yield from self.published_once(2)
        rows = list(PostMetric.objects.all())
        hours = {row.hour for row in rows}
        wanted = {
            (pk, hour) for pk in Publication.objects.values_list("pk", flat=True) for hour in hours
        }
        # Where an hour ends between two tries, the first may have kept a row of its own.
        if len(hours) == 1 and {(row.publication_id, row.hour) for row in rows} != wanted:
            yield f"{len(rows)} rows of the numbers of two posts"
        if {row.publication_id for row in rows} != {pk for pk, _ in wanted}:
            yield "a post has no numbers"


class Ages(Metrics):
    """collect_at_ages of two posts that are an hour old."""

    job_type = "collect_at_ages"

    def prepare(self):
        """The posts, an hour ago."""
        from publishing.models import Publication
        from tests.past_the_ledger import overwrite

        super().prepare()
        hour_ago = timezone.now() - timedelta(hours=1, seconds=5)
        overwrite(Publication.objects.all(), published_at=hour_ago)
        enqueue(self.job_type, {})

    def wrong(self):
        """Each has one row, of its first hour."""
        from publishing.models import AgeMetric, Publication

        yield from self.published_once(2)
        rows = sorted(AgeMetric.objects.values_list("publication_id", "age_h"))
        if rows != sorted((pk, 1) for pk in Publication.objects.values_list("pk", flat=True)):
            yield f"{len(rows)} rows of two posts at one age: {[age for _, age in rows]}"


class Follow(OnSimulator):
    """follow_channels: three channels at YouTube's hub."""

    job_type = "follow_channels"

    def prepare(self):
        """The accounts; one of them is out."""
        from tests.publishing.road import simulated_account

        self.simulator.reset()
        for handle in ("ada", "ben", "cleo"):
            simulated_account(self.simulator, "youtube", handle=handle)
        enqueue(self.job_type, {})

    def wrong(self):
        """The hub was asked for each, and for one at most twice: by the try that died, and anew."""
        import json
        from collections import Counter

        from publishing.models import SocialAccount
        from publishing.platforms.websub import topic_of

        asked = Counter(
            json.loads(row["body"])["hub.topic"] for row in self.simulator.webhooks("youtube")
        )
        wanted = {topic_of(each.external_id) for each in SocialAccount.objects.all()}
        if len(wanted) != 3 or asked.keys() != wanted or max(asked.values()) > 2:
            yield f"the hub was asked for {dict(asked)}"


class Renew(OnSimulator):
    """renew_tokens: one account whose refresh token rotates, and one that lay unused for months."""

    job_type = "renew_tokens"

    def prepare(self):
        """Both near their end; TikTok takes a rotated token for an hour more."""
        from publishing.models import SocialAccount
        from tests.past_the_ledger import overwrite
        from tests.publishing.road import simulated_account

        self.simulator.reset()
        self.simulator.set(tiktok__rotation_grace_s=86_400)
        rotating = simulated_account(self.simulator, "tiktok")
        unused = simulated_account(self.simulator, "youtube")
        rows = SocialAccount.objects
        soon = timezone.now() + timedelta(days=20)
        overwrite(rows.filter(pk=rotating.pk), refresh_expires_at=soon)
        overwrite(rows.filter(pk=unused.pk), renewed_at=timezone.now() - timedelta(days=155))
        enqueue(self.job_type, {})

    def wrong(self):
        """Both are connected, were renewed, and work."""
        from publishing.lifetimes import something_ends
        from publishing.models import SocialAccount
        from publishing.services.accounts import client_of

        accounts = list(SocialAccount.objects.all())
        if [account.status for account in accounts] != ["connected"] * 2:
            yield f"the accounts are {[account.status for account in accounts]}"
        if something_ends():
            yield "something still ends"
        yield from told_once("account_token_refreshed", accounts)
        for account in accounts:
            with client_of(account) as client:
                client.authenticate()
