"""Where each platform lives, and the one place that decides which host a client may talk to.

A client of a simulated account can never reach a live host, nor the reverse: every request of every
client passes `Hosts.check` on its way out.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from publishing.platforms.facts import fact, live_hosts, platforms_of_the_table, upload_domains
from stakazo.core.errors import NotAllowed

SIMULATOR, LIVE = "simulator", "live"


class LiveIsOff(NotAllowed):
    """Somebody wants the live platforms, and STAKAZO_LIVE does not allow them."""

    code = "publishing.live-is-off"


class WrongHost(NotAllowed):
    """A request was about to leave for a host that this account's mode does not allow."""

    code = "publishing.wrong-host"


@dataclass(frozen=True)
class Hosts:
    """The hosts of one platform in one mode. simulator_url: without a trailing slash."""

    platform: str
    mode: str
    simulator_url: str = ""

    def url(self, role: str, path: str) -> str:
        """The address of a path, which begins with a slash, on the host that plays this role."""
        host = live_hosts(self.platform)[role]
        if self.mode == LIVE:
            return f"https://{host}{path}"
        return f"{self.simulator_url}/{host}{path}"

    def permalink(self, post_id: str) -> str:
        """Where people see a post, on platforms that do not say it themselves."""
        if self.mode == LIVE:
            return str(fact(self.platform, "page", "watch")).format(post_id)
        return f"{self.simulator_url}/posts/{self.platform}/{post_id}"

    def check(self, url: str) -> None:
        """Raises WrongHost unless this mode may talk to it."""
        allowed = self._is_live(url) if self.mode == LIVE else self._is_simulated(url)
        if not allowed:
            raise WrongHost(
                f"A {self.mode} account on {self.platform} may not talk to "
                f"{urlsplit(url).hostname or 'that address'}.",
                platform=self.platform,
            )

    def _is_live(self, url: str) -> bool:
        parts = urlsplit(url)
        host = parts.hostname or ""
        return parts.scheme == "https" and _is_of(self.platform, host)

    def _is_simulated(self, url: str) -> bool:
        parts, home = urlsplit(url), urlsplit(self.simulator_url)
        return (
            (parts.scheme, parts.netloc) == (home.scheme, home.netloc)
            and parts.path.startswith(f"{home.path}/")
            and not looks_live(parts.hostname or "")
        )


def looks_live(host: str) -> bool:
    """Whether this is a host of any of the platforms."""
    return any(_is_of(platform, host) for platform in platforms_of_the_table())


def _is_of(platform: str, host: str) -> bool:
    return host in live_hosts(platform).values() or host.endswith(upload_domains(platform))


def hosts_of(platform: str, *, mode: str) -> Hosts:
    """The hosts of a platform in a mode. Raises LiveIsOff, or WrongHost for an unknown mode."""
    if mode == LIVE:
        if not settings.STAKAZO_LIVE:
            raise LiveIsOff("Posting to live platforms is switched off. Set STAKAZO_LIVE=true.")
        return Hosts(platform, LIVE)
    if mode != SIMULATOR:
        raise WrongHost(f"There is no mode {mode!r}.", platform=platform)
    return Hosts(platform, SIMULATOR, settings.SIMULATOR_URL.rstrip("/"))
