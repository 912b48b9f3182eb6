"""The shapes of the ledger in questions and answers."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.urls import reverse
from rest_framework import serializers

from ledger.hashing import utc_text
from ledger.models import LedgerEvent, LedgerSeal, LedgerSlowJob
from ledger.queries.asking import MOST_CHARS
from ledger.queries.pages import MOST_TYPES
from ledger.registry import EVENT_TYPES
from ledger.rollups import SLOW_KEPT

MOST_EVENTS = 200
_Data = dict[str, Any]


_IDS = ("id", "job_id", "clip_id", "caused_by")
_PLAIN = (
    *_IDS,
    "event_type",
    "severity",
    "entity_type",
    "entity_id",
    "actor",
    "worker_id",
    "correlation_id",
    "metadata",
    "row_hash",
)


@cache
def _admin_page() -> str:
    """The address of an event's admin page, with ID for its id."""
    return reverse("admin:ledger_ledgerevent_change", args=["ID"])


class UtcTime(serializers.DateTimeField):
    """A time that can be said in UTC; 9999-12-31 west of Greenwich cannot."""

    def to_internal_value(self, value: Any) -> datetime:
        """The time in UTC. Raises ValidationError."""
        try:
            return super().to_internal_value(value).astimezone(UTC)
        except OverflowError:
            self.fail("invalid", format="YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]")


class PageIn(serializers.Serializer[_Data]):
    """Which page."""

    cursor = serializers.CharField(
        required=False, default="", max_length=64, help_text="From `next` or `previous`."
    )
    limit = serializers.IntegerField(required=False, default=50, min_value=1, max_value=MOST_EVENTS)
    order = serializers.ChoiceField(
        required=False, choices=["newest", "oldest"], help_text="Which come first."
    )


class EventsIn(PageIn):
    """Which events; everything that is said must hold."""

    q = serializers.CharField(
        required=False,
        default="",
        max_length=MOST_CHARS,
        help_text="A question in words, as in the admin: `type:clip_created severity:ERROR since:2d"
        ' "no luck"`. What it says goes beside the other parameters, not against them.',
    )
    event_type = serializers.ListField(
        child=serializers.ChoiceField(choices=[]),
        required=False,
        default=list,
        max_length=MOST_TYPES,
        help_text="May be repeated. `manage.py ledger_types` lists them.",
    )
    severity = serializers.ChoiceField(required=False, choices=LedgerEvent.Severity.choices)
    entity_type = serializers.CharField(required=False, max_length=64)
    entity_id = serializers.CharField(
        required=False, max_length=64, help_text="Together with `entity_type`."
    )
    job_id = serializers.UUIDField(required=False)
    clip_id = serializers.UUIDField(required=False)
    video_id = serializers.UUIDField(required=False, help_text="Its whole trail.")
    correlation_id = serializers.CharField(required=False, max_length=64)
    actor = serializers.CharField(required=False, max_length=128)
    worker_id = serializers.CharField(required=False, max_length=128)
    since = UtcTime(required=False, help_text="At or after this time.")
    until = UtcTime(required=False, help_text="Before this time.")

    def get_fields(self) -> Any:
        """With the event types that are declared by now."""
        fields = super().get_fields()
        fields["event_type"].child.choices = sorted(EVENT_TYPES)  # type: ignore[attr-defined]  # a ListField
        return fields

    def validate(self, attrs: _Data) -> _Data:
        """An id of a thing says nothing without its kind."""
        if attrs.get("entity_id") and not attrs.get("entity_type"):
            raise serializers.ValidationError({"entity_type": "Goes with entity_id."})
        return attrs


class TailIn(serializers.Serializer[_Data]):
    """From where to read on."""

    after = serializers.CharField(
        required=False,
        default="",
        max_length=300,
        help_text="`after` of the last answer, or `position` of `GET /telemetry/snapshot`; `start`:"
        " from the first event; left out: nothing but the position of now.",
    )
    limit = serializers.IntegerField(required=False, default=100, min_value=1, max_value=500)


class SinceIn(serializers.Serializer[_Data]):
    """From which hour on."""

    since = UtcTime(required=False, help_text="Counted from the beginning of its hour.")


class SlowestIn(SinceIn):
    """Which of the slowest."""

    job_type = serializers.CharField(required=False, default="", max_length=64)
    limit = serializers.IntegerField(required=False, default=20, min_value=1, max_value=SLOW_KEPT)


class ThroughputIn(serializers.Serializer[_Data]):
    """How far back."""

    hours = serializers.IntegerField(required=False, default=24, min_value=1, max_value=24 * 31)


class LedgerEventOut(serializers.ModelSerializer[LedgerEvent]):
    """One immutable fact."""

    sentence = serializers.SerializerMethodField(help_text="What an event of this type means.")
    metadata = serializers.DictField()
    links = serializers.SerializerMethodField(help_text="`self`, `proof`, `admin`.")

    class Meta:
        model = LedgerEvent
        fields = [
            "id",
            "timestamp",
            "event_type",
            "sentence",
            "severity",
            "entity_type",
            "entity_id",
            "actor",
            "worker_id",
            "correlation_id",
            "job_id",
            "clip_id",
            "caused_by",
            "metadata",
            "row_hash",
            "links",
        ]

    def get_sentence(self, event: LedgerEvent) -> str:
        """From the catalogue."""
        known = EVENT_TYPES.get(event.event_type)
        return known.sentence if known else ""

    def get_links(self, event: LedgerEvent) -> dict[str, str]:
        """Paths."""
        return {
            "self": f"/ledger/events/{event.pk}",
            "proof": f"/ledger/events/{event.pk}/proof",
            "admin": _admin_page().replace("ID", str(event.pk)),
        }

    def to_representation(self, event: LedgerEvent) -> _Data:
        """The fields as declared above; written out, for DRF takes ten times as long for a page."""
        shown: _Data = {name: getattr(event, name) for name in _PLAIN}
        shown["timestamp"] = utc_text(event.timestamp)
        shown["sentence"], shown["links"] = self.get_sentence(event), self.get_links(event)
        for name in _IDS:
            shown[name] = str(shown[name]) if shown[name] else None
        return {name: shown[name] for name in self.Meta.fields}


class EventDetailOut(LedgerEventOut):
    """One fact, with the seal that closes over it."""

    seal = serializers.IntegerField(allow_null=True, help_text="Its number; null: not sealed yet.")

    class Meta(LedgerEventOut.Meta):
        fields = [*LedgerEventOut.Meta.fields, "seal"]

    def to_representation(self, event: LedgerEvent) -> _Data:
        """With the number that the view found."""
        return LedgerEventOut().to_representation(event) | {"seal": event.seal}  # type: ignore[attr-defined]  # the view's


class EventPageOut(serializers.Serializer[_Data]):
    """A page of events."""

    next = serializers.URLField(allow_null=True, help_text="The page that follows.")
    previous = serializers.URLField(allow_null=True, help_text="The page before.")
    searched_on = serializers.BooleanField(
        help_text="For what no index answers, 20 000 events are looked at for a page. True: there"
        " are more to look at, and `next` goes on from there."
    )
    results = LedgerEventOut(many=True)


class TailOut(serializers.Serializer[_Data]):
    """What was committed after a position, in the order of commits."""

    events = LedgerEventOut(many=True)
    after = serializers.CharField(help_text="Ask with it for what comes next.")


class SlowJobOut(serializers.ModelSerializer[LedgerSlowJob]):
    """A try that took long."""

    class Meta:
        model = LedgerSlowJob
        fields = ["job_id", "job_type", "duration_ms", "ended_at", "ended_as", "event_id"]


class FailureRateOut(serializers.Serializer[_Data]):
    """How jobs of one type ended."""

    job_type = serializers.CharField()
    completed = serializers.IntegerField()
    failed = serializers.IntegerField(help_text="For good: failed or dead.")
    retried = serializers.IntegerField(help_text="Tries that will be, or were, repeated.")
    rate = serializers.FloatField(help_text="failed / (completed + failed).")
    low = serializers.FloatField(help_text="Lower end of Wilson's 95 % interval of the rate.")
    high = serializers.FloatField(help_text="Upper end.")


class HourOut(serializers.Serializer[_Data]):
    """What one hour had."""

    hour = serializers.DateTimeField(help_text="Its beginning, in UTC.")
    events = serializers.IntegerField()
    errors = serializers.IntegerField()  # type: ignore[assignment]  # declared fields leave the class
    completed = serializers.IntegerField(help_text="Jobs.")
    failed = serializers.IntegerField(help_text="Jobs, for good.")


class AnomalyOut(serializers.Serializer[_Data]):
    """One unusual thing."""

    kind = serializers.CharField(help_text="failures, retries, stuck or silent.")
    entity_type = serializers.CharField()
    entity_id = serializers.CharField(help_text="Empty: it is about a job type.")
    job_type = serializers.CharField()
    since = serializers.DateTimeField()
    observed = serializers.FloatField()
    usual = serializers.FloatField()
    unit = serializers.CharField(help_text="Of both.")
    surprise = serializers.FloatField()
    measure = serializers.CharField(help_text="What `surprise` is: probability, robust deviations.")
    sentence = serializers.CharField()


def counted(child: serializers.BaseSerializer[Any], name: str) -> type[serializers.Serializer[Any]]:
    """A list off the rollups: {counted_until, results}."""
    fields = {
        "__doc__": "A list, and when it was last counted.",
        "counted_until": serializers.DateTimeField(
            allow_null=True, help_text="When events were last taken in; null: never yet."
        ),
        "results": child,
    }
    return type(name, (serializers.Serializer,), fields)


SlowestOut = counted(SlowJobOut(many=True), "SlowestOut")
FailureRatesOut = counted(FailureRateOut(many=True), "FailureRatesOut")
ThroughputOut = counted(HourOut(many=True), "ThroughputOut")
AnomaliesOut = counted(AnomalyOut(many=True), "AnomaliesOut")


class SealOut(serializers.ModelSerializer[LedgerSeal]):
    """One link of the chain; the hash of each can be checked with the one before."""

    class Meta:
        model = LedgerSeal
        fields = [
            "number",
            "sealed_at",
            "count",
            "first_id",
            "last_id",
            "root",
            "members_hash",
            "previous_hash",
            "seal_hash",
            "algorithm",
            "key_id",
            "signature",
        ]


class SealPageOut(serializers.Serializer[_Data]):
    """Seals, the newest first."""

    next = serializers.URLField(allow_null=True)
    results = SealOut(many=True)


class SealsIn(serializers.Serializer[_Data]):
    """Which seals."""

    before = serializers.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, help_text="Only seals of lower numbers."
    )
    limit = serializers.IntegerField(required=False, default=50, min_value=1, max_value=MOST_EVENTS)


class ProofOut(serializers.Serializer[_Data]):
    """What `ledger/check_proof.py` takes."""

    version = serializers.IntegerField()
    event = serializers.DictField(help_text="What is hashed of it.")
    leaf_index = serializers.IntegerField()
    tree_size = serializers.IntegerField()
    path = serializers.ListField(child=serializers.CharField(), help_text="Siblings, in hex.")
    seal = serializers.DictField()
    chain = serializers.ListField(
        child=serializers.DictField(), help_text="The seals after it, up to the head."
    )
