"""The simulator's truth: accounts, tokens, drafts, posts and webhooks, in a SQLite file of its own.

It knows nothing of Stakazo's database, so that tests can compare the two. Time is a virtual clock: the
real one plus what `advance` added.
"""

import contextlib
import json
import secrets
import shutil
import sqlite3
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# A row of the truth; Any: columns have types of their own.
Row = dict[str, Any]

DAY_S = 86_400

# What `POST /_control/settings` can change. Daily caps and rates are far above the real ones (50, 15
# and 100 posts a day; 6 starts a minute on TikTok), so that an afternoon of demos does not run into
# them; tests set the real ones.
SETTINGS: dict[str, float] = {
    "instagram.flat_token": 0,
    "instagram.processing_s": 1,
    "instagram.quota_total": 1_000,
    "instagram.comment_after_s": 2,
    "tiktok.processing_s": 1,
    "tiktok.moderation_s": 1,
    "tiktok.daily_cap": 1_000,
    "tiktok.init_per_minute": 60,
    "tiktok.access_token_s": 7_200,
    "tiktok.rotation_grace_s": 0,
    "tiktok.max_duration_s": 600,
    "youtube.processing_s": 1,
    "youtube.uploads_per_day": 1_000,
    "youtube.long_uploads": 0,
}

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS accounts (
    id TEXT PRIMARY KEY, platform TEXT NOT NULL, handle TEXT NOT NULL, name TEXT NOT NULL,
    is_private INTEGER NOT NULL DEFAULT 0, created_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS pages (
    id TEXT PRIMARY KEY, user_id TEXT NOT NULL, name TEXT NOT NULL, instagram_id TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS codes (
    id TEXT PRIMARY KEY, platform TEXT NOT NULL, account_id TEXT NOT NULL,
    redirect_uri TEXT NOT NULL, challenge TEXT NOT NULL, scopes TEXT NOT NULL,
    expires_at REAL NOT NULL, used_at REAL
);
CREATE TABLE IF NOT EXISTS tokens (
    id TEXT PRIMARY KEY, platform TEXT NOT NULL, account_id TEXT NOT NULL,
    kind TEXT NOT NULL, scopes TEXT NOT NULL, issued_at REAL NOT NULL,
    expires_at REAL NOT NULL, revoked_at REAL
);
CREATE TABLE IF NOT EXISTS drafts (
    id TEXT PRIMARY KEY, platform TEXT NOT NULL, account_id TEXT NOT NULL,
    upload_key TEXT NOT NULL DEFAULT '', created_at REAL NOT NULL, expires_at REAL NOT NULL,
    title TEXT NOT NULL DEFAULT '', caption TEXT NOT NULL DEFAULT '',
    privacy TEXT NOT NULL DEFAULT '', size_bytes INTEGER NOT NULL DEFAULT 0,
    received_bytes INTEGER NOT NULL DEFAULT 0, chunk_bytes INTEGER NOT NULL DEFAULT 0,
    chunk_count INTEGER NOT NULL DEFAULT 0, path TEXT NOT NULL DEFAULT '',
    received_at REAL, ready_at REAL, facts TEXT NOT NULL DEFAULT '{}',
    fail_reason TEXT NOT NULL DEFAULT '', post_id TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS drafts_upload_key ON drafts (upload_key);
CREATE TABLE IF NOT EXISTS posts (
    id TEXT PRIMARY KEY, platform TEXT NOT NULL, account_id TEXT NOT NULL,
    draft_id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, caption TEXT NOT NULL,
    privacy TEXT NOT NULL, path TEXT NOT NULL, sha256 TEXT NOT NULL, size_bytes INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL, width_px INTEGER NOT NULL, height_px INTEGER NOT NULL,
    committed_at REAL NOT NULL, ready_at REAL NOT NULL, public_at REAL,
    fail_reason TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS calls (
    platform TEXT NOT NULL, account_id TEXT NOT NULL, endpoint TEXT NOT NULL, at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS calls_at ON calls (platform, account_id, endpoint, at);
CREATE TABLE IF NOT EXISTS faults (
    id INTEGER PRIMARY KEY, point TEXT NOT NULL, fault TEXT NOT NULL,
    skip INTEGER NOT NULL, remaining INTEGER NOT NULL, params TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS subscriptions (
    topic TEXT NOT NULL, callback TEXT NOT NULL, secret TEXT NOT NULL, lease_until REAL NOT NULL,
    PRIMARY KEY (topic, callback)
);
CREATE TABLE IF NOT EXISTS webhooks (
    id INTEGER PRIMARY KEY, platform TEXT NOT NULL, kind TEXT NOT NULL, target TEXT NOT NULL,
    headers TEXT NOT NULL, body TEXT NOT NULL, secret TEXT NOT NULL, due_at REAL NOT NULL,
    give_up_at REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, delivered_at REAL,
    outcome TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS webhooks_due ON webhooks (delivered_at, due_at);
CREATE TABLE IF NOT EXISTS comments (
    id TEXT PRIMARY KEY, platform TEXT NOT NULL, account_id TEXT NOT NULL, post_id TEXT NOT NULL,
    text TEXT NOT NULL, at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS comments_of_post ON comments (post_id, at);
CREATE TABLE IF NOT EXISTS thumbnails (
    post_id TEXT PRIMARY KEY, sha256 TEXT NOT NULL, size_bytes INTEGER NOT NULL,
    times_set INTEGER NOT NULL, at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS covers (
    draft_id TEXT PRIMARY KEY, url TEXT NOT NULL DEFAULT '', at_ms INTEGER
);
CREATE TABLE IF NOT EXISTS removed (post_id TEXT PRIMARY KEY, at REAL NOT NULL);
"""
_TABLES = (
    "meta",
    "accounts",
    "pages",
    "codes",
    "tokens",
    "drafts",
    "posts",
    "calls",
    "faults",
    "subscriptions",
    "webhooks",
    "comments",
    "thumbnails",
    "covers",
    "removed",
)

SEEDED = {
    "instagram": ("17841400000000001", "stakazo.demo", "Stakazo Demo"),
    "tiktok": ("act.simulated0000000000000000000001", "stakazo.demo", "Stakazo Demo"),
    "youtube": ("UCsimulated0000000000001", "@stakazo-demo", "Stakazo Demo"),
}

# Who manages the page of the seeded Instagram account.
SEEDED_PERSON = ("10150000000000001", "stakazo.person", "Stakazo Person")


class World:
    """One simulated world. All use of it holds `lock`; one request is one transaction.

    delay_s: how long processing takes on every platform unless a setting says otherwise.
    """

    def __init__(self, database: Path, *, webhook_url: str = "", delay_s: float = 1.0) -> None:
        database.parent.mkdir(parents=True, exist_ok=True)
        self.files = database.with_name(database.name + ".files")
        self.files.mkdir(exist_ok=True)
        self.webhook_url, self.delay_s = webhook_url.rstrip("/"), delay_s
        self.lock = threading.RLock()
        self._db = sqlite3.connect(database, check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_SCHEMA)
        self._seed()

    def close(self) -> None:
        """Let the database go."""
        with self.lock:
            self._db.close()

    # --- Rows ------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing of it."""
        with self.lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def all(self, sql: str, *values: Any) -> list[Row]:
        """The rows of a query. Any: what SQLite stores."""
        with self.lock:
            return [dict(row) for row in self._db.execute(sql, values).fetchall()]

    def one(self, sql: str, *values: Any) -> Row | None:
        """The first row of a query."""
        with self.lock:
            row = self._db.execute(sql, values).fetchone()
        return dict(row) if row else None

    def run(self, sql: str, *values: Any) -> int:
        """How many rows a statement changed."""
        with self.lock:
            return self._db.execute(sql, values).rowcount

    def insert(self, table: str, **values: Any) -> None:
        """One new row. Table and column names are ours, never a caller's."""
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        self.run(f"INSERT INTO {table} ({names}) VALUES ({marks})", *values.values())  # noqa: S608

    def update(self, table: str, key: str, **values: Any) -> None:
        """Change the row with this id."""
        sets = ", ".join(f"{name} = ?" for name in values)
        self.run(f"UPDATE {table} SET {sets} WHERE id = ?", *values.values(), key)  # noqa: S608

    # --- Time and settings -----------------------------------------------------------------------

    def now(self) -> float:
        """The virtual time, in unix seconds."""
        return time.time() + float(self._meta("clock_offset_s") or 0)

    def advance(self, seconds: float) -> float:
        """Move the clock forward; the new time."""
        self._set_meta("clock_offset_s", str(float(self._meta("clock_offset_s") or 0) + seconds))
        return self.now()

    def setting(self, name: str) -> float:
        """One of SETTINGS."""
        kept = self._meta(name)
        if kept is not None:
            return float(kept)
        is_delay = name.endswith(("processing_s", "moderation_s"))
        return self.delay_s if is_delay else SETTINGS[name]

    def change_settings(self, changes: dict[str, float]) -> dict[str, float]:
        """Set some; all of them as they are now. Raises KeyError for an unknown one."""
        for name, value in changes.items():
            SETTINGS[name]
            self._set_meta(name, str(float(value)))
        return {name: self.setting(name) for name in SETTINGS}

    def set_webhook_url(self, url: str) -> None:
        """Where webhooks go from now on; "" keeps them here."""
        self._set_meta("webhook_url", url.rstrip("/"))

    def webhook_target(self, platform: str) -> str:
        """Where this platform's webhooks go; "" when nowhere."""
        kept = self._meta("webhook_url")
        base = self.webhook_url if kept is None else kept
        return f"{base}/publishing/webhooks/{platform}" if base else ""

    def _meta(self, name: str) -> str | None:
        row = self.one("SELECT value FROM meta WHERE name = ?", name)
        return row["value"] if row else None

    def _set_meta(self, name: str, value: str) -> None:
        self.run(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            name,
            value,
        )

    # --- Accounts and tokens ---------------------------------------------------------------------

    def reset(self) -> None:
        """A new world, with the seeded accounts only."""
        with self.transaction():
            for table in _TABLES:
                self.run(f"DELETE FROM {table}")  # noqa: S608  our own names
        for path in self.files.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        self._seed()

    def _seed(self) -> None:
        for platform, (account_id, handle, name) in SEEDED.items():
            if not self.one("SELECT id FROM accounts WHERE id = ?", account_id):
                self.add_account(platform, account_id=account_id, handle=handle, name=name)
        person_id, handle, name = SEEDED_PERSON
        if not self.account(person_id):
            self.add_account("facebook", account_id=person_id, handle=handle, name=name)
            account_id, handle, name = SEEDED["instagram"]
            self.add_page(person_id, {"id": account_id, "handle": handle, "name": name})

    def add_account(
        self,
        platform: str,
        *,
        account_id: str = "",
        handle: str,
        name: str = "",
        private: bool = False,
    ) -> Row:
        """Somebody signs up."""
        account_id = (
            account_id
            or {
                "instagram": f"178414{digits(11)}",
                "tiktok": f"act.simulated{secrets.token_hex(10)}",
                "youtube": f"UC{secrets.token_urlsafe(18)[:22]}",
                "facebook": f"1015{digits(13)}",
            }[platform]
        )
        row = {
            "id": account_id,
            "platform": platform,
            "handle": handle,
            "name": name or handle,
            "is_private": int(private),
            "created_at": self.now(),
        }
        self.insert("accounts", **row)
        return row

    def account(self, account_id: str) -> Row | None:
        """By id."""
        return self.one("SELECT * FROM accounts WHERE id = ?", account_id)

    def named(self, platform: str, handle: str) -> Row:
        """The account with this handle, made where there is none."""
        row = self.one("SELECT * FROM accounts WHERE platform = ? AND handle = ?", platform, handle)
        return row or self.add_account(platform, handle=handle)

    def add_page(self, person_id: str, account: Row) -> None:
        """A person's page, with this Instagram account."""
        self.insert(
            "pages",
            id=f"1016{digits(13)}",
            user_id=person_id,
            name=f"{account['name']} Page",
            instagram_id=account["id"],
        )

    def pages_of(self, person_id: str) -> list[Row]:
        """A person's pages, oldest first."""
        return self.all("SELECT * FROM pages WHERE user_id = ? ORDER BY rowid", person_id)

    def managers_of(self, instagram_id: str) -> list[str]:
        """The people who manage the page of an Instagram account."""
        rows = self.all(
            "SELECT user_id FROM pages WHERE instagram_id = ? ORDER BY rowid", instagram_id
        )
        return [row["user_id"] for row in rows]

    def first_account(self, platform: str, *, hint: str = "") -> Row:
        """The account that consents: the one hinted at by id or handle, else the oldest."""
        row = self.one(
            "SELECT * FROM accounts WHERE platform = ? ORDER BY id = ? OR handle = ? DESC, "
            "created_at, rowid LIMIT 1",
            platform,
            hint,
            hint,
        )
        if row is None:
            raise LookupError(platform)
        return row

    def issue_token(
        self, account: Row, *, kind: str, scopes: str, life_s: float, prefix: str
    ) -> str:
        """A new token of this kind: access, refresh or short."""
        token = prefix + secrets.token_urlsafe(32)
        self.insert(
            "tokens",
            id=token,
            platform=account["platform"],
            account_id=account["id"],
            kind=kind,
            scopes=scopes,
            issued_at=self.now(),
            expires_at=self.now() + life_s,
        )
        return token

    def token(self, token: str, *, platform: str, kind: str) -> Row | None:
        """The token's row, revoked and expired ones too."""
        return self.one(
            "SELECT * FROM tokens WHERE id = ? AND platform = ? AND kind = ?", token, platform, kind
        )

    def is_alive(self, token: Row) -> bool:
        """Neither revoked nor expired."""
        revoked_at = token["revoked_at"]
        return token["expires_at"] > self.now() and (revoked_at is None or revoked_at > self.now())

    def revoke(self, token: str, *, in_s: float = 0) -> None:
        """It works no more, or for so many seconds only."""
        self.update("tokens", token, revoked_at=self.now() + in_s)

    # --- Counting calls --------------------------------------------------------------------------

    def count_call(self, platform: str, account_id: str, endpoint: str) -> None:
        """Remember one call, for limits and usage headers."""
        self.insert(
            "calls", platform=platform, account_id=account_id, endpoint=endpoint, at=self.now()
        )

    def calls(self, platform: str, account_id: str, endpoint: str, *, last_s: float) -> int:
        """How many calls within the last seconds; endpoint "" means all."""
        row = self.one(
            "SELECT COUNT(*) AS n FROM calls WHERE platform = ? AND account_id = ? "
            "AND (? = '' OR endpoint = ?) AND at > ?",
            platform,
            account_id,
            endpoint,
            endpoint,
            self.now() - last_s,
        )
        return row["n"] if row else 0

    def posts_of(self, account_id: str, *, last_s: float = 0) -> list[Row]:
        """The account's posts that exist by now, newest first."""
        return self.all(
            "SELECT * FROM posts WHERE account_id = ? AND committed_at <= ? AND committed_at > ? "
            "AND id NOT IN (SELECT post_id FROM removed) "
            "ORDER BY committed_at DESC, rowid DESC",
            account_id,
            self.now(),
            self.now() - last_s if last_s else 0,
        )

    def post(self, post_id: str) -> Row | None:
        """A post that exists by now, and was not removed."""
        return self.one(
            "SELECT * FROM posts WHERE id = ? AND committed_at <= ? "
            "AND id NOT IN (SELECT post_id FROM removed)",
            post_id,
            self.now(),
        )

    def was_posted(self, post_id: str) -> Row | None:
        """A post that was made by now, whether or not somebody removed it."""
        return self.one(
            "SELECT * FROM posts WHERE id = ? AND committed_at <= ?", post_id, self.now()
        )

    def remove_post(self, post_id: str) -> bool:
        """Its owner, or the platform, takes it away; whether it was there."""
        if self.post(post_id) is None:
            return False
        self.insert("removed", post_id=post_id, at=self.now())
        return True

    def draft(self, draft_id: str) -> Row | None:
        """A container, publish task or upload session, by id or by the key in its upload address."""
        return self.one(
            "SELECT * FROM drafts WHERE id = ? OR (upload_key = ? AND upload_key != '')",
            draft_id,
            draft_id,
        )

    def facts_of(self, draft: Row) -> Row:
        """What was found in the received file."""
        facts: Row = json.loads(draft["facts"])
        return facts


def digits(count: int) -> str:
    """Random digits."""
    return "".join(secrets.choice("0123456789") for _ in range(count))


def life_of(post: Row, *, now: float) -> dict[str, int]:
    """How a post does: views, likes, comments, shares, saves. The same post at the same age gives the
    same numbers; they grow fast on the first day and level off."""
    seed = zlib.crc32(post["id"].encode())  # the same in every process
    age_s = max(0.0, now - (post["public_at"] or post["ready_at"]))
    reach = 500 * 400 ** ((seed % 1000) / 1000)  # 500 … 200 000 views in the end
    views = int(reach * (1 - 2 ** (-age_s / (1.5 * DAY_S))))
    like_rate = 0.02 + (seed >> 10 & 0xFF) / 255 * 0.08
    return {
        "views": views,
        "likes": int(views * like_rate),
        "comments": int(views * like_rate * 0.06),
        "shares": int(views * like_rate * 0.12),
        "saves": int(views * like_rate * 0.09),
    }
