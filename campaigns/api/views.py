"""The doors of campaigns: translate, make one call, translate back."""

from dataclasses import dataclass
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns import queries
from campaigns.api.filters import CampaignFilter, RuleFilter
from campaigns.api.serializers import (
    AnalyseForIn,
    CampaignIn,
    CampaignOut,
    EvaluateIn,
    OrchestrateIn,
    OrchestrationOut,
    RuleIn,
    RuleOut,
    ScoreOut,
    TrainIn,
)
from campaigns.engine import Score
from campaigns.models import Campaign, PlatformRule
from campaigns.services.campaigns import (
    complete_campaign,
    create_campaign,
    pause_campaign,
    start_campaign,
)
from campaigns.services.choosing import orchestrate
from campaigns.services.rules import activate_rule, propose_rule, retire_rule, rule_in_use
from campaigns.services.searching import analyse_for
from campaigns.services.training import train
from media_assets.api.serializers import JobStartedOut
from stakazo.core.api.serializers import WhyIn
from stakazo.core.api.sparse import SparseListMixin
from stakazo.core.api.views import APIView, GenericViewSet, validated

_CAMPAIGN = {
    "id": "0190a0b0-0000-7000-8000-000000000010",
    "name": "Spring",
    "goal": "awareness",
    "video_asset": "0190a0b0-0000-7000-8000-000000000001",
    "platforms": ["instagram", "tiktok"],
    "status": "draft",
    "sentence": "Being put together; nothing is spent.",
    "budget_minor": 0,
    "currency": "EUR",
    "starts_at": None,
    "ends_at": None,
    "created_at": "2026-11-20T09:00:00Z",
    "started_at": None,
    "completed_at": None,
    "choices": [],
}
_RULE = {
    "id": "0190a0b0-0000-7000-8000-000000000020",
    "platform": "tiktok",
    "version": 2,
    "status": "proposed",
    "sentence": "Waits for somebody to switch it on.",
    "weights": {"hook": 0.4, "motion": 0.6},
    "limits": {"min_duration_ms": 3000, "preferred_format": "vertical_1080x1920"},
    "why": "Movement did better than we thought.",
    "evidence": {},
    "created_at": "2026-11-20T09:00:00Z",
    "activated_at": None,
    "retired_at": None,
}
_REASONS = [
    "72.4 of 100 points for TikTok.",
    "The opening (0.90) gives 18 points of 20 possible.",
    "Against it: Faces in frame (0.10) costs 9 points.",
]
_WHY = OpenApiExample("With a reason", value={"why": "launch day"}, request_only=True)


def _example(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True)


def _asked(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


@extend_schema_view(
    list=extend_schema(
        operation_id="campaigns_list", tags=["campaigns"], examples=[_example("One", _CAMPAIGN)]
    ),
    retrieve=extend_schema(
        operation_id="campaigns_get", tags=["campaigns"], examples=[_example("One", _CAMPAIGN)]
    ),
)
class CampaignViewSet(SparseListMixin, RetrieveModelMixin, GenericViewSet[Campaign]):
    """Campaigns: put together, started, held, completed."""

    required_permission = "campaigns.change_campaign"
    serializer_class = CampaignOut
    filterset_class = CampaignFilter
    queryset = queries.campaigns_with_choices()

    @extend_schema(
        operation_id="campaigns_create",
        tags=["campaigns"],
        request=CampaignIn,
        responses={201: CampaignOut},
        examples=[
            _asked("For a video", {"name": "Spring", "platforms": ["instagram", "tiktok"]}),
            _example("Created", _CAMPAIGN),
        ],
    )
    def create(self, request: Request) -> Response:
        """Put a campaign together, as a draft."""
        campaign = create_campaign(**validated(CampaignIn, request.data))
        return Response(CampaignOut(campaign).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="campaigns_start",
        tags=["campaigns"],
        request=WhyIn,
        responses=CampaignOut,
        examples=[_WHY, _example("Started", _CAMPAIGN | {"status": "active"})],
    )
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str) -> Response:
        """Run it, from a draft or after a pause."""
        args = validated(WhyIn, request.data)
        return Response(CampaignOut(start_campaign(self.get_object(), why=args["why"])).data)

    @extend_schema(
        operation_id="campaigns_pause",
        tags=["campaigns"],
        request=WhyIn,
        responses=CampaignOut,
        examples=[_WHY, _example("Paused", _CAMPAIGN | {"status": "paused"})],
    )
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: str) -> Response:
        """Hold it."""
        args = validated(WhyIn, request.data)
        return Response(CampaignOut(pause_campaign(self.get_object(), why=args["why"])).data)

    @extend_schema(
        operation_id="campaigns_complete",
        tags=["campaigns"],
        request=WhyIn,
        responses=CampaignOut,
        examples=[_WHY, _example("Completed", _CAMPAIGN | {"status": "completed"})],
    )
    @action(detail=True, methods=["post"])
    def complete(self, request: Request, pk: str) -> Response:
        """End it for good."""
        args = validated(WhyIn, request.data)
        return Response(CampaignOut(complete_campaign(self.get_object(), why=args["why"])).data)


@extend_schema_view(
    list=extend_schema(
        operation_id="rules_list", tags=["rules"], examples=[_example("One", _RULE)]
    ),
    retrieve=extend_schema(
        operation_id="rules_get", tags=["rules"], examples=[_example("One", _RULE)]
    ),
)
class RuleViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[PlatformRule]):
    """Rules: proposed, switched on, retired; never changed."""

    required_permission = "campaigns.change_platformrule"
    serializer_class = RuleOut
    filterset_class = RuleFilter
    queryset = PlatformRule.objects.all()

    @extend_schema(
        operation_id="rules_propose",
        tags=["rules"],
        request=RuleIn,
        responses={201: RuleOut},
        examples=[
            _asked(
                "Two features",
                {
                    "platform": "tiktok",
                    "weights": {"hook": 0.4, "motion": 0.6},
                    "why": "Movement did better than we thought.",
                },
            ),
            _example("Proposed", _RULE),
        ],
    )
    def create(self, request: Request) -> Response:
        """Propose weights; they decide nothing until activated."""
        args = validated(RuleIn, request.data)
        rule = propose_rule(args.pop("platform"), **args)
        return Response(RuleOut(rule).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="rules_activate",
        tags=["rules"],
        request=WhyIn,
        responses=RuleOut,
        examples=[_WHY, _example("Active", _RULE | {"status": "active"})],
    )
    @action(detail=True, methods=["post"])
    def activate(self, request: Request, pk: str) -> Response:
        """Let it decide; the one that did is retired in the same moment."""
        args = validated(WhyIn, request.data)
        return Response(RuleOut(activate_rule(self.get_object(), why=args["why"])).data)

    @extend_schema(
        operation_id="rules_retire",
        tags=["rules"],
        request=WhyIn,
        responses=RuleOut,
        examples=[_WHY, _example("Retired", _RULE | {"status": "retired"})],
    )
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, pk: str) -> Response:
        """Take it out of use, or turn the proposal down."""
        args = validated(WhyIn, request.data)
        return Response(RuleOut(retire_rule(self.get_object(), why=args["why"])).data)


class OrchestrateView(APIView):
    """Choosing clips for platforms."""

    required_permission = "campaigns.change_campaign"

    @extend_schema(
        operation_id="orchestrate",
        tags=["campaigns"],
        request=OrchestrateIn,
        responses=OrchestrationOut,
        examples=[
            _asked(
                "For a video",
                {"video_id": "0190a0b0-0000-7000-8000-000000000001", "platforms": ["tiktok"]},
            ),
            _example(
                "Chosen",
                {
                    "campaign": "0190a0b0-0000-7000-8000-000000000010",
                    "dry_run": False,
                    "choices": [
                        {
                            "platform": "tiktok",
                            "clip": "0190a0b0-0000-7000-8000-000000000002",
                            "clip_name": "Harbour lights 4.0–14.0 s",
                            "rule_version": 1,
                            "score": 0.724,
                            "reasons": _REASONS,
                            "alternatives": [],
                            "outcome": "new",
                            "choice": "0190a0b0-0000-7000-8000-000000000011",
                            "publication": None,
                            "posted_now": False,
                        }
                    ],
                },
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        """Choose the best clip for each platform and say why; on request, post it."""
        args = validated(OrchestrateIn, request.data)
        answer = orchestrate(
            args["campaign_id"] or args["video_id"],
            platforms=args.get("platforms"),
            publish=args["publish"],
            dry_run=args["dry_run"],
        )
        return Response(OrchestrationOut(answer).data)


@dataclass(frozen=True)
class _Evaluated:
    rule: PlatformRule
    score: Score


class EvaluateView(APIView):
    """Asking the rules engine. Changes nothing, so whoever may see the rules may ask."""

    required_permission = "campaigns.view_platformrule"

    @extend_schema(
        operation_id="engine_evaluate",
        tags=["rules"],
        request=EvaluateIn,
        responses=ScoreOut,
        examples=[
            _asked("Features", {"platform": "tiktok", "features": {"hook": 0.9, "motion": 0.7}}),
            _example(
                "Explained",
                {
                    "platform": "tiktok",
                    "rule_version": 1,
                    "score": 0.724,
                    "excluded": "",
                    "reasons": _REASONS,
                    "contributions": [
                        {
                            "feature": "hook",
                            "value": 0.9,
                            "weight": 0.2,
                            "share": 0.18,
                            "most": 0.2,
                            "measured": True,
                        }
                    ],
                    "missing": ["faces"],
                },
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        """Score a clip, or features, for a platform and explain the score."""
        args = validated(EvaluateIn, request.data)
        rule = args["rule_id"] or rule_in_use(args["platform"], dry_run=True)
        if args["clip_id"] is not None:
            score = queries.score_of(args["clip_id"], rule)
        else:
            score = queries.score_of_features(
                args["features"],
                rule,
                duration_ms=args["duration_ms"],
                visual_score=args["visual_score"],
                formats=args["formats"],
            )
        return Response(ScoreOut(_Evaluated(rule, score)).data)


class AnalyseForView(APIView):
    """Looking for clips by the rules of platforms."""

    required_permission = "media_assets.change_videoasset"

    @extend_schema(
        operation_id="engine_analyse",
        tags=["rules"],
        request=AnalyseForIn,
        responses={202: JobStartedOut},
        examples=[
            _asked(
                "For TikTok",
                {"video_id": "0190a0b0-0000-7000-8000-000000000001", "platforms": ["tiktok"]},
            ),
            _example(
                "In the queue",
                {
                    "job": {
                        "id": "0190a0b0-0000-7000-8000-000000000002",
                        "job_type": "cut_analysis",
                        "status": "pending",
                        "stage": "",
                        "progress": 0.0,
                        "url": "http://127.0.0.1:8000/jobs/0190a0b0-0000-7000-8000-000000000002",
                    }
                },
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        """Put a search in the queue that weighs and measures as the rules in use do."""
        args = validated(AnalyseForIn, request.data)
        job = analyse_for(args["video_id"], args["platforms"], clip_count=args["clip_count"])
        answer = JobStartedOut({"job": job}, context={"request": request}).data
        return Response(answer, status=status.HTTP_202_ACCEPTED)


class TrainView(APIView):
    """Learning from outcomes."""

    required_permission = "campaigns.change_platformrule"

    @extend_schema(
        operation_id="engine_train",
        tags=["rules"],
        request=TrainIn,
        responses=RuleOut,
        examples=[_asked("TikTok", {"platform": "tiktok"}), _example("Proposed", _RULE)],
    )
    def post(self, request: Request) -> Response:
        """Propose weights that fit what the posts brought; somebody has to activate them."""
        rule = train(validated(TrainIn, request.data)["platform"])
        return Response(RuleOut(rule).data)
