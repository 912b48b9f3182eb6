"""HTTP as every client speaks it: guarded hosts, timeouts, few and safe retries, no secrets in logs."""

import logging
import random
import re
import ssl
import time
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from publishing.platforms.base import Meter, PostState, PostStatus
from publishing.platforms.error_table import LABELS, Phase, network_error
from publishing.platforms.hosts import LIVE, Hosts

logger = logging.getLogger(__name__)

CONNECT_S = 5
READ_S = 30
COMMIT_READ_S = 60
CHUNK_READ_S = 300
ATTEMPTS = 3  # of calls that change nothing
_BLOCK = 1 << 18


@cache
def _trusted(*, from_env: bool) -> ssl.SSLContext:
    """The certificates that we trust, read once: it takes 40 ms of the processor, and each post has
    several clients. from_env: also those that SSL_CERT_FILE names."""
    return httpx.create_ssl_context(trust_env=from_env)


class Wire:
    """The HTTP of one client.

    read_s: replaces every read timeout; for tests. meter: rations the calls; None: nobody does. pace_s: the unit of waiting between tries and polls:
    seconds at live platforms, fractions of one at the simulator, which is never busy.
    """

    def __init__(
        self, hosts: Hosts, *, read_s: float | None = None, meter: Meter | None = None
    ) -> None:
        self.hosts, self._read_s, self.meter = hosts, read_s, meter
        self.platform = hosts.platform
        self.pace_s = 1.0 if hosts.mode == LIVE else 0.05
        self._platform_time: datetime | None = None
        from_env = hosts.mode == LIVE  # no proxy stands between us and the simulator
        self._client = httpx.Client(
            follow_redirects=False,
            trust_env=from_env,
            verify=_trusted(from_env=from_env),
            event_hooks={"request": [lambda request: hosts.check(str(request.url))]},
            headers={"User-Agent": "Stakazo/1.0"},
        )

    def close(self) -> None:
        """Let the connections go."""
        self._client.close()

    def call(
        self,
        method: str,
        url: str,
        *,
        phase: Phase = Phase.READ,
        attempts: int = 1,
        read_s: float = READ_S,
        uses: Mapping[str, int] | None = None,
        **request: Any,
    ) -> httpx.Response:
        """One call. attempts: how often to try when the network or the platform's server fails; the
        commit is never tried twice. uses: what each try takes of which budgets. request: as
        httpx.Client.request takes it.

        Raises OverBudget where nothing was sent. Raises PlatformBusy, or OutcomeUnknown in the commit,
        when no answer comes. The answer may be an error; reading it is the client's work.
        """
        timeout = httpx.Timeout(self._read_s or read_s, connect=CONNECT_S)
        tries = 1 if phase is Phase.COMMIT else attempts
        for attempt in range(1, tries + 1):
            if self.meter and uses:
                self.meter.take(uses)
            try:
                answer = self._client.request(method, url, timeout=timeout, **request)
            except httpx.TransportError as err:
                # The exception's name says what happened; its text could carry an address.
                logger.info(
                    "%s did not answer %s (%s), try %s",
                    self.platform,
                    method,
                    type(err).__name__,
                    attempt,
                )
                if attempt == tries:
                    raise network_error(
                        self.platform, phase=phase, what=type(err).__name__
                    ) from err
            else:
                self._note_time(answer)
                if self.meter:
                    self.meter.answered(answer.headers)
                if answer.status_code < 500 or attempt == tries:
                    return answer
            self.pause(min(8.0, 2.0 ** (attempt - 1)))
        raise AssertionError("unreachable: the last try returns or raises")

    def pause(self, units: float) -> None:
        """Wait up to so many units of pace, with full jitter."""
        time.sleep(random.uniform(0.5, 1.0) * units * self.pace_s)  # noqa: S311  only jitter

    def now(self) -> datetime:
        """The platform's own time, as its last answer said it; ours before the first."""
        return self._platform_time or datetime.now(tz=UTC)

    def _note_time(self, answer: httpx.Response) -> None:
        try:
            self._platform_time = parsedate_to_datetime(answer.headers.get("date", ""))
        except ValueError:
            return


def slices(
    path: Path, start: int, end: int, *, on_bytes: Callable[[int], None] = lambda count: None
) -> Iterator[bytes]:
    """The bytes [start, end) of a file in blocks; on_bytes hears how many have been handed out."""
    with path.open("rb") as file:
        file.seek(start)
        at = start
        while at < end and (block := file.read(min(_BLOCK, end - at))):
            at += len(block)
            yield block
            on_bytes(at)


def json_of(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object in an answer; empty where it is none. Any: whatever JSON carries.

    Numbers that JSON readers elsewhere would round, such as TikTok's ids, come as text.
    """
    try:
        body = answer.json(parse_int=_exact)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _exact(digits: str) -> int | str:
    number = int(digits)
    return number if abs(number) < 2**53 else digits


def same_text(ours: str, theirs: str) -> bool:
    """Whether a platform shows our text: they trim and normalise, so both are."""
    return _plain(ours) == _plain(theirs)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()


def the_one(
    platform: str, matches: list[PostStatus], *, known_post_ids: Collection[str]
) -> PostStatus | None:
    """The only match that is not already known to be another post; UNKNOWN where there are several."""
    left = [match for match in matches if match.external_post_id not in known_post_ids]
    if len(left) > 1:
        ids = ", ".join(match.external_post_id for match in left)
        return PostStatus(
            PostState.UNKNOWN,
            reason=f"{LABELS[platform]} shows several posts with this text: {ids}.",
        )
    return left[0] if left else None
