"""Messages to subscribers: an address on loopback takes them."""

from collections import Counter
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from jobs.services import enqueue
from ledger.services import log_event
from tests.chaos.scenes.scene import Scene

EVENTS = 2


class Book:
    """The ids of the messages that came, in a file: who looks is another process than who listens."""

    def __init__(self, path):
        self.path = path
        path.write_text("")

    def append(self, call):
        """One call."""
        given = {name.lower(): value for name, value in call[1].items()}
        with self.path.open("a") as book:
            book.write(given["webhook-id"] + "\n")

    def ids(self):
        """As they came."""
        return self.path.read_text().split()


class Subscribed(Scene):
    """A subscriber whose address keeps what comes."""

    afresh = True

    def open(self, theatre):
        """The address."""
        from tests.publishing.hook import Hook, serving

        super().open(theatre)
        settings.WEBHOOKS_OUT_LOOPBACK = True
        self.book = Book(theatre.stage.folder / "book")
        self.hook = Hook(seen=self.book)
        self.server, port = serving(self.hook)
        self.hook.url = f"http://127.0.0.1:{port}/hook"

    def close(self):
        """The address ends."""
        super().close()
        self.server.shutdown()
        self.server.server_close()

    def happened(self):
        """Somebody subscribed, and then something was told."""
        from publishing.services.subscribers import add_subscriber
        from tests.ledger.tamper import wait_for_the_watermark

        subscriber, _ = add_subscriber(
            name="Label", url=self.hook.url, event_types=["clip_published"]
        )
        for number in range(EVENTS):
            log_event("clip_published", entity_type="publication", entity_id=str(number))
        wait_for_the_watermark()
        return subscriber

    def one_message_each(self):
        """Each event is one message."""
        from publishing.outgoing.models import OutgoingDelivery

        messages = list(OutgoingDelivery.objects.all())
        if len(messages) != EVENTS or len({one.event_id for one in messages}) != EVENTS:
            yield f"{len(messages)} messages of {EVENTS} events"


class Feed(Subscribed):
    """feed_webhooks: events become messages, and somebody is to send them."""

    job_type = "feed_webhooks"

    def prepare(self):
        """What the ledger has new."""
        self.happened()
        enqueue(self.job_type, {})

    def wrong(self):
        """One message each, and a job that sends or has sent."""
        from jobs.models import Job

        yield from self.one_message_each()
        if not Job.objects.filter(job_type="send_webhooks").exists():
            yield "nobody sends them"


class Send(Subscribed):
    """send_webhooks: messages reach the address."""

    job_type = "send_webhooks"

    def prepare(self):
        """Messages that wait, and the job."""
        from publishing.services import outgoing

        self.happened()
        outgoing.feed()

    def wrong(self):
        """Each was taken, and came at most twice: by the try that died, and anew, under one id."""
        from publishing.outgoing.models import OutgoingDelivery

        yield from self.one_message_each()
        left = OutgoingDelivery.objects.filter(delivered_at=None).count()
        if left:
            yield f"{left} messages are not delivered"
        came = Counter(self.book.ids())
        wanted = {str(pk) for pk in OutgoingDelivery.objects.values_list("pk", flat=True)}
        told = {pk: came[pk] for pk in wanted}  # the address has seen those of other points, too
        if not all(1 <= times <= 2 for times in told.values()):
            yield f"the address was told {told}"


class Tidy(Subscribed):
    """tidy_webhooks: old messages and refused deliveries go, the others stay."""

    job_type = "tidy_webhooks"

    def prepare(self):
        """An old one and a new one, with a try each."""
        from publishing.outgoing.models import OutgoingAttempt, OutgoingDelivery
        from publishing.services.subscribers import add_subscriber

        subscriber, _ = add_subscriber(name="Label", url=self.hook.url, event_types=["*"])
        old = timezone.now() - timedelta(days=settings.WEBHOOKS_OUT_KEEP_DAYS + 1)
        for at in (old, timezone.now()):
            message = OutgoingDelivery.objects.create(
                subscriber=subscriber, event_type="clip_published", body="{}", delivered_at=at
            )
            OutgoingAttempt.objects.create(delivery=message, number=1, took_ms=1)
        enqueue(self.job_type, {})

    def wrong(self):
        """The new one is there with its try."""
        from publishing.outgoing.models import OutgoingAttempt, OutgoingDelivery

        there = OutgoingDelivery.objects.count(), OutgoingAttempt.objects.count()
        if there != (1, 1):
            yield f"{there} messages and tries are left"
