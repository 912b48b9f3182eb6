"""How reasoning looks on the wire."""

from typing import Any

from rest_framework import serializers

from stakazo.reasoning.models import REASONING, ReasoningRun


class ProposedCallOut(serializers.Serializer[Any]):
    """A request of this API that carries out a part of an action."""

    method = serializers.CharField()
    path = serializers.CharField()
    body = serializers.DictField(allow_null=True)


class ProposedActionOut(serializers.Serializer[Any]):
    """Something to do; without calls only a person can."""

    title = serializers.CharField()
    calls = ProposedCallOut(many=True)


class RecommendationOut(serializers.Serializer[Any]):
    """Something that is so, how we know, and what to do about it."""

    rule = serializers.CharField()
    title = serializers.CharField()
    evidence = serializers.ListField(child=serializers.CharField())
    severity = serializers.CharField(help_text="ERROR, WARN or INFO.")
    confidence = serializers.FloatField(help_text="0 to 1: how sure that the action helps.")
    action = ProposedActionOut()


class PlanStepOut(serializers.Serializer[Any]):
    """A step of the plan. Nobody has taken it yet."""

    number = serializers.IntegerField()
    do = serializers.CharField()
    because = serializers.ListField(child=serializers.CharField())
    severity = serializers.CharField()
    confidence = serializers.FloatField()
    calls = ProposedCallOut(many=True)


class PlanOut(serializers.Serializer[Any]):
    """What is proposed, in order."""

    note = serializers.CharField(required=False, help_text="Empty while the run goes on.")
    steps = PlanStepOut(many=True, required=False)


class ReasoningRunOut(serializers.ModelSerializer[ReasoningRun]):
    """A run in short."""

    sentence = serializers.SerializerMethodField(help_text="What the state means.")
    findings = serializers.SerializerMethodField(help_text="How many.")

    class Meta:
        model = ReasoningRun
        fields = [
            "id",
            "started_at",
            "ended_at",
            "trigger",
            "status",
            "sentence",
            "job_id",
            "reasoner",
            "reasoner_version",
            "summary",
            "findings",
            "error",
        ]
        read_only_fields = fields

    def get_sentence(self, run: ReasoningRun) -> str:
        """What its state means."""
        return REASONING.sentences[run.status]

    def get_findings(self, run: ReasoningRun) -> int:
        """How many there are."""
        return len(run.recommendations)


class ReasoningRunDetailOut(ReasoningRunOut):
    """A run whole."""

    recommendations = RecommendationOut(many=True)
    plan = PlanOut()
    snapshot = serializers.DictField(help_text="The facts that it looked at.")

    class Meta:
        model = ReasoningRun
        fields = [*ReasoningRunOut.Meta.fields, "recommendations", "plan", "snapshot"]
        read_only_fields = fields


class ReasoningJobOut(serializers.Serializer[Any]):
    """The job that reasons; see /jobs/{id}."""

    id = serializers.UUIDField(source="pk")
    status = serializers.CharField()
    url = serializers.SerializerMethodField()

    def get_url(self, job: Any) -> str:
        """Where to follow it."""
        return f"/jobs/{job.pk}"


class ReasoningRuleOut(serializers.Serializer[Any]):
    """A rule of the reasoner."""

    name = serializers.CharField()
    sentence = serializers.CharField()


class ReasoningStatusOut(serializers.Serializer[Any]):
    """How reasoning stands."""

    running = serializers.BooleanField(help_text="Whether a run waits or goes on.")
    job = ReasoningJobOut(allow_null=True)
    last_run = ReasoningRunOut(allow_null=True)
    reasoner = serializers.CharField()
    reasoner_version = serializers.CharField()
    rules = ReasoningRuleOut(many=True)


class TriggeredOut(serializers.Serializer[Any]):
    """The job that was put in the queue, or the one that was there already."""

    job = ReasoningJobOut()
