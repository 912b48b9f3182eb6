"""One run in this process: a fresh database and a fresh simulated world, a plan, and what came of it."""

import contextlib
import json
import random
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from tests.chaos.publish import points
from tests.chaos.publish.checker import Intent, check
from tests.chaos.publish.virtual import START

LONGEST = timedelta(hours=72)
MOST_ROUNDS = 4_000  # then it goes in circles, and whatever is open counts as lost
CHUNK_BYTES = 262_144  # so that a small file goes in pieces too
SMALL_BYTES, LARGE_BYTES = 0, 700_000
HANDLES = {"instagram": "ada.chaos", "tiktok": "ada.chaos", "youtube": "@ada-chaos"}


@dataclass
class Told:
    """What came of one run."""

    number: int
    intents: list = field(default_factory=list)
    posts: list = field(default_factory=list)
    violations: list = field(default_factory=list)
    crashes: int = 0
    pauses: int = 0
    faults: int = 0
    virtual_s: float = 0.0


class Theatre:
    """What the runs of one process share: a template of the database, of the world, and the videos."""

    def __init__(self, folder, clock):
        self.folder, self.clock = Path(folder), clock
        self.before, self.now = self.folder / "before", self.folder / "now"
        self.database = Path(connection.settings_dict["NAME"])
        self.simulator = self.transport = None

    def prepare(self):
        """Accounts that were connected two days ago, and videos that are ready to be posted."""
        from publishing.platforms import tiktok, youtube
        from publishing.simulator import tiktok as simulated
        from tests.chaos.publish.virtual import connect

        self.clock.begin(START - timedelta(days=2))
        settings.MEDIA_ROOT = self.folder / "media"
        settings.PUBLISH_GAP_S = 60.0
        simulated.MIN_CHUNK = tiktok.CHUNK_BYTES = youtube.CHUNK_BYTES = CHUNK_BYTES
        self.before.mkdir(parents=True)
        self._open(self.before)
        self.transport = connect(self.simulator, self.clock)
        _keep_only_reconciliation()
        _seed_rows(self.simulator.world, self.folder)
        self.simulator.world.close()
        connections.close_all()
        shutil.copyfile(self.database, self.before / "stakazo.sqlite3")
        connection.execute_wrappers += [points.refuse_when_dead, self.clock.ticking]

    def _open(self, folder):
        from publishing.simulator.app import Simulator

        self.simulator = Simulator(
            folder / "world.sqlite3", webhook_url=settings.BASE_URL, delay_s=0
        )

    def fresh(self):
        """Everything as it was before the first run."""
        connections.close_all()
        for end in ("", "-wal", "-shm"):
            Path(f"{self.database}{end}").unlink(missing_ok=True)
        shutil.copyfile(self.before / "stakazo.sqlite3", self.database)
        shutil.rmtree(self.now, ignore_errors=True)
        shutil.copytree(self.before, self.now, ignore=shutil.ignore_patterns("stakazo*"))
        self._open(self.now)
        self.transport.application = self.simulator
        self.clock.begin(START)

    def over(self):
        """The world of the last run is closed."""
        self.simulator.world.close()


def _keep_only_reconciliation():
    """Of all that recurs, what settles posts; the rest has chaos of its own."""
    from jobs.schedules import SCHEDULES

    for name in [name for name in SCHEDULES if name != "publishing.reconcile"]:
        del SCHEDULES[name]


def _seed_rows(world, folder):
    """An account on each platform, and three small and three large videos."""
    from publishing import vault
    from publishing.platforms.base import Tokens
    from publishing.simulator import instagram, tiktok, youtube
    from tests.factories import make_account, make_variant
    from tests.media import make_clip_file

    playing = {"instagram": instagram, "tiktok": tiktok, "youtube": youtube}
    for platform, handle in HANDLES.items():
        there = world.add_account(platform, handle=handle)
        tokens = playing[platform].tokens_of_new_account(world, there)
        account = make_account(platform, external_id=there["id"], handle=handle)
        end = timezone.now() + timedelta(seconds=tokens["expires_in"])
        vault.keep_tokens(
            account,
            Tokens(tokens["access_token"], tokens.get("refresh_token", ""), expires_at=end),
        )
    video = folder / "video.mp4"
    make_clip_file(
        video,
        seconds=4,
        size=(360, 640),
        fps=30,
        extra=("-crf", "40", "-use_editlist", "0", "-movflags", "+faststart"),
    )
    content = video.read_bytes()
    for number in range(6):
        size = LARGE_BYTES if number % 2 else len(content) + 64
        room = size + number - len(content)
        padding = random.Random(number).randbytes(room - 8)
        make_variant(
            content=content + room.to_bytes(4) + b"free" + padding,
            duration_ms=4_000,
            width_px=360,
            height_px=640,
            fps=30.0,
        )


class Run:
    """A plan, played."""

    def __init__(self, theatre, plan):
        self.theatre, self.plan, self.clock = theatre, plan, theatre.clock
        self._made, self._in_vain = [], 0

    def play(self):
        """Up to the end of everything; what came of it."""
        self.theatre.fresh()
        random.seed(f"{self.plan.seed}:{self.plan.number}")
        points.here = points.Blows(())
        world = self.theatre.simulator.world
        with world.transaction():
            world.change_settings(self.plan.delays)
            if not self.plan.webhooks:
                world.set_webhook_url("")
        try:
            for wish in self.plan.wishes:
                self._wish(wish)
            self._inject(world)
            points.here = points.Blows(self.plan.blows, stand_still=self._others)
            self._until_all_is_settled()
            return self._told(world)
        finally:
            points.here = points.Blows(())
            self.theatre.over()

    def _wish(self, wish):
        from media_assets.models import ClipVariant
        from publishing.models import SocialAccount
        from publishing.services.publications import create_publication

        number = len(self._made)
        variants = list(ClipVariant.objects.order_by("id"))
        tag = f"#run{self.plan.number}n{number}"
        at = None
        if wish.after_s:
            at = timezone.now() + timedelta(seconds=wish.after_s)
        publication = create_publication(
            variants[2 * wish.variant + wish.large],
            SocialAccount.objects.get(platform=wish.platform),
            title=f"Harbour lights {tag}",
            caption=f"Out now {tag}",
            privacy=wish.privacy,
            scheduled_at=at,
        )
        self._made.append((publication.pk, tag, wish.platform))

    def _inject(self, world):
        from publishing.simulator import faults

        with world.transaction():
            for each in self.plan.faults:
                faults.inject(
                    world,
                    point=each.point,
                    fault=each.fault,
                    count=each.count,
                    skip=each.skip,
                    **each.params,
                )

    # --- Time passes ------------------------------------------------------------------------------

    def _until_all_is_settled(self):
        end = timezone.now() + LONGEST
        for _ in range(MOST_ROUNDS):
            self._work()
            if self._all_is_settled() or timezone.now() > end:
                return
            self._pass_on()

    def _others(self, seconds):
        """A worker stands still for so long; everybody else goes on, and takes its job."""
        until = timezone.now() + timedelta(seconds=seconds)
        for _ in range(MOST_ROUNDS):
            self._work()
            left_s = (until - timezone.now()).total_seconds()
            if left_s <= 0:
                return
            self._pass_on(at_most_s=left_s)

    def _work(self):
        """The sweeper, the workers and the platforms' webhooks do what is due."""
        from jobs.runner import drain
        from jobs.sweeper import sweep

        for do in (sweep, drain):
            try:
                do()
            except points.Killed:
                points.here.buried()
        if self.plan.webhooks:
            self.theatre.simulator.courier.deliver_due()

    def _pass_on(self, at_most_s=3_600.0):
        """Until something may be due: a job, the end of a lease, the next tick, a webhook."""
        from jobs.models import Job, JobSchedule

        moments = [
            *Job.objects.filter(status__in=Job.WAITING).values_list("run_at", flat=True),
            *Job.objects.filter(status="processing").values_list("lease_until", flat=True),
            *JobSchedule.objects.filter(name="publishing.reconcile").values_list(
                "next_run_at", flat=True
            ),
        ]
        if self.plan.webhooks:
            row = self.theatre.simulator.world.one(
                "SELECT MIN(due_at) AS at FROM webhooks WHERE delivered_at IS NULL "
                "AND outcome NOT IN ('given up')"
            )
            if row and row["at"]:
                moments.append(datetime.fromtimestamp(row["at"], tz=UTC))
        now = timezone.now()
        waits_s = [(moment - now).total_seconds() for moment in moments if moment > now]
        # What is due and was not taken waits for the sweeper, which looks every few seconds; where it
        # does not take it up soon, it never will.
        self._in_vain = 0 if waits_s else self._in_vain + 1
        wait_s = min(waits_s) + 0.05 if waits_s else 5.0 if self._in_vain < 20 else 3_600.0
        self.clock.shift(min(wait_s, at_most_s))

    def _all_is_settled(self):
        from jobs.models import Job

        open_ones = self._publications().exclude(status__in=["published", "failed"])
        if not open_ones.exists():
            return True
        # With a person, and nothing of ours goes on by itself.
        if Job.objects.filter(status__in=Job.LIVE, job_type="publish_clip").exists():
            return False
        return all(is_left(publication) for publication in open_ones)

    def _publications(self):
        from publishing.models import Publication

        return Publication.objects.all()

    # --- What came of it --------------------------------------------------------------------------

    def _told(self, world):
        from publishing.simulator.control import truth_of

        # What the platform was to do later it has done by the time somebody counts.
        self.clock.shift(7_200)
        posts = truth_of(world)["posts"]
        intents = [self._intent(*made) for made in self._made]
        left = world.all("SELECT remaining FROM faults ORDER BY id")
        struck = sum(
            each.count - row["remaining"] for each, row in zip(self.plan.faults, left, strict=True)
        )
        return Told(
            number=self.plan.number,
            intents=intents,
            posts=posts,
            violations=check(intents, posts),
            crashes=points.here.crashes,
            pauses=points.here.pauses,
            faults=struck,
            virtual_s=(timezone.now() - START).total_seconds(),
        )

    def _intent(self, key, tag, platform):
        from ledger.models import LedgerEvent

        publication = self._publications().get(pk=key)
        was_unknown = LedgerEvent.objects.filter(
            event_type="publication_outcome_unknown", entity_id=str(key)
        ).exists()
        return Intent(
            key=f"{platform} {tag}",
            tag=tag,
            platform=platform,
            status=publication.status,
            external_post_id=publication.external_post_id,
            error=publication.error,
            was_unknown=was_unknown,
            asked_out=is_left(publication),
        )


def is_left(publication):
    """Whether it says that only a person can help."""
    from publishing import queries
    from publishing.services import settling

    if publication.status in ("missed", "awaiting"):
        return True
    log = queries.open_attempt_of(publication)
    if log is None:
        return False
    return settling.asked_long_enough(log) or (
        publication.social_account.status != "connected" and not settling.nothing_was_sent(log)
    )


@contextlib.contextmanager
def said_on_failure(plan):
    """A run that breaks by itself says which it was."""
    try:
        yield
    except BaseException:
        print(f"run {plan.number} of seed {plan.seed} broke:\n{plan.words()}", flush=True)  # noqa: T201
        raise


def story_of(run):
    """The ledger of a run in lines, for whoever looks for the reason of a violation."""
    from ledger.models import LedgerEvent

    events = LedgerEvent.objects.order_by("timestamp", "id").values_list(
        "timestamp", "event_type", "entity_type", "metadata"
    )
    return [
        f"  {at:%d %H:%M:%S} {name} {kind} {json.dumps(metadata)[:200]}"
        for at, name, kind, metadata in events
        if at >= START - timedelta(minutes=1)
    ]
