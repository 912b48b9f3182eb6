"""Which addresses outside we may be sent to, so that nobody reaches our own network through us.

Three questions, each by itself enough to refuse: is the text an address that can be read in one way
only; does every address that its name stands for lie on the public internet; is the one that we are
connected to one of those. `sending` asks the last two in one step: a name is looked up once for a
connection, and the connection goes to what was checked, so an answer that changes in between (DNS
rebinding) finds nobody who asks again.
"""

import ipaddress
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from publishing.errors import ForbiddenAddress, UnresolvedAddress

MAX_URL_CHARS = 500
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# By WHATWG a host whose last label is a number is an IPv4 address, in any of its many spellings.
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
# Names that never lead to the public internet (RFC 6761, 6762, 8375, and what clouds and containers use).
_LOCAL_NAMES = ("localhost", "local", "internal", "home.arpa", "localdomain", "lan", "intranet")

_IPV4_SHUT = [
    ipaddress.IPv4Network(net)
    for net in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local, and the metadata services of clouds
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
]
# Only this is handed out as public unicast; mapped, compatible, NAT64, local and multicast lie outside.
_IPV6_OPEN = ipaddress.IPv6Network("2000::/3")
_IPV6_SHUT = [
    ipaddress.IPv6Network(net)
    for net in (
        "2001::/23",  # Teredo, ORCHID, benchmarking and other protocol assignments
        "2001:db8::/32",
        "2002::/16",  # 6to4 carries an IPv4 address
        "2620:4f:8000::/48",
        "3fff::/20",
    )
]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]


@dataclass(frozen=True)
class Limits:
    """What is allowed. ports: for https. loopback: this machine too, by plain http and on any port.

    timeout_s: of a whole exchange to its last byte; only the system's look-up of a name has its own limit.
    """

    ports: frozenset[int] = frozenset({443})
    loopback: bool = False
    timeout_s: float = 15.0


@dataclass(frozen=True)
class Target:
    """An address that was read: where to go, and what to ask for there."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        """What the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


_DEFAULT_PORTS = {"https": 443, "http": 80}


def read_url(text: str, limits: Limits) -> Target:
    """What an address says, where it can be read in one way only. Raises ForbiddenAddress."""
    if len(text) > MAX_URL_CHARS:
        raise ForbiddenAddress(f"An address has at most {MAX_URL_CHARS} characters.")
    if not text.isascii() or not text.isprintable() or " " in text or "\\" in text:
        raise ForbiddenAddress(
            "An address is plain ASCII, without spaces and backslashes; write names in other scripts "
            "as punycode (xn--…)."
        )
    try:
        parts = urlsplit(text)
        given_port = parts.port
    except ValueError as error:
        raise ForbiddenAddress(f"This is no address: {error}.") from None
    if parts.scheme not in _DEFAULT_PORTS:
        raise ForbiddenAddress("An address begins with https://.")
    if "@" in parts.netloc:
        raise ForbiddenAddress("An address carries no user name and no password.")
    if "#" in text:
        raise ForbiddenAddress("An address has no part after #.")
    host = _read_host(parts.netloc, (parts.hostname or "").lower())
    port = given_port if given_port is not None else _DEFAULT_PORTS[parts.scheme]
    target = Target(
        scheme=parts.scheme,
        host=host,
        port=port,
        path=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
    )
    if limits.loopback and _is_this_machine(host):
        return target
    if parts.scheme != "https":
        raise ForbiddenAddress("An address begins with https://.")
    if port not in limits.ports:
        allowed = ", ".join(map(str, sorted(limits.ports)))
        raise ForbiddenAddress(
            f"Port {port} is not one that we send to ({allowed}; STAKAZO_WEBHOOKS_OUT_PORTS)."
        )
    if any(host == name or host.endswith(f".{name}") for name in _LOCAL_NAMES):
        raise ForbiddenAddress("This name does not lead to the public internet.")
    if (literal := _literal(host)) is not None:
        check_address(str(literal), limits)
    return target


def _read_host(netloc: str, host: str) -> str:
    if netloc.startswith("["):
        if not re.fullmatch(r"\[[0-9a-fA-F:.]+\](:[0-9]{1,5})?", netloc):
            raise ForbiddenAddress("This is no IPv6 address, or one with a zone.")
        try:
            return str(ipaddress.IPv6Address(host))
        except ValueError:
            raise ForbiddenAddress("This is no IPv6 address.") from None
    if not re.fullmatch(r"[^:]+(:[0-9]{1,5})?", netloc):
        raise ForbiddenAddress("The host of the address cannot be read.")
    host = host.removesuffix(".")
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ForbiddenAddress("The host of the address is no name and no IP address.")
    if _NUMBER.fullmatch(labels[-1]):
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError:
            raise ForbiddenAddress("An IPv4 address has four decimal numbers.") from None
    return host


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_this_machine(host: str) -> bool:
    literal = _literal(host)
    return host == "localhost" or (literal is not None and literal.is_loopback)


def check_address(text: str, limits: Limits) -> None:
    """Whether we may speak to this IP address. Raises ForbiddenAddress."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:  # with a zone, or nothing that we know
        raise ForbiddenAddress("The name leads to an address that we cannot read.") from None
    if limits.loopback and address.is_loopback:
        return
    if isinstance(address, ipaddress.IPv4Address):
        is_open = not any(address in net for net in _IPV4_SHUT)
    else:
        is_open = address in _IPV6_OPEN and not any(address in net for net in _IPV6_SHUT)
    if not is_open:
        raise ForbiddenAddress(
            "The address does not lie on the public internet, so nothing is sent there.",
            address=text,
        )


def addresses_of(host: str, port: int) -> list[str]:
    """The IP addresses that the system knows for a name. Raises UnresolvedAddress."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise UnresolvedAddress("The name of the address is not known.", host=host) from None
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def checked_addresses(
    host: str, port: int, limits: Limits, *, resolve: Resolve | None = None
) -> list[str]:
    """The addresses that a name stands for, of which every single one may be spoken to.

    Raises ForbiddenAddress when one of them may not, UnresolvedAddress.
    """
    addresses = [host] if _literal(host) else (resolve or addresses_of)(host, port)
    if not addresses:
        raise UnresolvedAddress("The name of the address is not known.", host=host)
    for address in addresses:
        check_address(address, limits)
    return addresses
