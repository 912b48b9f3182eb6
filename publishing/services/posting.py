"""Making one publication real, in two phases, so that a crash anywhere never posts twice.

intent → upload (repeatable) → handle → **point of no return** → result. Whoever finds an attempt past
the point of no return does not post: it asks the platform (`settling`), until the platform shows the
post, says that there will be none, or has shown nothing often enough for the same handle to go again.
"""

import logging
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.utils import timezone

from jobs.registry import Done, GiveUp, Outcome, Snooze
from jobs.running import Running
from ledger.machine import StaleState
from media_assets.files import local_file
from publishing import queries
from publishing.errors import (
    NeedsReconnect,
    OutcomeUnknown,
    PlatformBusy,
    PlatformError,
    PlatformProblem,
    RefusedContent,
)
from publishing.models import Publication, PublishLog
from publishing.payloads import PublishClip
from publishing.platforms.base import Handle, PlatformClient, PostState, PostStatus
from publishing.services import accounts, attempts, departures, settling
from publishing.services.settling import Finding, Verdict
from stakazo.core.errors import StakazoError

logger = logging.getLogger(__name__)

Status, Phase = Publication.Status, PublishLog.Phase
MAX_ATTEMPTS = 3  # fresh attempts begun by ourselves, each after proof that the former is dead


def post(publication_id: uuid.UUID, job: Running[PublishClip]) -> Outcome:
    """One step on: up to the post, or to the next time to look. Called again until it is settled."""
    publication = queries.publication_by_id(publication_id)
    try:
        if publication.status == Status.SCHEDULED:
            wait_s = _seconds_until(publication)
            if wait_s > 0:
                return Snooze(wait_s, "Its time has not come.")
            with job.guarded():
                held = departures.before_start(publication, job.job.created_at)
                if held is None:
                    attempts.begin(publication)
            if held is not None:
                return held
        if publication.status not in (Status.PUBLISHING, Status.UNKNOWN):
            return Done({"left": publication.status})
        log = queries.open_attempt_of(publication)
        if log is None:
            return Done({"left": publication.status, "why": "no open attempt"})
        return _Attempt(job, log).go_on()
    except StaleState as error:
        # Cancelled, settled by a webhook or by reconciliation: look again at what it is now.
        return Snooze(1, error.message)


def _seconds_until(publication: Publication) -> float:
    if publication.scheduled_at is None:
        return 0
    return (publication.scheduled_at - timezone.now()).total_seconds()


class _Attempt:
    """An open attempt in the hands of the job that may move it."""

    def __init__(self, job: Running[PublishClip], log: PublishLog) -> None:
        self.job, self.log = job, log
        self.publication = log.publication
        self.account = log.publication.social_account
        self.content = queries.content_of(log.publication)

    def go_on(self) -> Outcome:
        """From wherever the last one stopped."""
        if self.log.phase == Phase.COMMITTING and self.publication.status == Status.PUBLISHING:
            with self.job.guarded():
                attempts.mark_unknown(self.log, why="We stopped before the platform answered.")
        try:
            with settling.client_to_ask(self.log) as client:
                if settling.nothing_was_sent(self.log):
                    return self._prepare_and_send(client)
                return self._ask(client)
        except NeedsReconnect as error:
            return self._refused_token(error)
        except (PlatformBusy, PlatformProblem) as error:
            return self._later(error)
        except PlatformError:
            raise  # OutcomeUnknown and RefusedContent are answered where they arise
        except StaleState:
            raise
        except StakazoError as error:  # LiveIsOff, SealBroken: somebody must change something
            if settling.nothing_was_sent(self.log) and error.permanent:
                return self._fail(error.message, error.code)
            raise

    # --- the first phase --------------------------------------------------------------------------

    def _prepare_and_send(self, client: PlatformClient) -> Outcome:
        if (shown := self._shown_already(client)) is not None:
            return shown
        with self.job.guarded():
            attempts.start_sending(self.log)
        self.job.stage("upload")
        variant = self.publication.clip_variant
        with local_file(variant.file) as path:
            departures.check_bytes(self.publication, path)
            media = queries.media_of(variant, path)
            try:
                handle = client.upload_video(
                    media,
                    self.content,
                    handle=dict(self.log.handle),
                    on_handle=self._keep_handle,
                    on_progress=self._progress,
                )
            except RefusedContent as error:
                return self._fail(error.message, error.code)
            self._keep_handle(handle)
            return self._send(partial(client.publish_video, media, self.content, handle=handle))

    def _shown_already(self, client: PlatformClient) -> Outcome | None:
        """Before a fresh attempt after one that was sent: the platform may show that one after all."""
        former = (
            queries.attempts()
            .filter(publication=self.publication, status=PublishLog.Status.FAILED)
            .exclude(handle={})
            .order_by("-id")
            .first()
        )
        if former is None or self.log.handle:
            return None
        self.job.stage("look")
        finding = settling.ask(former, client)
        if finding.verdict is not Verdict.PUBLISHED:
            return None
        why = "The platform shows the post of an earlier attempt."
        return Done(
            {"external_post_id": finding.status.external_post_id},
            effect=_effect(attempts.succeed, former, finding.status, why=why),
        )

    def _keep_handle(self, handle: Handle) -> None:
        with self.job.guarded():
            attempts.keep_handle(self.log, handle)

    def _progress(self, fraction: float) -> None:
        self.job.progress(fraction * 0.9)

    # --- the point of no return -------------------------------------------------------------------

    def _send(self, publish: Callable[[], PostStatus]) -> Outcome:
        self.job.stage("publish")
        with self.job.guarded():
            held = departures.before_commit(self.log)
            if held is None:
                attempts.cross(self.log)
        if held is not None:
            return held
        try:
            status = publish()
        except OutcomeUnknown as error:
            return self._unknown(error.message, error.code)
        except RefusedContent as error:
            return self._fail(error.message, error.code)
        except (PlatformBusy, PlatformProblem, NeedsReconnect) as error:
            with self.job.guarded():
                attempts.step_back(self.log, error)
            raise
        return self._after(Finding(_verdict_of_reply(status), status))

    # --- afterwards, only questions ---------------------------------------------------------------

    def _ask(self, client: PlatformClient) -> Outcome:
        self.job.stage("ask")
        finding = settling.ask(self.log, client)
        with self.job.guarded():
            attempts.note_answer(self.log, finding.status, clean=finding.clean)
        if finding.verdict is Verdict.IDLE:
            if not settling.may_go_again(self.log):
                return self._look_again("The platform has nothing of it yet; we make sure.")
            with self.job.guarded():
                attempts.let_go_again(
                    self.log, why="The platform has shown several times that nothing was posted."
                )
            return self._prepare_and_send(client)
        return self._after(finding)

    def _after(self, finding: Finding) -> Outcome:
        status = finding.status
        match finding.verdict:
            case Verdict.PUBLISHED:
                return Done(
                    {"external_post_id": status.external_post_id, "url": status.external_url},
                    effect=_effect(
                        attempts.succeed, self.log, status, why="The platform shows the post."
                    ),
                )
            case Verdict.ABSENT:
                reason = status.reason or "The platform says that there will be no post."
                return self._fail(reason, "publishing.platform-failed", retryable=status.retryable)
            case Verdict.WORKING:
                with self.job.guarded():
                    attempts.accept(self.log)
                return self._look_again("The platform works on it.")
        if self.publication.status == Status.PUBLISHING:
            return self._unknown(
                status.reason or "The platform does not say what became of it.", ""
            )
        return self._look_again("The platform does not say what became of it.")

    def _unknown(self, why: str, code: str) -> Outcome:
        with self.job.guarded():
            attempts.mark_unknown(self.log, why=why, error_code=code)
        return Snooze(5, "The outcome is unknown; we ask the platform.")

    def _look_again(self, why: str) -> Outcome:
        if settling.asked_long_enough(self.log):
            return Done({"left": self.publication.status, "why": why})
        age = timezone.now() - self.log.created_at
        # Soon at first (most posts are ready in seconds), then rarely: 2 s … 10 min.
        return Snooze(min(max(age.total_seconds() / 4, 2), 600), why)

    # --- when it does not go on -------------------------------------------------------------------

    def _refused_token(self, error: NeedsReconnect) -> Outcome:
        """Our token is not taken: renew it once; where that is refused too, the account is marked."""
        if accounts.renew_or_expire(self.account, why=error.message):
            if self.job.job.attempt < self.job.job.max_attempts:
                return self._later(
                    PlatformBusy(
                        "The platform did not take our token; it was renewed.",
                        platform=self.account.platform,
                    )
                )
            accounts.expire_account(self.account, why=error.message)
        if settling.nothing_was_sent(self.log):
            return self._fail(
                f"{self.account} must be connected again; then retry. ({error.message})", error.code
            )
        return self._look_again(f"{self.account} must be connected again before we can ask.")

    def _later(self, error: PlatformError) -> Outcome:
        """Nothing was posted by this step; the job tries again, and gives up when its tries are used."""
        if not settling.nothing_was_sent(self.log):
            return self._look_again(error.message)
        if self.job.job.attempt >= self.job.job.max_attempts:
            return self._fail(f"{error.message} Tried {self.job.job.attempt} times.", error.code)
        with self.job.guarded():
            attempts.step_back(self.log, error)
        raise error

    def _fail(self, why: str, code: str, *, retryable: bool = False) -> Outcome:
        """Proven not to be posted. retryable: the platform says that a fresh attempt may work."""
        again = retryable and self.publication.publish_logs.count() < MAX_ATTEMPTS
        with self.job.guarded():
            attempts.fail(self.log, error=why, error_code=code, again=again)
        if again:
            return Snooze(30, f"{why} A fresh attempt follows.")
        return GiveUp(why, code)


def _verdict_of_reply(status: PostStatus) -> Verdict:
    """What publish_video answered. Only the clear answers count; all else is unknown."""
    match status.state:
        case PostState.PUBLISHED if status.external_post_id:
            return Verdict.PUBLISHED
        case PostState.PUBLISHED | PostState.PROCESSING:
            return Verdict.WORKING
        case PostState.FAILED:
            return Verdict.ABSENT
    return Verdict.UNKNOWN


def _effect(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Callable[[], None]:
    """As an effect of a job: called in its closing transaction, its answer dropped."""

    def effect() -> None:
        function(*args, **kwargs)

    return effect
