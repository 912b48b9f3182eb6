"""The paths of this room, from the root, without trailing slashes."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from campaigns.api.views import (
    AnalyseForView,
    CampaignViewSet,
    EvaluateView,
    OrchestrateView,
    RuleViewSet,
    TrainView,
)

router = SimpleRouter(trailing_slash=False)
router.register("campaigns", CampaignViewSet, basename="campaign")
router.register("rules", RuleViewSet, basename="rule")

urlpatterns = [
    *router.urls,
    path("orchestrate", OrchestrateView.as_view(), name="orchestrate"),
    path("engine/evaluate", EvaluateView.as_view(), name="engine-evaluate"),
    path("engine/analyse", AnalyseForView.as_view(), name="engine-analyse"),
    path("engine/train", TrainView.as_view(), name="engine-train"),
]
