"""How accounts, publications and attempts look on the wire. Never a token, never an upload address."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from ledger.models import LedgerEvent
from ledger.queries import events_of
from media_assets.models import ClipVariant
from publishing import budgets, lifetimes, queries
from publishing.approval import Mode, content_hash, mode_of
from publishing.errors import KIND_CHOICES
from publishing.models import (
    PUBLICATION,
    STEP,
    AccountHold,
    OAuthState,
    Publication,
    PublishLog,
    PublishStep,
    SocialAccount,
)


class MomentField(serializers.DateTimeField):
    """A moment; without an offset a time of the account's clocks, which the service reads so."""

    def enforce_timezone(self, value: datetime) -> datetime:
        """As it came."""
        return value


class NotBoth:
    """A wish for a time and for the next slot is none."""

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """Refused at the field."""
        if data["next_slot"] and data["scheduled_at"] is not None:
            raise serializers.ValidationError(
                {"next_slot": "Choose a time or the next slot, not both."}
            )
        return data


class PublicationIn(NotBoth, serializers.Serializer[dict[str, Any]]):
    """What is to be posted, where, with which words, when."""

    clip_variant_id = serializers.PrimaryKeyRelatedField(
        queryset=ClipVariant.objects.select_related("clip__video_asset"), source="variant"
    )
    social_account_id = serializers.PrimaryKeyRelatedField(
        queryset=SocialAccount.objects.all(), source="account"
    )
    title = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)
    caption = serializers.CharField(max_length=10_000, required=False, default="", allow_blank=True)
    privacy = serializers.CharField(max_length=32, required=False, default="public")
    scheduled_at = MomentField(
        required=False,
        default=None,
        allow_null=True,
        help_text="None: now. Without an offset: of the account's clocks.",
    )
    next_slot = serializers.BooleanField(
        required=False, default=False, help_text="True: at the account's next free slot."
    )
    allow_repeat = serializers.BooleanField(
        required=False,
        default=False,
        help_text="True: though the same clip went out there with nearly the same words.",
    )
    options = serializers.DictField(required=False, default=dict)
    draft = serializers.BooleanField(
        required=False, default=False, help_text="True: nothing happens until it is scheduled."
    )


class ScheduleIn(NotBoth, serializers.Serializer[dict[str, Any]]):
    """When to post."""

    scheduled_at = MomentField(
        required=False,
        default=None,
        allow_null=True,
        help_text="None: now. Without an offset: of the account's clocks.",
    )
    next_slot = serializers.BooleanField(
        required=False, default=False, help_text="True: at the account's next free slot."
    )
    allow_repeat = serializers.BooleanField(
        required=False,
        default=False,
        help_text="True: though the same clip went out there with nearly the same words.",
    )


class ReasonIn(serializers.Serializer[dict[str, Any]]):
    """A reason for the ledger."""

    why = serializers.CharField(required=False, default="asked for", max_length=500)


class RetryIn(ReasonIn):
    """A reason for the ledger, and whether it may repeat another."""

    allow_repeat = serializers.BooleanField(
        required=False,
        default=False,
        help_text="True: though the same clip went out there with nearly the same words.",
    )


class ConfirmIn(serializers.Serializer[dict[str, Any]]):
    """Somebody's word that a post is live: name the publication or the attempt."""

    publication_id = serializers.UUIDField(required=False)
    publish_log_id = serializers.UUIDField(required=False)
    external_post_id = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=128
    )
    external_url = serializers.URLField(
        required=False, default="", allow_blank=True, max_length=500
    )


class AccountOut(serializers.ModelSerializer[SocialAccount]):
    """A connected account."""

    login = serializers.CharField(
        read_only=True,
        help_text="By which it is connected: facebook, or empty for the platform's own.",
    )
    connection_ends_at = serializers.SerializerMethodField(
        help_text="When it must be connected again at the latest; null: no end is known."
    )

    class Meta:
        model = SocialAccount
        fields = [
            "id",
            "platform",
            "mode",
            "external_id",
            "handle",
            "login",
            "status",
            "scopes",
            "token_expires_at",
            "renewed_at",
            "connection_ends_at",
            "created_at",
        ]
        read_only_fields = fields

    def get_connection_ends_at(self, account: SocialAccount) -> datetime | None:
        """As far as the platform has told, or its documents say."""
        return lifetimes.connection_end(account)


class FoundAccountOut(serializers.Serializer[dict[str, Any]]):
    """An account that a sign-in opens."""

    external_id = serializers.CharField()
    handle = serializers.CharField()
    page = serializers.CharField(help_text="The page that it belongs to, where there is one.")

    def to_representation(self, instance: dict[str, Any]) -> dict[str, Any]:
        """From a profile as it was kept."""
        page = str(instance["raw"].get("page_name", ""))
        return {
            "external_id": instance["external_id"],
            "handle": instance["handle"],
            "page": page,
        }


class AccountChoiceOut(serializers.ModelSerializer[OAuthState]):
    """A sign-in that opens several accounts, until somebody has chosen."""

    login = serializers.CharField(
        read_only=True,
        help_text="By which it is connected: facebook, or empty for the platform's own.",
    )
    accounts = FoundAccountOut(source="found", many=True)

    class Meta:
        model = OAuthState
        fields = ["id", "platform", "mode", "login", "expires_at", "accounts"]
        read_only_fields = fields


class AccountChoiceIn(serializers.Serializer[dict[str, Any]]):
    """Which of them are to be connected."""

    external_ids = serializers.ListField(
        child=serializers.CharField(max_length=128), min_length=1, max_length=100
    )


class HoldOut(serializers.ModelSerializer[AccountHold]):
    """Why nothing is posted on an account now, and until when."""

    class Meta:
        model = AccountHold
        fields = ["id", "status", "why", "remedy", "times", "retry_at", "created_at"]
        read_only_fields = fields


class AccountBudgetOut(serializers.Serializer[dict[str, Any]]):
    """How a budget stands that calls for an account take from."""

    scope = serializers.ChoiceField(
        choices=["account", "app"], help_text="Its own, or shared by all accounts of the platform."
    )
    name = serializers.CharField(help_text="What is rationed: posts, calls, an endpoint.")
    limit = serializers.IntegerField(help_text="Units in any stretch of per_s seconds.")
    per_s = serializers.FloatField()
    gap_s = serializers.FloatField(help_text="Seconds between two uses, at least.")
    used = serializers.IntegerField()
    wait_s = serializers.FloatField(help_text="Until one unit can be taken; 0: now.")


class AccountDetailOut(AccountOut):
    """An account with what holds its posts up."""

    hold = serializers.SerializerMethodField()
    waiting = serializers.SerializerMethodField()
    next_post_in_s = serializers.SerializerMethodField()
    budgets = serializers.SerializerMethodField()

    class Meta(AccountOut.Meta):
        fields = [*AccountOut.Meta.fields, "hold", "waiting", "next_post_in_s", "budgets"]
        read_only_fields = fields

    @extend_schema_field(HoldOut(allow_null=True))
    def get_hold(self, account: SocialAccount) -> dict[str, Any] | None:
        """The hold it is under; null: none."""
        hold = queries.hold_of(account)
        return dict(HoldOut(hold).data) if hold else None

    def get_waiting(self, account: SocialAccount) -> int:
        """Publications that wait for their time or their turn."""
        return queries.waiting_on(account).count()

    def get_next_post_in_s(self, account: SocialAccount) -> float:
        """Until gap and daily number let the next post out; 0: now."""
        return round(budgets.wait_for_a_post(account), 1)

    @extend_schema_field(AccountBudgetOut(many=True))
    def get_budgets(self, account: SocialAccount) -> list[dict[str, Any]]:
        """Those that were taken from."""
        return budgets.budgets_of(account)


class PreflightFindingOut(serializers.Serializer[dict[str, str]]):
    """One thing that preflight found."""

    rule = serializers.CharField()
    field = serializers.CharField(help_text="As in this API; options.tags is an option.")
    limit = serializers.CharField(help_text="What is taken, in words, with units.")
    actual = serializers.CharField(help_text="What is there.")
    cure = serializers.CharField()
    severity = serializers.ChoiceField(choices=["error", "warning"])
    message = serializers.CharField(help_text="All of it in sentences.")


class PreflightOut(serializers.Serializer[Any]):
    """What the last check by the destination's schema said."""

    version = serializers.CharField(
        source="preflight_version", help_text="Destination and version; empty: not checked yet."
    )
    checked_at = serializers.DateTimeField(source="preflight_at", allow_null=True)
    findings = PreflightFindingOut(source="preflight_findings", many=True)


class StepOut(serializers.ModelSerializer[PublishStep]):
    """One thing that is done to a post once it is live."""

    sentence = serializers.SerializerMethodField()
    error_kind = serializers.CharField(
        read_only=True, help_text="Of the last failure, as in the table of errors; empty: none."
    )

    class Meta:
        model = PublishStep
        fields = [
            "id",
            "publication_id",
            "kind",
            "status",
            "sentence",
            "text",
            "at_ms",
            "external_id",
            "sends",
            "error_code",
            "error_kind",
            "error",
            "remedy",
            "created_at",
            "updated_at",
            "done_at",
        ]
        read_only_fields = fields

    def get_sentence(self, step: PublishStep) -> str:
        """What its status means."""
        return STEP.sentences[step.status]


class PublicationOut(serializers.ModelSerializer[Publication]):
    """A publication, in short."""

    platform = serializers.CharField(source="social_account.platform")
    account = serializers.CharField(source="social_account.handle")
    clip = serializers.UUIDField(source="clip_variant.clip_id")
    sentence = serializers.SerializerMethodField()
    url = serializers.CharField(source="external_url")
    preflight = PreflightOut(source="*")
    local_time = serializers.SerializerMethodField()

    class Meta:
        model = Publication
        fields = [
            "id",
            "status",
            "sentence",
            "platform",
            "account",
            "social_account",
            "clip_variant",
            "clip",
            "title",
            "caption",
            "privacy",
            "options",
            "scheduled_at",
            "local_time",
            "published_at",
            "external_post_id",
            "url",
            "error",
            "preflight",
            "repeat_allowed",
            "created_at",
        ]
        read_only_fields = fields

    def get_sentence(self, publication: Publication) -> str:
        """What its status means."""
        return PUBLICATION.sentences[publication.status]

    @extend_schema_field({"type": ["string", "null"], "format": "date-time"})
    def get_local_time(self, publication: Publication) -> str | None:
        """scheduled_at as the account's clocks show it, with their offset."""
        at = publication.scheduled_at
        return queries.local_time(publication.social_account, at).isoformat() if at else None


class PublishAttemptOut(serializers.ModelSerializer[PublishLog]):
    """One attempt to make it real."""

    error_kind = serializers.ChoiceField(choices=KIND_CHOICES, allow_blank=True, read_only=True)
    handle = serializers.SerializerMethodField()

    class Meta:
        model = PublishLog
        fields = [
            "id",
            "status",
            "phase",
            "handle",
            "external_post_id",
            "external_url",
            "extra_metadata",
            "error_code",
            "error_kind",
            "error",
            "remedy",
            "created_at",
            "updated_at",
            "settled_at",
        ]
        read_only_fields = fields

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_handle(self, log: PublishLog) -> dict[str, Any]:
        """By what the platform knows it, without the addresses that work as keys."""
        return queries.safe_handle(log)


class EvidenceOut(serializers.Serializer[Any]):
    """Why we believe what the status says."""

    known = serializers.ListField(child=serializers.CharField(), help_text="In sentences.")
    attempts = PublishAttemptOut(many=True)
    job_id = serializers.SerializerMethodField()

    def get_job_id(self, evidence: queries.Evidence) -> str | None:
        """The job that works on it, if one does."""
        return str(evidence.job.pk) if evidence.job else None


class TrailOut(serializers.ModelSerializer[LedgerEvent]):
    """One event of its life."""

    why = serializers.SerializerMethodField()

    class Meta:
        model = LedgerEvent
        fields = ["id", "timestamp", "event_type", "severity", "actor", "why"]
        read_only_fields = fields

    def get_why(self, event: LedgerEvent) -> str:
        """The reason, where one was given."""
        return str(event.metadata.get("why") or event.metadata.get("error") or "")


class ApprovalOut(serializers.Serializer[Any]):
    """Whose yes a publication needs, and whose it has for what it says now."""

    asks_for = serializers.ChoiceField(choices=Mode.choices)
    missing = serializers.BooleanField()
    by = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField(allow_null=True)


class PublicationDetailOut(PublicationOut):
    """A publication with its evidence."""

    content_hash = serializers.SerializerMethodField()
    approval = serializers.SerializerMethodField()
    evidence = serializers.SerializerMethodField()
    steps = StepOut(many=True, read_only=True)
    ledger_trail = serializers.SerializerMethodField()

    class Meta(PublicationOut.Meta):
        fields = [
            *PublicationOut.Meta.fields,
            "content_hash",
            "approval",
            "evidence",
            "steps",
            "ledger_trail",
        ]
        read_only_fields = fields

    def get_content_hash(self, publication: Publication) -> str:
        """Of what it says now; an approval is bound to it."""
        return content_hash(publication)

    @extend_schema_field(ApprovalOut)
    def get_approval(self, publication: Publication) -> dict[str, Any]:
        """Whose yes it needs and has."""
        found = queries.standing_approval(publication)
        by = found.approved_by if found else None
        facts = {
            "asks_for": mode_of(queries.plan_of(publication.social_account)),
            "missing": queries.lacks_approval(publication),
            "by": by.get_username() if by else None,
            "at": found.created_at if found else None,
        }
        return dict(ApprovalOut(facts).data)

    @extend_schema_field(EvidenceOut)
    def get_evidence(self, publication: Publication) -> dict[str, Any]:
        """Attempts, the platform's last words, the job."""
        return dict(EvidenceOut(queries.evidence_of(publication)).data)

    @extend_schema_field(TrailOut(many=True))
    def get_ledger_trail(self, publication: Publication) -> list[dict[str, Any]]:
        """Its life as the ledger remembers it, oldest first."""
        return list(TrailOut(events_of(publication)[:200], many=True).data)


class ConfirmedOut(serializers.Serializer[Any]):
    """What became of the word that a post is live."""

    outcome = serializers.ChoiceField(choices=["confirmed", "unknown"])
    reason = serializers.CharField(allow_blank=True)
    publication = PublicationOut()


class ReconciledOut(serializers.Serializer[dict[str, Any]]):
    """What one run of reconciliation has done."""

    total_checked = serializers.IntegerField()
    marked_success = serializers.IntegerField()
    marked_failed = serializers.IntegerField()
    skipped = serializers.IntegerField()
    success_log_ids = serializers.ListField(child=serializers.UUIDField())
    failed_log_ids = serializers.ListField(child=serializers.UUIDField())


class ConsentOut(serializers.Serializer[Any]):
    """Where to send the person who owns the account."""

    authorize_url = serializers.CharField()
