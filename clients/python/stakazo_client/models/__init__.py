"""Contains all the data models used in inputs/outputs"""

from .account_budget_out import AccountBudgetOut
from .account_choice_in_request import AccountChoiceInRequest
from .account_choice_out import AccountChoiceOut
from .account_detail_out import AccountDetailOut
from .account_mode_enum import AccountModeEnum
from .account_out import AccountOut
from .account_plan_out import AccountPlanOut
from .account_status_enum import AccountStatusEnum
from .accounts_callback_platform import AccountsCallbackPlatform
from .accounts_connect_login import AccountsConnectLogin
from .accounts_connect_platform import AccountsConnectPlatform
from .accounts_list_mode import AccountsListMode
from .accounts_list_platform import AccountsListPlatform
from .accounts_list_status import AccountsListStatus
from .alert_in_request import AlertInRequest
from .alert_out import AlertOut
from .alert_status_enum import AlertStatusEnum
from .alert_why_in_request import AlertWhyInRequest
from .alerts_list_severity import AlertsListSeverity
from .alerts_list_status import AlertsListStatus
from .alternative_out import AlternativeOut
from .analyse_for_in_request import AnalyseForInRequest
from .analyse_in_request import AnalyseInRequest
from .analyse_in_request_weights import AnalyseInRequestWeights
from .anomalies_out import AnomaliesOut
from .anomaly_out import AnomalyOut
from .approval_mode_enum import ApprovalModeEnum
from .approval_out import ApprovalOut
from .approve_in_request import ApproveInRequest
from .attempt_out import AttemptOut
from .attempt_outcome_enum import AttemptOutcomeEnum
from .avoid_out import AvoidOut
from .batch_out import BatchOut
from .batch_out_counts import BatchOutCounts
from .blank_enum import BlankEnum
from .both_sides_out import BothSidesOut
from .budget_out import BudgetOut
from .budget_scope_enum import BudgetScopeEnum
from .bulk_action_enum import BulkActionEnum
from .bulk_in_request import BulkInRequest
from .bulk_in_request_filter import BulkInRequestFilter
from .campaign_goal_enum import CampaignGoalEnum
from .campaign_in_request import CampaignInRequest
from .campaign_out import CampaignOut
from .campaign_status_enum import CampaignStatusEnum
from .campaigns_list_goal import CampaignsListGoal
from .campaigns_list_status import CampaignsListStatus
from .candidate_out import CandidateOut
from .captions_in_request import CaptionsInRequest
from .captions_out import CaptionsOut
from .captions_position_enum import CaptionsPositionEnum
from .captions_source_enum import CaptionsSourceEnum
from .card_in_request import CardInRequest
from .card_out import CardOut
from .cards_list_status import CardsListStatus
from .catch_up_enum import CatchUpEnum
from .cause_out import CauseOut
from .choice_in_request import ChoiceInRequest
from .choice_in_request_weights import ChoiceInRequestWeights
from .choice_out import ChoiceOut
from .chosen_out import ChosenOut
from .clip_alternative_in_request import ClipAlternativeInRequest
from .clip_alternative_out import ClipAlternativeOut
from .clip_alternative_out_features import ClipAlternativeOutFeatures
from .clip_alternatives_out import ClipAlternativesOut
from .clip_in_request import ClipInRequest
from .clip_made_by_enum import ClipMadeByEnum
from .clip_out import ClipOut
from .clip_out_features import ClipOutFeatures
from .clip_status_enum import ClipStatusEnum
from .clip_why_in_request import ClipWhyInRequest
from .clips_chosen_out import ClipsChosenOut
from .clips_list_status import ClipsListStatus
from .clips_preview_captions_position import ClipsPreviewCaptionsPosition
from .clips_preview_part import ClipsPreviewPart
from .clips_summary_out import ClipsSummaryOut
from .clips_summary_out_variants import ClipsSummaryOutVariants
from .clips_summary_out_videos import ClipsSummaryOutVideos
from .confirm_in_request import ConfirmInRequest
from .confirmation_enum import ConfirmationEnum
from .confirmed_out import ConfirmedOut
from .consent_out import ConsentOut
from .contribution_out import ContributionOut
from .cut_out import CutOut
from .cut_out_features import CutOutFeatures
from .error_kind_enum import ErrorKindEnum
from .error_out import ErrorOut
from .error_out_details import ErrorOutDetails
from .evaluate_in_request import EvaluateInRequest
from .evaluate_in_request_features_type_0 import EvaluateInRequestFeaturesType0
from .event_detail_out import EventDetailOut
from .event_detail_out_links import EventDetailOutLinks
from .event_detail_out_metadata import EventDetailOutMetadata
from .event_page_out import EventPageOut
from .evidence_out import EvidenceOut
from .failure_rate_out import FailureRateOut
from .failure_rates_out import FailureRatesOut
from .filmstrip_out import FilmstripOut
from .finding_kind_enum import FindingKindEnum
from .finding_out import FindingOut
from .finding_status_enum import FindingStatusEnum
from .findings_list_kind import FindingsListKind
from .findings_list_platform import FindingsListPlatform
from .findings_list_status import FindingsListStatus
from .focus_in_request import FocusInRequest
from .focus_point import FocusPoint
from .focus_point_request import FocusPointRequest
from .format_codec_enum import FormatCodecEnum
from .format_out import FormatOut
from .found_account_out import FoundAccountOut
from .frames_out import FramesOut
from .framing_out import FramingOut
from .framing_out_framing import FramingOutFraming
from .health_out import HealthOut
from .health_out_checks import HealthOutChecks
from .hold_out import HoldOut
from .hold_status_enum import HoldStatusEnum
from .hour_out import HourOut
from .job_detail_out import JobDetailOut
from .job_in_request import JobInRequest
from .job_in_request_payload import JobInRequestPayload
from .job_links_out import JobLinksOut
from .job_out import JobOut
from .job_queue_act_act import JobQueueActAct
from .job_ref_out import JobRefOut
from .job_started_out import JobStartedOut
from .job_stats_out import JobStatsOut
from .job_status_enum import JobStatusEnum
from .jobs_list_status_item import JobsListStatusItem
from .jobs_summary_out import JobsSummaryOut
from .jobs_summary_out_by_status import JobsSummaryOutByStatus
from .key_in_request import KeyInRequest
from .key_mode_enum import KeyModeEnum
from .key_out import KeyOut
from .key_scope_enum import KeyScopeEnum
from .ledger_event_out import LedgerEventOut
from .ledger_event_out_links import LedgerEventOutLinks
from .ledger_event_out_metadata import LedgerEventOutMetadata
from .ledger_events_event_type_item import LedgerEventsEventTypeItem
from .ledger_events_order import LedgerEventsOrder
from .ledger_events_severity import LedgerEventsSeverity
from .ledger_timeline_order import LedgerTimelineOrder
from .ledger_video_trail_order import LedgerVideoTrailOrder
from .limits_out import LimitsOut
from .live_out import LiveOut
from .login_in_request import LoginInRequest
from .login_kind_enum import LoginKindEnum
from .match_reason_out import MatchReasonOut
from .me_out import MeOut
from .new_key_out import NewKeyOut
from .orchestrate_in_request import OrchestrateInRequest
from .orchestration_out import OrchestrationOut
from .outgoing_detail_out import OutgoingDetailOut
from .outgoing_list_status import OutgoingListStatus
from .outgoing_out import OutgoingOut
from .outgoing_status_enum import OutgoingStatusEnum
from .outgoing_try_out import OutgoingTryOut
from .paginated_account_out_list import PaginatedAccountOutList
from .paginated_alert_out_list import PaginatedAlertOutList
from .paginated_budget_out_list import PaginatedBudgetOutList
from .paginated_campaign_out_list import PaginatedCampaignOutList
from .paginated_captions_out_list import PaginatedCaptionsOutList
from .paginated_card_out_list import PaginatedCardOutList
from .paginated_clip_out_list import PaginatedClipOutList
from .paginated_format_out_list import PaginatedFormatOutList
from .paginated_job_out_list import PaginatedJobOutList
from .paginated_outgoing_out_list import PaginatedOutgoingOutList
from .paginated_post_finding_out_list import PaginatedPostFindingOutList
from .paginated_publication_out_list import PaginatedPublicationOutList
from .paginated_reasoning_run_out_list import PaginatedReasoningRunOutList
from .paginated_reconcile_run_out_list import PaginatedReconcileRunOutList
from .paginated_rule_out_list import PaginatedRuleOutList
from .paginated_schedule_out_list import PaginatedScheduleOutList
from .paginated_step_out_list import PaginatedStepOutList
from .paginated_subscriber_out_list import PaginatedSubscriberOutList
from .paginated_variant_out_list import PaginatedVariantOutList
from .paginated_video_out_list import PaginatedVideoOutList
from .paginated_watermark_out_list import PaginatedWatermarkOutList
from .part_out import PartOut
from .password_in_request import PasswordInRequest
from .patched_account_plan_in_request import PatchedAccountPlanInRequest
from .patched_edit_in_request import PatchedEditInRequest
from .patched_edit_in_request_options import PatchedEditInRequestOptions
from .patched_key_change_in_request import PatchedKeyChangeInRequest
from .place_out import PlaceOut
from .plan_out import PlanOut
from .plan_step_out import PlanStepOut
from .platform_enum import PlatformEnum
from .platform_evidence_out import PlatformEvidenceOut
from .post_finding_out import PostFindingOut
from .post_out import PostOut
from .preflight_finding_out import PreflightFindingOut
from .preflight_out import PreflightOut
from .preflight_severity_enum import PreflightSeverityEnum
from .proof_out import ProofOut
from .proof_out_chain_item import ProofOutChainItem
from .proof_out_event import ProofOutEvent
from .proof_out_seal import ProofOutSeal
from .proposed_action_out import ProposedActionOut
from .proposed_call_out import ProposedCallOut
from .proposed_call_out_body_type_0 import ProposedCallOutBodyType0
from .publication_detail_out import PublicationDetailOut
from .publication_in_request import PublicationInRequest
from .publication_in_request_options import PublicationInRequestOptions
from .publication_out import PublicationOut
from .publication_status_enum import PublicationStatusEnum
from .publications_list_platform import PublicationsListPlatform
from .publications_list_status import PublicationsListStatus
from .publish_attempt_out import PublishAttemptOut
from .publish_attempt_out_handle import PublishAttemptOutHandle
from .publish_log_status_enum import PublishLogStatusEnum
from .publish_phase_enum import PublishPhaseEnum
from .publish_step_status_enum import PublishStepStatusEnum
from .queue_stats_out import QueueStatsOut
from .queue_status_enum import QueueStatusEnum
from .reason_in_request import ReasonInRequest
from .reasoning_history_status import ReasoningHistoryStatus
from .reasoning_history_trigger import ReasoningHistoryTrigger
from .reasoning_job_out import ReasoningJobOut
from .reasoning_rule_out import ReasoningRuleOut
from .reasoning_run_detail_out import ReasoningRunDetailOut
from .reasoning_run_detail_out_snapshot import ReasoningRunDetailOutSnapshot
from .reasoning_run_out import ReasoningRunOut
from .reasoning_status_enum import ReasoningStatusEnum
from .reasoning_status_out import ReasoningStatusOut
from .reasoning_trigger_enum import ReasoningTriggerEnum
from .recent_events_out import RecentEventsOut
from .recommendation_out import RecommendationOut
from .reconcile_door_enum import ReconcileDoorEnum
from .reconcile_kind_enum import ReconcileKindEnum
from .reconcile_run_out import ReconcileRunOut
from .reconcile_run_out_parameters import ReconcileRunOutParameters
from .reconcile_run_out_per_platform import ReconcileRunOutPerPlatform
from .reconcile_run_out_per_platform_additional_property import ReconcileRunOutPerPlatformAdditionalProperty
from .reconcile_run_out_troubles_item import ReconcileRunOutTroublesItem
from .reconcile_runs_list_door import ReconcileRunsListDoor
from .reconcile_runs_list_kind import ReconcileRunsListKind
from .reconciled_out import ReconciledOut
from .refresh_in_request import RefreshInRequest
from .register_in_request import RegisterInRequest
from .replayed_out import ReplayedOut
from .retry_in_request import RetryInRequest
from .ring_in_request import RingInRequest
from .ring_out import RingOut
from .rule_in_request import RuleInRequest
from .rule_in_request_limits_type_0 import RuleInRequestLimitsType0
from .rule_in_request_weights import RuleInRequestWeights
from .rule_out import RuleOut
from .rule_out_evidence import RuleOutEvidence
from .rule_out_limits import RuleOutLimits
from .rule_out_weights import RuleOutWeights
from .rule_status_enum import RuleStatusEnum
from .rules_list_status import RulesListStatus
from .schedule_in_request import ScheduleInRequest
from .schedule_out import ScheduleOut
from .score_out import ScoreOut
from .seal_out import SealOut
from .seal_page_out import SealPageOut
from .session_out import SessionOut
from .settle_in_request import SettleInRequest
from .settle_outcome_enum import SettleOutcomeEnum
from .severity_enum import SeverityEnum
from .shot_out import ShotOut
from .since_in_request import SinceInRequest
from .slot import Slot
from .slot_request import SlotRequest
from .slots_out import SlotsOut
from .slow_job_out import SlowJobOut
from .slowest_out import SlowestOut
from .snapshot_out import SnapshotOut
from .snapshot_out_alerts import SnapshotOutAlerts
from .span_in_request import SpanInRequest
from .stage_out import StageOut
from .step_kind_enum import StepKindEnum
from .step_out import StepOut
from .steps_list_kind import StepsListKind
from .steps_list_platform import StepsListPlatform
from .steps_list_status import StepsListStatus
from .subscriber_change_in_request import SubscriberChangeInRequest
from .subscriber_in_request import SubscriberInRequest
from .subscriber_out import SubscriberOut
from .subscriber_secret_out import SubscriberSecretOut
from .subscriber_status_enum import SubscriberStatusEnum
from .subscribers_list_status import SubscribersListStatus
from .tail_out import TailOut
from .throughput_out import ThroughputOut
from .ticket_out import TicketOut
from .timeline_alternative_out import TimelineAlternativeOut
from .timeline_clip_out import TimelineClipOut
from .timeline_out import TimelineOut
from .timeline_out_curves import TimelineOutCurves
from .timeline_video_out import TimelineVideoOut
from .tokens_out import TokensOut
from .trail_out import TrailOut
from .train_in_request import TrainInRequest
from .transcribe_in_request import TranscribeInRequest
from .transition_out import TransitionOut
from .triggered_out import TriggeredOut
from .upload_in_request import UploadInRequest
from .upload_out import UploadOut
from .upload_sent_out import UploadSentOut
from .upload_start_in_request import UploadStartInRequest
from .upload_state_out import UploadStateOut
from .upload_status_enum import UploadStatusEnum
from .user_out import UserOut
from .variant_out import VariantOut
from .variant_out_facts import VariantOutFacts
from .variants_in_request import VariantsInRequest
from .video_detail_out import VideoDetailOut
from .video_detail_out_analysis_type_0 import VideoDetailOutAnalysisType0
from .video_detail_out_probe import VideoDetailOutProbe
from .video_out import VideoOut
from .video_status_enum import VideoStatusEnum
from .videos_list_status import VideosListStatus
from .watched_campaigns_out import WatchedCampaignsOut
from .watched_campaigns_out_by_status import WatchedCampaignsOutByStatus
from .watched_event_out import WatchedEventOut
from .watched_event_out_metadata import WatchedEventOutMetadata
from .watched_job_out import WatchedJobOut
from .watched_jobs_out import WatchedJobsOut
from .watched_jobs_out_by_status import WatchedJobsOutByStatus
from .watched_ledger_out import WatchedLedgerOut
from .watched_media_out import WatchedMediaOut
from .watched_media_out_variants import WatchedMediaOutVariants
from .watched_media_out_videos import WatchedMediaOutVideos
from .watched_publishing_out import WatchedPublishingOut
from .watched_publishing_out_by_status import WatchedPublishingOutByStatus
from .watched_publishing_out_platforms import WatchedPublishingOutPlatforms
from .watched_publishing_out_platforms_additional_property import WatchedPublishingOutPlatformsAdditionalProperty
from .watched_queue_out import WatchedQueueOut
from .watched_worker_out import WatchedWorkerOut
from .watched_workers_out import WatchedWorkersOut
from .watermark_in_request import WatermarkInRequest
from .watermark_out import WatermarkOut
from .watermark_position_enum import WatermarkPositionEnum
from .watermarks_list_status import WatermarksListStatus
from .waveform_out import WaveformOut
from .webhooks_challenge_platform import WebhooksChallengePlatform
from .webhooks_receive_body import WebhooksReceiveBody
from .webhooks_receive_instagram_body import WebhooksReceiveInstagramBody
from .webhooks_receive_platform import WebhooksReceivePlatform
from .why_in_request import WhyInRequest

__all__ = (
    "AccountBudgetOut",
    "AccountChoiceInRequest",
    "AccountChoiceOut",
    "AccountDetailOut",
    "AccountModeEnum",
    "AccountOut",
    "AccountPlanOut",
    "AccountsCallbackPlatform",
    "AccountsConnectLogin",
    "AccountsConnectPlatform",
    "AccountsListMode",
    "AccountsListPlatform",
    "AccountsListStatus",
    "AccountStatusEnum",
    "AlertInRequest",
    "AlertOut",
    "AlertsListSeverity",
    "AlertsListStatus",
    "AlertStatusEnum",
    "AlertWhyInRequest",
    "AlternativeOut",
    "AnalyseForInRequest",
    "AnalyseInRequest",
    "AnalyseInRequestWeights",
    "AnomaliesOut",
    "AnomalyOut",
    "ApprovalModeEnum",
    "ApprovalOut",
    "ApproveInRequest",
    "AttemptOut",
    "AttemptOutcomeEnum",
    "AvoidOut",
    "BatchOut",
    "BatchOutCounts",
    "BlankEnum",
    "BothSidesOut",
    "BudgetOut",
    "BudgetScopeEnum",
    "BulkActionEnum",
    "BulkInRequest",
    "BulkInRequestFilter",
    "CampaignGoalEnum",
    "CampaignInRequest",
    "CampaignOut",
    "CampaignsListGoal",
    "CampaignsListStatus",
    "CampaignStatusEnum",
    "CandidateOut",
    "CaptionsInRequest",
    "CaptionsOut",
    "CaptionsPositionEnum",
    "CaptionsSourceEnum",
    "CardInRequest",
    "CardOut",
    "CardsListStatus",
    "CatchUpEnum",
    "CauseOut",
    "ChoiceInRequest",
    "ChoiceInRequestWeights",
    "ChoiceOut",
    "ChosenOut",
    "ClipAlternativeInRequest",
    "ClipAlternativeOut",
    "ClipAlternativeOutFeatures",
    "ClipAlternativesOut",
    "ClipInRequest",
    "ClipMadeByEnum",
    "ClipOut",
    "ClipOutFeatures",
    "ClipsChosenOut",
    "ClipsListStatus",
    "ClipsPreviewCaptionsPosition",
    "ClipsPreviewPart",
    "ClipsSummaryOut",
    "ClipsSummaryOutVariants",
    "ClipsSummaryOutVideos",
    "ClipStatusEnum",
    "ClipWhyInRequest",
    "ConfirmationEnum",
    "ConfirmedOut",
    "ConfirmInRequest",
    "ConsentOut",
    "ContributionOut",
    "CutOut",
    "CutOutFeatures",
    "ErrorKindEnum",
    "ErrorOut",
    "ErrorOutDetails",
    "EvaluateInRequest",
    "EvaluateInRequestFeaturesType0",
    "EventDetailOut",
    "EventDetailOutLinks",
    "EventDetailOutMetadata",
    "EventPageOut",
    "EvidenceOut",
    "FailureRateOut",
    "FailureRatesOut",
    "FilmstripOut",
    "FindingKindEnum",
    "FindingOut",
    "FindingsListKind",
    "FindingsListPlatform",
    "FindingsListStatus",
    "FindingStatusEnum",
    "FocusInRequest",
    "FocusPoint",
    "FocusPointRequest",
    "FormatCodecEnum",
    "FormatOut",
    "FoundAccountOut",
    "FramesOut",
    "FramingOut",
    "FramingOutFraming",
    "HealthOut",
    "HealthOutChecks",
    "HoldOut",
    "HoldStatusEnum",
    "HourOut",
    "JobDetailOut",
    "JobInRequest",
    "JobInRequestPayload",
    "JobLinksOut",
    "JobOut",
    "JobQueueActAct",
    "JobRefOut",
    "JobsListStatusItem",
    "JobsSummaryOut",
    "JobsSummaryOutByStatus",
    "JobStartedOut",
    "JobStatsOut",
    "JobStatusEnum",
    "KeyInRequest",
    "KeyModeEnum",
    "KeyOut",
    "KeyScopeEnum",
    "LedgerEventOut",
    "LedgerEventOutLinks",
    "LedgerEventOutMetadata",
    "LedgerEventsEventTypeItem",
    "LedgerEventsOrder",
    "LedgerEventsSeverity",
    "LedgerTimelineOrder",
    "LedgerVideoTrailOrder",
    "LimitsOut",
    "LiveOut",
    "LoginInRequest",
    "LoginKindEnum",
    "MatchReasonOut",
    "MeOut",
    "NewKeyOut",
    "OrchestrateInRequest",
    "OrchestrationOut",
    "OutgoingDetailOut",
    "OutgoingListStatus",
    "OutgoingOut",
    "OutgoingStatusEnum",
    "OutgoingTryOut",
    "PaginatedAccountOutList",
    "PaginatedAlertOutList",
    "PaginatedBudgetOutList",
    "PaginatedCampaignOutList",
    "PaginatedCaptionsOutList",
    "PaginatedCardOutList",
    "PaginatedClipOutList",
    "PaginatedFormatOutList",
    "PaginatedJobOutList",
    "PaginatedOutgoingOutList",
    "PaginatedPostFindingOutList",
    "PaginatedPublicationOutList",
    "PaginatedReasoningRunOutList",
    "PaginatedReconcileRunOutList",
    "PaginatedRuleOutList",
    "PaginatedScheduleOutList",
    "PaginatedStepOutList",
    "PaginatedSubscriberOutList",
    "PaginatedVariantOutList",
    "PaginatedVideoOutList",
    "PaginatedWatermarkOutList",
    "PartOut",
    "PasswordInRequest",
    "PatchedAccountPlanInRequest",
    "PatchedEditInRequest",
    "PatchedEditInRequestOptions",
    "PatchedKeyChangeInRequest",
    "PlaceOut",
    "PlanOut",
    "PlanStepOut",
    "PlatformEnum",
    "PlatformEvidenceOut",
    "PostFindingOut",
    "PostOut",
    "PreflightFindingOut",
    "PreflightOut",
    "PreflightSeverityEnum",
    "ProofOut",
    "ProofOutChainItem",
    "ProofOutEvent",
    "ProofOutSeal",
    "ProposedActionOut",
    "ProposedCallOut",
    "ProposedCallOutBodyType0",
    "PublicationDetailOut",
    "PublicationInRequest",
    "PublicationInRequestOptions",
    "PublicationOut",
    "PublicationsListPlatform",
    "PublicationsListStatus",
    "PublicationStatusEnum",
    "PublishAttemptOut",
    "PublishAttemptOutHandle",
    "PublishLogStatusEnum",
    "PublishPhaseEnum",
    "PublishStepStatusEnum",
    "QueueStatsOut",
    "QueueStatusEnum",
    "ReasoningHistoryStatus",
    "ReasoningHistoryTrigger",
    "ReasoningJobOut",
    "ReasoningRuleOut",
    "ReasoningRunDetailOut",
    "ReasoningRunDetailOutSnapshot",
    "ReasoningRunOut",
    "ReasoningStatusEnum",
    "ReasoningStatusOut",
    "ReasoningTriggerEnum",
    "ReasonInRequest",
    "RecentEventsOut",
    "RecommendationOut",
    "ReconcileDoorEnum",
    "ReconciledOut",
    "ReconcileKindEnum",
    "ReconcileRunOut",
    "ReconcileRunOutParameters",
    "ReconcileRunOutPerPlatform",
    "ReconcileRunOutPerPlatformAdditionalProperty",
    "ReconcileRunOutTroublesItem",
    "ReconcileRunsListDoor",
    "ReconcileRunsListKind",
    "RefreshInRequest",
    "RegisterInRequest",
    "ReplayedOut",
    "RetryInRequest",
    "RingInRequest",
    "RingOut",
    "RuleInRequest",
    "RuleInRequestLimitsType0",
    "RuleInRequestWeights",
    "RuleOut",
    "RuleOutEvidence",
    "RuleOutLimits",
    "RuleOutWeights",
    "RulesListStatus",
    "RuleStatusEnum",
    "ScheduleInRequest",
    "ScheduleOut",
    "ScoreOut",
    "SealOut",
    "SealPageOut",
    "SessionOut",
    "SettleInRequest",
    "SettleOutcomeEnum",
    "SeverityEnum",
    "ShotOut",
    "SinceInRequest",
    "Slot",
    "SlotRequest",
    "SlotsOut",
    "SlowestOut",
    "SlowJobOut",
    "SnapshotOut",
    "SnapshotOutAlerts",
    "SpanInRequest",
    "StageOut",
    "StepKindEnum",
    "StepOut",
    "StepsListKind",
    "StepsListPlatform",
    "StepsListStatus",
    "SubscriberChangeInRequest",
    "SubscriberInRequest",
    "SubscriberOut",
    "SubscriberSecretOut",
    "SubscribersListStatus",
    "SubscriberStatusEnum",
    "TailOut",
    "ThroughputOut",
    "TicketOut",
    "TimelineAlternativeOut",
    "TimelineClipOut",
    "TimelineOut",
    "TimelineOutCurves",
    "TimelineVideoOut",
    "TokensOut",
    "TrailOut",
    "TrainInRequest",
    "TranscribeInRequest",
    "TransitionOut",
    "TriggeredOut",
    "UploadInRequest",
    "UploadOut",
    "UploadSentOut",
    "UploadStartInRequest",
    "UploadStateOut",
    "UploadStatusEnum",
    "UserOut",
    "VariantOut",
    "VariantOutFacts",
    "VariantsInRequest",
    "VideoDetailOut",
    "VideoDetailOutAnalysisType0",
    "VideoDetailOutProbe",
    "VideoOut",
    "VideosListStatus",
    "VideoStatusEnum",
    "WatchedCampaignsOut",
    "WatchedCampaignsOutByStatus",
    "WatchedEventOut",
    "WatchedEventOutMetadata",
    "WatchedJobOut",
    "WatchedJobsOut",
    "WatchedJobsOutByStatus",
    "WatchedLedgerOut",
    "WatchedMediaOut",
    "WatchedMediaOutVariants",
    "WatchedMediaOutVideos",
    "WatchedPublishingOut",
    "WatchedPublishingOutByStatus",
    "WatchedPublishingOutPlatforms",
    "WatchedPublishingOutPlatformsAdditionalProperty",
    "WatchedQueueOut",
    "WatchedWorkerOut",
    "WatchedWorkersOut",
    "WatermarkInRequest",
    "WatermarkOut",
    "WatermarkPositionEnum",
    "WatermarksListStatus",
    "WaveformOut",
    "WebhooksChallengePlatform",
    "WebhooksReceiveBody",
    "WebhooksReceiveInstagramBody",
    "WebhooksReceivePlatform",
    "WhyInRequest",
)
