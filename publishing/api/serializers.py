"""How accounts, publications and attempts look on the wire. Never a token, never an upload address."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from ledger.models import LedgerEvent
from ledger.queries import events_of
from media_assets.models import ClipVariant
from publishing import budgets, queries
from publishing.models import PUBLICATION, AccountHold, Publication, PublishLog, SocialAccount


class PublicationIn(serializers.Serializer[dict[str, Any]]):
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
    scheduled_at = serializers.DateTimeField(
        required=False, default=None, allow_null=True, help_text="None: now."
    )
    options = serializers.DictField(required=False, default=dict)
    draft = serializers.BooleanField(
        required=False, default=False, help_text="True: nothing happens until it is scheduled."
    )


class ScheduleIn(serializers.Serializer[dict[str, Any]]):
    """When to post."""

    scheduled_at = serializers.DateTimeField(
        required=False, default=None, allow_null=True, help_text="None: now."
    )


class ReasonIn(serializers.Serializer[dict[str, Any]]):
    """A reason for the ledger."""

    why = serializers.CharField(required=False, default="asked for", max_length=500)


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

    class Meta:
        model = SocialAccount
        fields = [
            "id",
            "platform",
            "mode",
            "external_id",
            "handle",
            "status",
            "scopes",
            "token_expires_at",
            "created_at",
        ]
        read_only_fields = fields


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


class PublicationOut(serializers.ModelSerializer[Publication]):
    """A publication, in short."""

    platform = serializers.CharField(source="social_account.platform")
    account = serializers.CharField(source="social_account.handle")
    clip = serializers.UUIDField(source="clip_variant.clip_id")
    sentence = serializers.SerializerMethodField()
    url = serializers.CharField(source="external_url")
    preflight = PreflightOut(source="*")

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
            "published_at",
            "external_post_id",
            "url",
            "error",
            "preflight",
            "created_at",
        ]
        read_only_fields = fields

    def get_sentence(self, publication: Publication) -> str:
        """What its status means."""
        return PUBLICATION.sentences[publication.status]


class PublishAttemptOut(serializers.ModelSerializer[PublishLog]):
    """One attempt to make it real."""

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


class PublicationDetailOut(PublicationOut):
    """A publication with its evidence."""

    evidence = serializers.SerializerMethodField()
    ledger_trail = serializers.SerializerMethodField()

    class Meta(PublicationOut.Meta):
        fields = [*PublicationOut.Meta.fields, "evidence", "ledger_trail"]
        read_only_fields = fields

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
