"""One message brought to one address: pinned to what was checked, with limits, without redirects."""

import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from ssl import SSLContext
from typing import Any

import httpcore
import httpx

from publishing.errors import SubscriberSilent
from publishing.outgoing.guard import Limits, Resolve, checked_addresses, read_url

MAX_ANSWER_BYTES = 16 * 1024
KEPT_ANSWER_CHARS = 500
USER_AGENT = "Stakazo/1.0 (Standard Webhooks)"


@dataclass(frozen=True)
class Answer:
    """What an address said. text: the beginning of it. address: the IP address that said so."""

    status: int
    text: str
    retry_after_s: int | None
    address: str


def post(
    url: str,
    body: bytes,
    headers: dict[str, str],
    *,
    limits: Limits,
    resolve: Resolve | None = None,
) -> Answer:
    """Send a body to an address and read what it says; a redirect is an answer like any other.

    No proxy, no cookies, nothing unpacked. resolve: replaces the system's look-up of names.
    Raises ForbiddenAddress, UnresolvedAddress, SubscriberSilent.
    """
    target = read_url(url, limits)
    backend = _Pinned(limits, resolve)
    asked = httpcore.URL(
        scheme=target.scheme.encode(),
        host=target.host.encode(),
        port=target.port,
        target=target.path.encode(),
    )
    sent = {
        "Host": target.host_header,
        "User-Agent": USER_AGENT,
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Accept": "*/*",
        "Connection": "close",
        **headers,
    }
    timeout = dict.fromkeys(("connect", "read", "write", "pool"), limits.timeout_s)
    try:
        with (
            httpcore.ConnectionPool(
                ssl_context=_tls(), network_backend=backend, retries=0, http2=False
            ) as pool,
            pool.stream(
                "POST",
                asked,
                headers=list(sent.items()),
                content=body,
                extensions={"timeout": timeout},
            ) as answer,
        ):
            text = _beginning(answer.iter_stream())
            return Answer(
                status=answer.status,
                text=text,
                retry_after_s=_retry_after_s(answer.headers),
                address=backend.address,
            )
    except httpcore.TimeoutException:
        raise SubscriberSilent(
            f"No whole answer within {limits.timeout_s:g} s.", address=backend.address
        ) from None
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise SubscriberSilent(f"No answer: {_words(error)}.", address=backend.address) from None


@lru_cache(maxsize=1)
def _tls() -> SSLContext:
    return httpx.create_ssl_context(trust_env=False)


def _words(error: Exception) -> str:
    """What went wrong, without text that the other side wrote."""
    return {
        "ConnectError": "no connection, or its certificate does not hold",
        "ReadError": "the connection broke",
        "WriteError": "the connection broke",
        "RemoteProtocolError": "it does not speak HTTP, or said too much before its answer",
    }.get(type(error).__name__, type(error).__name__)


def _beginning(parts: Iterable[bytes]) -> str:
    read = b""
    for part in parts:
        read += part
        if len(read) >= MAX_ANSWER_BYTES:
            break
    text = read.decode(errors="replace").replace("\x00", "�")
    return text[:KEPT_ANSWER_CHARS]


def _retry_after_s(headers: Iterable[tuple[bytes, bytes]]) -> int | None:
    for name, value in headers:
        if name.lower() == b"retry-after" and value.isdigit() and len(value) < 7:
            return int(value)
    return None


class _Pinned(httpcore.NetworkBackend):
    """Looks a name up once, checks all it stands for, and connects to one of just those.

    TLS goes on above it with the name itself, so the certificate is checked against that.
    """

    def __init__(self, limits: Limits, resolve: Resolve | None) -> None:
        self._limits, self._resolve = limits, resolve
        self._plain = httpcore.SyncBackend()
        self._end = time.monotonic() + limits.timeout_s
        self.address = ""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,  # as httpcore declares it
    ) -> httpcore.NetworkStream:
        """A connection. Raises ForbiddenAddress, UnresolvedAddress, httpcore's errors."""
        trouble: Exception = httpcore.ConnectError("no address")
        for address in checked_addresses(host, port, self._limits, resolve=self._resolve):
            self.address = address
            try:
                stream = self._plain.connect_tcp(
                    address, port, timeout=_left(self._end), socket_options=socket_options
                )
            except httpcore.ConnectError as error:
                trouble = error
                continue
            peer: socket.socket = stream.get_extra_info("socket")
            if peer.getpeername()[0] != address:
                stream.close()
                raise httpcore.ConnectError("another address answered")
            return _Bounded(stream, self._end)
        raise trouble

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        """Never."""
        raise httpcore.ConnectError("not to a file")

    def sleep(self, seconds: float) -> None:
        """Between tries, of which there is one."""
        time.sleep(seconds)


class _Bounded(httpcore.NetworkStream):
    """A connection whose whole life ends at a time, however slowly the bytes drip."""

    def __init__(self, stream: httpcore.NetworkStream, end: float) -> None:
        self._stream, self._end = stream, end

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Bytes, as long as there is time."""
        return self._stream.read(max_bytes, timeout=_left(self._end))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send, as long as there is time."""
        self._stream.write(buffer, timeout=_left(self._end))

    def close(self) -> None:
        """Let it go."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """The same with TLS, for the name that was asked for."""
        over = self._stream.start_tls(ssl_context, server_hostname, timeout=_left(self._end))
        return _Bounded(over, self._end)

    def get_extra_info(self, info: str) -> Any:  # as httpcore declares it
        """What the connection knows of itself."""
        return self._stream.get_extra_info(info)


def _left(end: float) -> float:
    """Seconds until then. Raises httpcore.ReadTimeout when it is over."""
    left = end - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left
