"""Making one publication real, in two phases, so that a crash anywhere never posts twice.

intent → upload (repeatable) → handle → **point of no return** → result. Whoever finds an attempt past
the point of no return does not post: it asks the platform (`settling`), until the platform shows the
post, says that there will be none, or has shown nothing often enough for the same handle to go again.
"""

import logging
import random
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from jobs.registry import Done, GiveUp, Outcome, Snooze
from jobs.running import Running
from ledger.machine import StaleState
from media_assets.files import local_file
from publishing import queries
from publishing.errors import (
    FailureKind,
    NeedsReconnect,
    OutcomeUnknown,
    OverBudget,
    PlatformBusy,
    PlatformError,
    PlatformProblem,
    RefusedContent,
)
from publishing.models import Publication, PublishLog
from publishing.payloads import PublishClip
from publishing.platforms.base import Handle, PlatformClient, PostState, PostStatus
from publishing.services import (
    attempts,
    checking,
    departures,
    holds,
    metering,
    renewing,
    settling,
)
from publishing.services.settling import Finding, Verdict
from stakazo.core.errors import StakazoError

logger = logging.getLogger(__name__)

Status, Phase = Publication.Status, PublishLog.Phase
MAX_ATTEMPTS = 3  # fresh attempts begun by ourselves, each after proof that the former is dead
WAIT_MOST = timedelta(days=3)  # for limits of the platform; then a person should know
CREATOR_LOOK_S = 3600  # how often to look whether a creator has posted what is in the inbox
RENEWALS = 2  # of a token within RENEWED_LATELY; one that is refused after that is no good
RENEWED_LATELY = timedelta(minutes=10)


def post(publication_id: uuid.UUID, job: Running[PublishClip]) -> Outcome:
    """One step on: up to the post, or to the next time to look. Called again until it is settled."""
    publication = queries.publication_by_id(publication_id)
    try:
        if publication.status == Status.SCHEDULED:
            wait_s = _seconds_until(publication)
            if wait_s > 0:
                return Snooze(wait_s, "Its time has not come.")
            if (wait := _held(publication)) is not None:
                return wait
            if (refused := checking.refused_before_the_first_call(publication, job)) is not None:
                return refused
            if (wait := _before_its_turn(publication)) is not None:
                return wait
            with job.guarded():
                held = departures.before_start(publication, job.job)
                if held is None:
                    attempts.begin(publication)
            if held is not None:
                return held
        if publication.status not in (Status.PUBLISHING, Status.UNKNOWN, Status.DELIVERED):
            return Done({"left": publication.status})
        log = queries.open_attempt_of(publication)
        if log is None:
            return Done({"left": publication.status, "why": "no open attempt"})
        if settling.is_ready_to_send(log) and (wait := _held(publication)) is not None:
            return wait
        return _Attempt(job, log).go_on()
    except StaleState as error:
        # Cancelled, settled by a webhook or by reconciliation: look again at what it is now.
        return Snooze(1, error.message)


def _seconds_until(publication: Publication) -> float:
    if publication.scheduled_at is None:
        return 0
    return (publication.scheduled_at - timezone.now()).total_seconds()


def _held(publication: Publication) -> Snooze | None:
    wait_s = holds.wait_while_held(publication)
    return Snooze(wait_s, "Its account is held after failures in a row.") if wait_s else None


def _before_its_turn(publication: Publication) -> Snooze | None:
    wait_s = metering.wait_to_start(publication)
    return Snooze(wait_s, "Its account posts one by one; its turn comes.") if wait_s else None


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
                if settling.is_ready_to_send(self.log):
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
                return self._refused(error)
            self._keep_handle(handle)
            return self._send(
                client, partial(client.publish_video, media, self.content, handle=handle)
            )

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

    def _send(self, client: PlatformClient, publish: Callable[[], PostStatus]) -> Outcome:
        """Its turn, the last look, the step; and in the step that is never repeated one call alone."""
        wait_s = metering.take_turn(self.account, by=self.log.pk)
        if wait_s:
            return Snooze(wait_s, "Its account posts one by one; all is ready for its turn.")
        self.job.stage("publish")
        try:
            look = client.ready_to_publish(self.log.handle)
        except RefusedContent as error:
            metering.give_turn_back(self.account, by=self.log.pk)
            return self._refused(error)
        except PlatformError:
            metering.give_turn_back(self.account, by=self.log.pk)
            raise
        with self.job.guarded():
            held = departures.before_commit(self.log)
            if held is None:
                attempts.cross(self.log)
        if held is not None:
            return held
        if look.state is not PostState.READY:  # this very handle was committed before
            return self._after(Finding(_verdict_of_reply(look), look))
        try:
            status = publish()
        except OutcomeUnknown as error:
            holds.went_wrong(self.account, error)
            return self._unknown(error.message, error)
        except RefusedContent as error:
            metering.give_turn_back(self.account, by=self.log.pk)
            return self._refused(error)
        except (PlatformBusy, PlatformProblem, NeedsReconnect) as error:
            with self.job.guarded():
                attempts.step_back(self.log, error)
            metering.give_turn_back(self.account, by=self.log.pk)
            raise
        if status.external_post_id:
            with self.job.guarded():
                attempts.keep_post_id(self.log, status)
        holds.went_well(self.account)
        if status.external_post_id and not status.external_url:
            status = replace(status, external_url=client.permalink(status.external_post_id))
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
            metering.give_turn_back(self.account, by=self.log.pk)
            return self._prepare_and_send(client)
        return self._after(finding)

    def _after(self, finding: Finding) -> Outcome:
        status = finding.status
        match finding.verdict:
            case Verdict.PUBLISHED:
                if self.publication.status == Status.UNKNOWN:
                    holds.went_well(self.account)  # what stayed unclear went well
                return Done(
                    {"external_post_id": status.external_post_id, "url": status.external_url},
                    effect=_effect(
                        attempts.succeed, self.log, status, why="The platform shows the post."
                    ),
                )
            case Verdict.ABSENT:
                reason = status.reason or "The platform says that there will be no post."
                return self._fail(
                    reason,
                    "publishing.platform-failed",
                    again_in_s=status.failure.wait_s if status.failure else 30,
                    retryable=status.retryable,
                    facts=attempts.verdict_facts(status.failure),
                )
            case Verdict.WORKING:
                with self.job.guarded():
                    attempts.accept(self.log)
                return self._look_again("The platform works on it.")
            case Verdict.DELIVERED:
                with self.job.guarded():
                    attempts.deliver(self.log, why=status.reason)
                return self._wait_for_the_creator(status.reason)
        if self.publication.status == Status.PUBLISHING:
            return self._unknown(status.reason or "The platform does not say what became of it.")
        return self._look_again("The platform does not say what became of it.")

    def _unknown(self, why: str, error: OutcomeUnknown | None = None) -> Outcome:
        with self.job.guarded():
            attempts.mark_unknown(self.log, why=why, error=error)
        return Snooze(5, "The outcome is unknown; we ask the platform.")

    def _wait_for_the_creator(self, why: str) -> Outcome:
        """Rarely, for three days; a webhook of the platform tells sooner, and reconciliation later."""
        if settling.delivered_long_ago(self.log):
            return Done({"left": self.publication.status, "why": why})
        return Snooze(CREATOR_LOOK_S, why)

    def _look_again(self, why: str) -> Outcome:
        if settling.asked_long_enough(self.log):
            return Done({"left": self.publication.status, "why": why})
        age = timezone.now() - self.log.created_at
        # Soon at first (most posts are ready in seconds), then rarely: 2 s … 10 min.
        return Snooze(min(max(age.total_seconds() / 4, 2), 600), why)

    # --- when it does not go on -------------------------------------------------------------------

    def _refused(self, error: RefusedContent) -> Outcome:
        """For certain: the post as it is, or the account, is not taken."""
        if error.about_account:
            holds.went_wrong(self.account, error)
        else:
            holds.went_well(self.account)
        if settling.was_sent_before(self.log):
            return self._doubt(error)
        return self._fail(error.message, error.code, facts=attempts.failure_facts(error))

    def _refused_token(self, error: NeedsReconnect) -> Outcome:
        """Our token is not taken: renew it; where that does not help either, the account is marked."""
        try:
            renewed = renewing.renew_or_expire(self.account, why=error.message)
        except (PlatformBusy, PlatformProblem) as problem:  # not the account's: it stays
            return self._later(problem)
        if renewed:
            with self.job.guarded():
                renewals = attempts.note_renewal(self.log, within=RENEWED_LATELY)
            if renewals <= RENEWALS:
                return Snooze(5, "The platform did not take our token; it was renewed.")
            renewing.expire_account(self.account, why=error.message)
        if settling.nothing_was_sent(self.log):
            return self._fail(
                f"{self.account} must be connected again; then retry. ({error.message})",
                error.code,
                facts=attempts.failure_facts(error),
            )
        return self._look_again(f"{self.account} must be connected again before we can ask.")

    def _later(self, error: PlatformBusy | PlatformProblem) -> Outcome:
        """Nothing was posted by this step; it is done again later.

        A limit costs no try, since it says when it ends. Everything else does; when the job has none
        left, the attempt fails.
        """
        if not settling.is_ready_to_send(self.log):
            return self._look_again(error.message)
        if error.kind is FailureKind.WAIT_UNTIL:
            return self._wait(error)
        holds.went_wrong(self.account, error)
        if self.job.job.attempt >= self.job.job.max_attempts:
            if settling.was_sent_before(self.log):
                return self._doubt(error)
            return self._fail(
                f"{error.message} Tried {self.job.job.attempt} times.",
                error.code,
                facts=attempts.failure_facts(error),
            )
        with self.job.guarded():
            attempts.step_back(self.log, error)
        raise error

    def _wait(self, error: PlatformBusy | PlatformProblem) -> Outcome:
        """Until the limit ends. The platform answers, so it is no failure of the account's."""
        if error.about_account:
            holds.went_wrong(self.account, error)
        elif not isinstance(error, OverBudget):
            holds.went_well(self.account)
        if timezone.now() - self.log.created_at > WAIT_MOST:
            if settling.was_sent_before(self.log):
                return self._doubt(error)
            return self._fail(
                f"{error.message} Waited for {WAIT_MOST.days} days.",
                error.code,
                facts=attempts.failure_facts(error),
            )
        with self.job.guarded():
            attempts.step_back(self.log, error)
        wait_s = max(error.retry_after_s or 60, 0.5)
        return Snooze(wait_s + random.uniform(0, 1), error.message)  # noqa: S311  only jitter

    def _doubt(self, error: PlatformError) -> Outcome:
        """It cannot be sent again, but was sent once: only the platform knows what became of that."""
        with self.job.guarded():
            attempts.take_for_sent(self.log, error)
        return self._look_again(error.message)

    def _fail(
        self,
        why: str,
        code: str,
        *,
        retryable: bool = False,
        again_in_s: float = 30,
        facts: Mapping[str, str] | None = None,
    ) -> Outcome:
        """Proven not to be posted. retryable: the platform says that a fresh attempt may work, after
        again_in_s. facts: the kind of the failure and its remedy."""
        again = retryable and self.publication.publish_logs.count() < MAX_ATTEMPTS
        again = again and self.publication.status != Status.DELIVERED  # the creator has seen it
        with self.job.guarded():
            attempts.fail(self.log, error=why, error_code=code, again=again, facts=facts)
        if again:
            return Snooze(again_in_s, f"{why} A fresh attempt follows.")
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
        case PostState.DELIVERED:
            return Verdict.DELIVERED
    return Verdict.UNKNOWN


def _effect(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Callable[[], None]:
    """As an effect of a job: called in its closing transaction, its answer dropped."""

    def effect() -> None:
        function(*args, **kwargs)

    return effect
