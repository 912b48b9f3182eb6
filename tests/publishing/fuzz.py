"""Deliveries of the three platforms, good ones and forgeries of them, by a seed."""

import hashlib
import hmac
import json
import random
import time
from dataclasses import dataclass, field

from django.test import Client

from jobs.models import Job
from publishing.models import Platform, RefusedDelivery, WebhookDelivery
from publishing.services import leases
from publishing.simulator.credentials import SIMULATED_APPS
from publishing.simulator.hooks import signed
from tests.factories import make_account

_ATOM = """<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns="http://www.w3.org/2005/Atom">
<entry><id>yt:video:v{n}</id><yt:videoId>v{n}</yt:videoId><yt:channelId>{channel}</yt:channelId>
<title>T{n}</title><updated>2026-11-20T09:00:00+00:00</updated></entry></feed>"""


@dataclass
class Tally:
    """What was sent and what became of it."""

    sent: int = 0
    good: int = 0
    repeated: int = 0
    forged: int = 0
    forgeries_taken: list = field(default_factory=list)
    good_refused: list = field(default_factory=list)
    broke: list = field(default_factory=list)
    rows: int = 0
    jobs: int = 0
    refused_rows: int = 0

    @property
    def double_effects(self):
        """Rows and jobs beyond one for each good delivery."""
        return (self.rows - self.good) + (self.jobs - self.good)


@dataclass(frozen=True)
class Sent:
    """One delivery on the wire. place: what follows the door in the address."""

    platform: str
    body: bytes
    headers: dict
    place: str = ""


class Fuzz:
    """Makes deliveries. Two channels have leases, for secrets of one tried at the other."""

    def __init__(self, seed):
        self.random, self.number = random.Random(seed), 0
        self.leases = [
            leases.lease_of(make_account("youtube", external_id=f"UC{letter}")) for letter in "ab"
        ]

    def good(self):
        """A delivery as its platform would sign it, of something that was not told before."""
        self.number += 1
        n, platform = self.number, self.random.choice(Platform.values)
        place, secret = "", SIMULATED_APPS[platform].webhook_secret
        match platform:
            case "tiktok":
                content = json.dumps({"publish_id": f"v_pub~{n}", "publish_type": "DIRECT_PUBLISH"})
                event = self.random.choice(
                    ["post.publish.complete", "post.publish.failed", "authorization.removed"]
                )
                body = json.dumps(
                    {
                        "event": event,
                        "create_time": 1_795_000_000 + n,
                        "user_openid": "a",
                        "content": content,
                    }
                )
            case "instagram":
                change = {
                    "field": "comments",
                    "value": {"id": str(n), "text": "¡Qué! " + "x" * (n % 50)},
                }
                body = json.dumps(
                    {"object": "instagram", "entry": [{"id": "1", "time": n, "changes": [change]}]}
                )
            case _:
                lease = self.random.choice(self.leases)
                place, secret = f"?lease={lease.pk}", leases.secret_of(lease)
                body = _ATOM.format(n=n, channel=lease.topic.rpartition("=")[2])
        return Sent(platform, body.encode(), signed(platform, body, secret=secret), place)

    def forged(self, good):
        """(name of the trick, a delivery that nobody with the secret has signed)."""
        name = self.random.choice(sorted(TRICKS))
        made = TRICKS[name](self, good)
        if made is None or (made.platform, made.body, made.headers, made.place) == (
            good.platform, good.body, good.headers, good.place,
        ):  # fmt: skip
            return "signature gone", _without_signature(self, good)
        return name, made


def _signature_names(sent):
    return [name for name in sent.headers if name != "Content-Type"]


def _with(sent, **changed):
    return Sent(**{**vars(sent), **changed})


def _body(change):
    return lambda fuzz, sent: _with(sent, body=change(fuzz.random, sent.body))


def _flip(rng, body):
    at = rng.randrange(len(body))
    return body[:at] + bytes([body[at] ^ (1 << rng.randrange(8))]) + body[at + 1 :]


def _signatures(change):
    def made(fuzz, sent):
        headers = dict(sent.headers)
        for name in _signature_names(sent):
            headers[name] = change(fuzz.random, headers[name])
        return _with(sent, headers=headers)

    return made


def _flip_signature(rng, text):
    at = len(text) - 1 - rng.randrange(8)
    return text[:at] + rng.choice([c for c in "0123456789abcdef" if c != text[at]]) + text[at + 1 :]


def _without_signature(fuzz, sent):
    return _with(sent, headers={"Content-Type": sent.headers["Content-Type"]})


def _signed_by(secret):
    return lambda fuzz, sent: _with(
        sent, headers=signed(sent.platform, sent.body.decode(), secret=secret)
    )


def _another_door(fuzz, sent):
    other = fuzz.random.choice([each for each in Platform.values if each != sent.platform])
    return _with(sent, platform=other, place="")


def _another_lease(fuzz, sent):
    if sent.platform != "youtube":
        return None
    other = next(each for each in fuzz.leases if str(each.pk) not in sent.place)
    return _with(sent, place=f"?lease={other.pk}")


def _without_lease(fuzz, sent):
    return _with(sent, place="") if sent.platform == "youtube" else None


def _unknown_lease(fuzz, sent):
    if sent.platform != "youtube":
        return None
    return _with(sent, place=fuzz.random.choice(["?lease=x", f"?lease={'0' * 32}", "?lease=%00"]))


def _a_shared_secret_at_a_lease(fuzz, sent):
    if sent.platform != "youtube":
        return None
    secret = SIMULATED_APPS["youtube"].webhook_secret
    return _with(sent, headers=signed("youtube", sent.body.decode(), secret=secret))


def _stale(seconds):
    def made(fuzz, sent):
        if sent.platform != "tiktok":
            return None
        stamp = str(int(time.time()) + seconds)
        secret = SIMULATED_APPS["tiktok"].webhook_secret
        mac = hmac.new(secret.encode(), f"{stamp}.".encode() + sent.body, hashlib.sha256)
        return _with(
            sent, headers={**sent.headers, "TikTok-Signature": f"t={stamp},s={mac.hexdigest()}"}
        )

    return made


def _another_time(fuzz, sent):
    """The signature of one time under another: fresh again, if the time were not signed."""
    if sent.platform != "tiktok":
        return None
    text = sent.headers["TikTok-Signature"]
    stamp = text.split(",")[0].removeprefix("t=")
    return _with(
        sent, headers={**sent.headers, "TikTok-Signature": text.replace(stamp, str(int(stamp) + 1))}
    )


def _plain_hash(fuzz, sent):
    digest = hashlib.sha256(sent.body).hexdigest()
    return _with(
        sent,
        headers={
            **sent.headers,
            "X-Hub-Signature-256": f"sha256={digest}",
            "X-Hub-Signature": f"sha256={digest}",
            "TikTok-Signature": f"t={int(time.time())},s={digest}",
        },
    )


def _weak_method(fuzz, sent):
    """A hash that nobody promised, named in the header by whoever sends."""
    method = fuzz.random.choice(["md5", "crc32", "none", "sha3_256", "", "SHA1 "])
    return _with(
        sent, headers={**sent.headers, "X-Hub-Signature": f"{method}=", "X-Hub-Signature-256": "sha1="}
    ) if sent.platform != "tiktok" else None  # fmt: skip


TRICKS = {
    "a bit of the body flipped": _body(_flip),
    "the body cut off": _body(lambda rng, body: body[: rng.randrange(len(body))]),
    "bytes after the body": _body(
        lambda rng, body: body + rng.choice([b" ", b"\n", b"\x00", b"{}"])
    ),
    "bytes before the body": _body(
        lambda rng, body: rng.choice([b" ", b"\xef\xbb\xbf", b"\n"]) + body
    ),
    "the body twice": _body(lambda rng, body: body * 2),
    "no body": _body(lambda rng, body: b""),
    "noise for a body": _body(lambda rng, body: rng.randbytes(rng.randrange(1, 200))),
    "a letter of the signature changed": _signatures(_flip_signature),
    "the signature cut off": _signatures(lambda rng, text: text[: -rng.randrange(1, 20)]),
    "more after the signature": _signatures(lambda rng, text: text + rng.choice("0a ")[0] + "0"),
    "an empty signature": _signatures(lambda rng, text: text.split("=")[0] + "="),
    "noise for a signature": _signatures(lambda rng, text: "".join(rng.choices("é,=0aft;", k=80))),
    "no signature": _without_signature,
    "a guessed secret": _signed_by("secret"),
    "the empty secret": _signed_by(""),
    "another platform's door": _another_door,
    "another channel's lease": _another_lease,
    "no lease": _without_lease,
    "an unknown lease": _unknown_lease,
    "the shared secret at a lease": _a_shared_secret_at_a_lease,
    "signed four days ago": _stale(-4 * 86_400),
    "signed for tomorrow": _stale(86_400),
    "an old signature under a new time": _another_time,
    "a hash without a secret": _plain_hash,
    "a method that nobody promised": _weak_method,
}


def run(*, seed, deliveries):
    """Send so many deliveries, and count. Good ones are a third, and come again a third of the time."""
    fuzz, tally, client = (
        Fuzz(seed),
        Tally(),
        Client(raise_request_exception=False, SERVER_NAME="127.0.0.1"),
    )
    told = []
    while tally.sent < deliveries:
        roll = fuzz.random.random()
        if roll < 0.25 or not told:
            sent = fuzz.good()
            told.append(sent)
            tally.good += 1
            trick, expected = "", {200}
        elif roll < 0.4:
            sent = fuzz.random.choice(told)
            tally.repeated += 1
            trick, expected = "", {200}
        else:
            trick, sent = fuzz.forged(fuzz.random.choice(told) if roll < 0.7 else fuzz.good())
            tally.forged += 1
            expected = {400, 403}
        headers = dict(sent.headers)
        answer = client.post(
            f"/publishing/webhooks/{sent.platform}{sent.place}",
            data=sent.body,
            content_type=headers.pop("Content-Type"),
            headers=headers,
        )
        tally.sent += 1
        if answer.status_code >= 500:
            tally.broke.append((trick, answer.status_code, sent))
        elif answer.status_code not in expected:
            (tally.forgeries_taken if trick else tally.good_refused).append((trick, sent))
    tally.rows = WebhookDelivery.objects.count()
    tally.jobs = Job.objects.filter(job_type="handle_webhook").count()
    tally.refused_rows = RefusedDelivery.objects.count()
    return tally
