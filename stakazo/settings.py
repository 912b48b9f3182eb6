"""Every setting, read once from the environment; the default is always the harmless one."""

import os
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE

from stakazo.core.databases import database_settings
from stakazo.core.env import BASE_DIR, env
from stakazo.core.secrets import kept_secret
from stakazo.looks import UNFOLD as UNFOLD
from stakazo.platform_facts import FACTS, overridden

django_stubs_ext.monkeypatch()

# --- The place -----------------------------------------------------------------------------------

VAR_DIR = Path(env.str("STAKAZO_VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)
DEBUG = env.bool("STAKAZO_DEBUG", default=False)
SECRET_KEY = env.str("STAKAZO_SECRET_KEY", default="") or kept_secret(VAR_DIR / "secret_key")
SECRET_KEY_FALLBACKS = env.list("STAKAZO_SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("STAKAZO_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("STAKAZO_TRUSTED_ORIGINS", default=[])
BASE_URL = env.str("STAKAZO_BASE_URL", default="http://127.0.0.1:8000")

# --- The rooms -----------------------------------------------------------------------------------

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "servestatic",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "rest_framework_simplejwt",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "channels",
    "corsheaders",
    "csp",
    "django_q",
    "stakazo",
    "stakazo.core",
    "ledger",
    "jobs",
    "media_assets",
    "publishing",
    "campaigns",
    "stakazo.identity",
    "stakazo.telemetry",
    "stakazo.alerts",
    "stakazo.reasoning",
    "stakazo.backups",
]

MIDDLEWARE = [
    "stakazo.core.request_id.RequestIdMiddleware",
    "stakazo.identity.rates.RateHeadersMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "stakazo.core.compression.CarefulGZipMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "stakazo.page_policy.PagePolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "stakazo.identity.middleware.BrowserLoginMiddleware",
    "stakazo.identity.middleware.SecondFactorMiddleware",
    "stakazo.identity.middleware.LedgerContextMiddleware",
]

ROOT_URLCONF = "stakazo.urls"
ASGI_APPLICATION = "stakazo.asgi.application"
WSGI_APPLICATION = "stakazo.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "stakazo.dashboard.posts_go_to",
            ]
        },
    }
]

# --- Storage of rows and files -------------------------------------------------------------------

DATABASES = {"default": database_settings(env.str("DATABASE_URL", default=""), var_dir=VAR_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env.str("STAKAZO_MEDIA_ROOT", default=str(VAR_DIR / "media")))
WORK_DIR = Path(env.str("STAKAZO_WORK_DIR", default=str(VAR_DIR / "work")))
FETCH_DIR = VAR_DIR / "fetched"
FETCH_CACHE_BYTES = env.int("STAKAZO_FETCH_CACHE_BYTES", default=10 * 1024**3)
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
SERVESTATIC_USE_FINDERS = True

S3_BUCKET = env.str("STAKAZO_S3_BUCKET", default="")
_local_files: dict[str, Any] = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
_s3_files: dict[str, Any] = {
    "BACKEND": "storages.backends.s3.S3Storage",
    "OPTIONS": {
        "bucket_name": S3_BUCKET,
        "endpoint_url": env.str("STAKAZO_S3_ENDPOINT_URL", default="") or None,
        "region_name": env.str("STAKAZO_S3_REGION", default="") or None,
        "access_key": env.str("STAKAZO_S3_ACCESS_KEY", default="") or None,
        "secret_key": env.str("STAKAZO_S3_SECRET_KEY", default="") or None,
        "querystring_auth": True,
        "querystring_expire": 600,
        "file_overwrite": False,
        "max_memory_size": 16 * 1024 * 1024,  # what is read beyond that goes through a file
        "default_acl": None,
    },
}
STORAGES = {
    "default": _s3_files if S3_BUCKET else _local_files,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = VAR_DIR / "uploads"
FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- Cache and channel layer ---------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", default="")
CACHES: dict[str, dict[str, Any]] = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": (
        {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            # The layer waits on Redis for as long as nothing happens: no read may time out, though
            # redis-py 8 would after some seconds, and end every idle socket with it.
            "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}]},
        }
        if REDIS_URL
        else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    )
}

# --- Who may come in -----------------------------------------------------------------------------

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "/admin/"
REGISTRATION_OPEN = env.bool("STAKAZO_REGISTRATION_OPEN", default=False)
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=10),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=7),
    "AUDIENCE": "stakazo",
    "ISSUER": "stakazo",
    "AUTH_TOKEN_CLASSES": ("stakazo.identity.tokens.SignedAccessToken",),
}
# The first signs; the others are still believed. Empty: the secret key, and those before it.
JWT_KEYS = env.list("STAKAZO_JWT_KEYS", default=[]) or [SECRET_KEY, *SECRET_KEY_FALLBACKS]

# Admins and superusers get no further than to the page where they make one.
REQUIRE_SECOND_FACTOR = env.bool("STAKAZO_REQUIRE_SECOND_FACTOR", default=False)
# Calls of the API in a minute; 0: as many as they like. A key's own budget goes before.
RATE_LIMIT_ADDRESS = env.int("STAKAZO_RATE_LIMIT_ADDRESS", default=300)
RATE_LIMIT_USER = env.int("STAKAZO_RATE_LIMIT_USER", default=3_000)
RATE_LIMIT_KEY = env.int("STAKAZO_RATE_LIMIT_KEY", default=3_000)
RATE_LIMIT_FILE = VAR_DIR / "rates.sqlite3"  # beside SQLite; PostgreSQL and Redis count themselves
CSRF_FAILURE_VIEW = "stakazo.core.api.outside.csrf_failure"

# --- Headers -------------------------------------------------------------------------------------

SECURE_COOKIES = env.bool("STAKAZO_HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SECURE_SSL_REDIRECT = SECURE_COOKIES
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_COOKIES else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_COOKIES
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_COOKIES else None
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
# The admin theme evaluates expressions in the page (Alpine), so it alone is allowed to.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "style-src": [SELF, UNSAFE_INLINE],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
ADMIN_CONTENT_SECURITY_POLICY = {
    "default-src": [SELF],
    "script-src": [SELF, UNSAFE_EVAL, UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "style-src": [SELF, UNSAFE_INLINE],
    "object-src": [NONE],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
}

# --- Other origins ------------------------------------------------------------------------------

# Their pages call the API with a token or a key; sessions and the admin are for our own.
CORS_ALLOWED_ORIGINS = env.list("STAKAZO_CORS_ORIGINS", default=[])
CORS_ALLOW_CREDENTIALS = False
CORS_URLS_REGEX = r"^/(?!admin).*$"
CORS_ALLOW_HEADERS = (
    "accept",
    "authorization",
    "content-type",
    "idempotency-key",
    "if-none-match",
    "range",
    "x-api-key",
    "x-request-id",
)
CORS_EXPOSE_HEADERS = (
    "Content-Range",
    "ETag",
    "Idempotent-Replayed",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "X-Request-ID",
)
CORS_PREFLIGHT_MAX_AGE = 600

# --- The API -------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "stakazo.identity.authentication.BearerAuthentication",
        "stakazo.identity.authentication.ApiKeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_THROTTLE_CLASSES": ["stakazo.identity.rates.CallRate"],
    "DEFAULT_PERMISSION_CLASSES": ["stakazo.identity.permissions.RoleAllows"],
    "DEFAULT_PARSER_CLASSES": ["stakazo.core.api.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": [
        "rest_framework.renderers.JSONRenderer",
        "stakazo.core.api.renderers.BrowsableRenderer",
    ],
    "DEFAULT_PAGINATION_CLASS": "stakazo.core.api.pagination.NewestFirst",
    "PAGE_SIZE": 50,
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "stakazo.core.api.schema.StakazoAutoSchema",
    "EXCEPTION_HANDLER": "stakazo.core.api.errors.answer_error",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Stakazo",
    "VERSION": "1.0.0",
    "DESCRIPTION": "Long videos in, results on social networks out, every step in the ledger.",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    # Folded: with more than 140 operations open at once Swagger UI stops in the middle of the page.
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "docExpansion": "none"},
    "SWAGGER_UI_FAVICON_HREF": "/static/stakazo/icon.svg",
    "COMPONENT_SPLIT_REQUEST": True,
    "TAGS": [
        {"name": "media", "description": "Videos, their clips, and the variants of those."},
        {"name": "jobs", "description": "Background work."},
        {
            "name": "publishing",
            "description": "Accounts, publications, and what platforms tell us.",
        },
        {"name": "campaigns", "description": "Campaigns, and the choice of clips for them."},
        {"name": "rules", "description": "What decides that choice."},
        {"name": "ledger", "description": "What happened, and what is unusual about it."},
        {"name": "watch", "description": "How everything stands."},
        {"name": "reasoning", "description": "What to do next, proposed."},
        {"name": "identity", "description": "Who is asking."},
    ],
    "ENUM_NAME_OVERRIDES": {
        "JobStatusEnum": "jobs.models.Job.Status",
        "QueueStatusEnum": "jobs.models.JobQueue.Status",
        "AttemptOutcomeEnum": "jobs.models.JobAttempt.Outcome",
        "UploadStatusEnum": "media_assets.models.Upload.Status",
        "VideoStatusEnum": "media_assets.models.VideoAsset.Status",
        "ClipStatusEnum": "media_assets.models.Clip.Status",
        "ClipMadeByEnum": "media_assets.models.Clip.MadeBy",
        "CampaignStatusEnum": "campaigns.models.Campaign.Status",
        "RuleStatusEnum": "campaigns.models.PlatformRule.Status",
        "PlatformEnum": "publishing.models.Platform",
        "AccountStatusEnum": "publishing.models.SocialAccount.Status",
        "KeyModeEnum": "stakazo.identity.models.ApiKey.Mode",
        "KeyScopeEnum": "stakazo.identity.models.ApiKey.Scope",
        "ApprovalModeEnum": "publishing.plan_models.ApprovalMode",
        "PublicationStatusEnum": "publishing.models.Publication.Status",
        "PublishLogStatusEnum": "publishing.models.PublishLog.Status",
        "PublishStepStatusEnum": "publishing.models.PublishStep.Status",
        "ReconcileKindEnum": "publishing.watch_models.ReconcileRun.Kind",
        "ReconcileDoorEnum": "publishing.watch_models.ReconcileRun.Door",
        "FindingKindEnum": "publishing.watch_models.PostFinding.Kind",
        "FindingStatusEnum": "publishing.watch_models.PostFinding.Status",
        "StepKindEnum": "publishing.step_models.StepKind",
        "SubscriberStatusEnum": "publishing.outgoing.models.WebhookSubscriber.Status",
        "OutgoingStatusEnum": "publishing.outgoing.models.OutgoingDelivery.Status",
        "AlertStatusEnum": "stakazo.alerts.models.Alert.Status",
        "SeverityEnum": "ledger.models.LedgerEvent.Severity",  # alerts have the same three
        "CampaignGoalEnum": "campaigns.models.Campaign.Goal",
        "ReasoningStatusEnum": "stakazo.reasoning.models.ReasoningRun.Status",
        "ReasoningTriggerEnum": "stakazo.reasoning.models.ReasoningRun.Trigger",
        "AccountModeEnum": "publishing.models.SocialAccount.Mode",
        "BudgetScopeEnum": ["account", "app"],
        "BulkActionEnum": ["retry", "cancel"],
        "SettleOutcomeEnum": "publishing.api.deciding.OUTCOMES",
        "CaptionsPositionEnum": ["bottom", "middle", "top"],
        "CaptionsSourceEnum": "media_assets.models.Captions.Source",
        "CatchUpEnum": "publishing.plan_models.CatchUp",
        "ConfirmationEnum": ["confirmed", "unknown"],
        "ErrorKindEnum": "publishing.errors.KIND_CHOICES",
        "FormatCodecEnum": "media_assets.models.FormatRow.Codec",
        "HoldStatusEnum": "publishing.models.AccountHold.Status",
        "LoginKindEnum": ["tokens", "browser"],
        "PreflightSeverityEnum": ["error", "warning"],
        "PublishPhaseEnum": "publishing.models.PublishLog.Phase",
        "WatermarkPositionEnum": "media_assets.models.Watermark.Position",
    },
}

# --- Jobs ----------------------------------------------------------------------------------------

# django-q2 only rings the bell: it never retries, never redelivers, keeps no results. What it
# would do with its own defaults was measured; see docs/jobs.md.
WORKERS = env.int("STAKAZO_WORKERS", default=3)
Q_CLUSTER: dict[str, Any] = {
    "name": "stakazo",
    "workers": WORKERS,
    "timeout": 6 * 3600,  # the last resort: a job ends long before, by its own timeout_s
    "retry": 86_400,
    "max_attempts": 1,
    "ack_failures": True,
    "queue_limit": 1,
    "bulk": 1,
    "save_limit": -1,
    "catch_up": False,
    "recycle": 0,  # nothing is ever equal to it; workers see to it themselves (jobs.pulse)
    "guard_cycle": 1,
    "label": "Transport",
}
if REDIS_URL:
    Q_CLUSTER |= {"broker_class": "jobs.brokers.redis.RedisDoorbell", "redis": REDIS_URL}
elif "postgresql" in DATABASES["default"]["ENGINE"]:
    Q_CLUSTER |= {"broker_class": "jobs.brokers.postgresql.PostgresDoorbell", "orm": "default"}
else:
    Q_CLUSTER |= {"broker_class": "jobs.brokers.sqlite.SQLiteDoorbell", "orm": "default"}

# What this machine is called among others; no colon, for ids of workers begin with it.
JOB_NODE = (env.str("STAKAZO_NODE", default="") or socket.gethostname()).replace(":", "-")[:64]
JOB_LEASE_S = env.int("STAKAZO_JOB_LEASE_S", default=15)
JOB_HEARTBEAT_S = env.int("STAKAZO_JOB_HEARTBEAT_S", default=5)
# Heavy work fills the processor; on each machine at most so many run at once, so that one worker
# at least is always free for the light queues (publish, default).
JOB_HEAVY_QUEUES = ["cut", "render"]
JOB_HEAVY_SLOTS = env.int("STAKAZO_HEAVY_SLOTS", default=max(1, WORKERS - 1))
# Jobs of a queue that one machine does at once, `render=1,publish=4` say; a row of the queue's own
# in the admin goes before. Not named: as many as there are workers.
JOB_QUEUE_LIMITS = {
    name: int(limit)
    for name, _, limit in (
        entry.partition("=") for entry in env.list("STAKAZO_QUEUE_LIMITS", default=[])
    )
}
JOB_DRAIN_S = 60  # after so long a worker goes back to the bell
JOB_RING_AGAIN_S = 3
JOB_HUNG_AFTER_S = env.int("STAKAZO_JOB_HUNG_AFTER_S", default=10)
JOB_CANARY_S = 2.5  # a supervisor rings for its own cluster so often, to see whether it answers
JOB_CANARY_PATIENCE_S = 5
JOB_PULSE_S = 3  # how often a worker writes down that it lives, and looks whether it is to stop
# Of a worker without its child processes, which have bounds of their own. 0: no bound.
WORKER_MEMORY_BYTES = env.int("STAKAZO_WORKER_MEMORY_BYTES", default=2 * 1024**3)
RECYCLE_AFTER = env.int("STAKAZO_RECYCLE_AFTER", default=10_000)  # jobs of one worker process
JOB_LATE_S = env.int("STAKAZO_JOB_LATE_S", default=300)
JOB_STOP_GRACE_S = env.int("STAKAZO_JOB_STOP_GRACE_S", default=15)
JOB_END_GRACE_S = env.int("STAKAZO_JOB_END_GRACE_S", default=5)
# Off: nothing recurs by itself, for a copy of the database that must keep still.
JOB_SCHEDULES_RUN = env.bool("STAKAZO_JOB_SCHEDULES_RUN", default=True)
JOBS_KEEP_DAYS = env.int("STAKAZO_JOBS_KEEP_DAYS", default=30)
# Key or pattern → {"limit", "per_s", "gap_s"}; goes before what the code declares.
JOB_BUDGETS: dict[str, dict[str, float]] = env.json("STAKAZO_JOB_BUDGETS", default={})
# Told by the supervisor to the cluster that it starts; nobody sets them by hand.
JOB_WORKER_GROUP = env.str("STAKAZO_WORKER_GROUP", default="")
JOB_SUPERVISOR_PID = env.int("STAKAZO_SUPERVISOR_PID", default=0)
JOB_VITALS_FD = env.int("STAKAZO_VITALS_FD", default=0)

# --- The ledger ----------------------------------------------------------------------------------

LEDGER_SPOOL_DIR = VAR_DIR / "ledger-spool"
LEDGER_SPOOL_MAX_BYTES = env.int("STAKAZO_LEDGER_SPOOL_MAX_BYTES", default=64 * 1024 * 1024)
# How long telemetry events are gathered before they are written; 0: each is written as it comes.
LEDGER_TELEMETRY_FLUSH_S = env.float("STAKAZO_LEDGER_TELEMETRY_FLUSH_S", default=1.0)
# How seals are signed: ledger.sealing.keys says how keys are written.
LEDGER_SEAL_KEY = env.str("STAKAZO_LEDGER_SEAL_KEY", default="")
LEDGER_SEAL_OLD_KEYS = env.list("STAKAZO_LEDGER_SEAL_OLD_KEYS", default=[])
LEDGER_SEAL_EVERY_S = env.int("STAKAZO_LEDGER_SEAL_EVERY_S", default=60)
LEDGER_SEAL_WITHIN_S = env.int("STAKAZO_LEDGER_SEAL_WITHIN_S", default=2)
LEDGER_ANCHOR_EVERY_S = env.int("STAKAZO_LEDGER_ANCHOR_EVERY_S", default=3600)
LEDGER_KEEP_DAYS = env.int("STAKAZO_LEDGER_KEEP_DAYS", default=90)
LEDGER_KEEP_DAYS_BY_TYPE: dict[str, int] = env.json("STAKAZO_LEDGER_KEEP_DAYS_BY_TYPE", default={})

# --- Telemetry ------------------------------------------------------------------------------------

TELEMETRY_KEEP_DAYS = env.int("STAKAZO_TELEMETRY_KEEP_DAYS", default=14)
# /metrics without a login for callers on this machine. Off: behind a local proxy everybody is one.
METRICS_OPEN_TO_LOCALHOST = env.bool("STAKAZO_METRICS_OPEN_TO_LOCALHOST", default=False)

# --- Media ---------------------------------------------------------------------------------------

MEDIA_LIMITS = {
    "max_bytes": env.int("STAKAZO_MAX_UPLOAD_BYTES", default=5 * 1024**3),
    "max_duration_ms": 6 * 3600 * 1000,
    "max_width_px": 8192,
    "max_height_px": 4320,
    "min_side_px": 64,
    "max_fps": 120,
    "max_streams": 64,
    "probe_timeout_s": 20,
    "probe_memory_bytes": 1024**3,
}
UPLOAD_PART_BYTES = 8 * 1024 * 1024  # S3 takes 5 MiB at least; our own door bodies of 16 at most
UPLOAD_LIFETIME_S = env.int("STAKAZO_UPLOAD_LIFETIME_S", default=24 * 3600)
# How many processes watch one video side by side.
ANALYSIS_WORKERS = env.int("STAKAZO_ANALYSIS_WORKERS", default=0) or os.cpu_count() or 1
CLIPS_PER_VIDEO = env.int("STAKAZO_CLIPS_PER_VIDEO", default=3)
CLIP_MIN_MS = env.int("STAKAZO_CLIP_MIN_MS", default=6_000)
CLIP_MAX_MS = env.int("STAKAZO_CLIP_MAX_MS", default=60_000)
VIDEO_ENCODER = env.str("STAKAZO_VIDEO_ENCODER", default="libx264")
FFMPEG_BINARY = env.str("STAKAZO_FFMPEG", default="")  # empty: the one imageio-ffmpeg brings
# Font files for letters that ours lacks (it has Latin, Greek and Cyrillic); the first that has them is used.
FONTS = env.list("STAKAZO_FONTS", default=[])
# Who writes captions: empty for nobody, `faster-whisper`, or the dotted path of a class of yours.
# A YuNet ONNX file that finds faces instead of the cascade of OpenCV; empty for none.
FACE_MODEL = env.str("STAKAZO_FACE_MODEL", default="")
TRANSCRIBER = env.str("STAKAZO_TRANSCRIBER", default="")
WHISPER_MODEL = env.str("STAKAZO_WHISPER_MODEL", default="")  # a folder; nothing is downloaded

# --- Publishing ----------------------------------------------------------------------------------

STAKAZO_LIVE = env.bool("STAKAZO_LIVE", default=False)
SIMULATOR_URL = env.str("STAKAZO_SIMULATOR_URL", default="http://127.0.0.1:8100")
SIMULATOR_DATABASE = Path(
    env.str("STAKAZO_SIMULATOR_DATABASE", default=str(VAR_DIR / "simulator.sqlite3"))
)
SIMULATOR_WEBHOOK_URL = env.str("STAKAZO_SIMULATOR_WEBHOOK_URL", default=BASE_URL)
SIMULATOR_DELAY_S = env.float("STAKAZO_SIMULATOR_DELAY_S", default=1.0)
# Our registrations at the live platforms. Simulated accounts use the simulator's own, which are
# fixed and harmless. webhook_secrets: what deliveries are signed with (several while rotating).
PLATFORM_APPS: dict[str, dict[str, Any]] = {
    platform: {
        "client_id": env.str(f"STAKAZO_{platform.upper()}_CLIENT_ID", default=""),
        "client_secret": env.str(f"STAKAZO_{platform.upper()}_CLIENT_SECRET", default=""),
        "webhook_secrets": env.list(f"STAKAZO_{platform.upper()}_WEBHOOK_SECRETS", default=[]),
        "verify_token": env.str(f"STAKAZO_{platform.upper()}_VERIFY_TOKEN", default=""),
    }
    # Facebook Login is the other way to Instagram accounts, by an app of its own.
    for platform in ("instagram", "facebook", "tiktok", "youtube")
}
# What the platforms promise, by the day we read it: hosts, versions, lifetimes, budgets. An operator's
# rows go before ours.
PLATFORM_FACTS, PLATFORM_FACT_FAULTS = overridden(
    FACTS, env.json("STAKAZO_PLATFORM_FACTS", default={})
)
PLATFORM_FACTS_MONTHS = env.int("STAKAZO_PLATFORM_FACTS_MONTHS", default=6)
# "platform:scope:name" → units, in how many seconds, and units on the simulator. STAKAZO_JOB_BUDGETS
# goes before these, by the patterns of publishing/budgets.py.
PLATFORM_BUDGETS: dict[str, tuple[int, int, int]] = {
    key.replace(":budget:", ":"): row.value
    for key, row in PLATFORM_FACTS.items()
    if ":budget:" in key
}
# Seconds between two posts of one account, at least; a backlog goes out one by one.
PUBLISH_GAP_S = env.float("STAKAZO_PUBLISH_GAP_S", default=60.0)
# Failures in a row, none of them the post's own, after which an account is held.
PUBLISH_HOLD_AFTER = env.int("STAKAZO_PUBLISH_HOLD_AFTER", default=5)
# What holds for every post here; publishing.preflight.DECLARATIONS names what can be declared.
DECLARATIONS = env.list("STAKAZO_DECLARATIONS", default=[])
# Webhooks out. Loopback is for tests and for trying things on one machine.
WEBHOOKS_OUT_PORTS = [int(port) for port in env.list("STAKAZO_WEBHOOKS_OUT_PORTS", default=["443"])]
WEBHOOKS_OUT_LOOPBACK = env.bool("STAKAZO_WEBHOOKS_OUT_LOOPBACK", default=False)
WEBHOOKS_OUT_TIMEOUT_S = env.float("STAKAZO_WEBHOOKS_OUT_TIMEOUT_S", default=15.0)
WEBHOOKS_OUT_DISABLE_AFTER_S = env.int("STAKAZO_WEBHOOKS_OUT_DISABLE_AFTER_S", default=432_000)
WEBHOOKS_OUT_KEEP_DAYS = env.int("STAKAZO_WEBHOOKS_OUT_KEEP_DAYS", default=30)
WEBHOOKS_REFUSED_KEPT = env.int("STAKAZO_WEBHOOKS_REFUSED_KEPT", default=500)
# Whose yes a post needs where its account does not say: off, one, second.
PUBLISHING_APPROVAL = env.str("STAKAZO_APPROVAL", default="off")
# Within so many days the same clip with nearly the same words is refused on one account. 0: never.
REPUBLISH_DAYS = env.int("STAKAZO_REPUBLISH_DAYS", default=30)
TOKEN_KEYS = env.list("STAKAZO_TOKEN_KEYS", default=[]) or [kept_secret(VAR_DIR / "token_key")]

# --- Money ---------------------------------------------------------------------------------------

SPENDING_LIMIT_MINOR = env.int("STAKAZO_SPENDING_LIMIT_MINOR", default=0)

# --- Words and times -----------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["stakazo.formats"]  # times to the second, as logs write them

# --- Logging -------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("STAKAZO_LOG_LEVEL", default="INFO")},
    "loggers": {
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},  # at DEBUG it writes headers, with upload addresses
        "googleapiclient": {"level": "ERROR"},
        "django-q": {"level": "WARNING"},
    },
}
