"""The whole road, end to end, on this machine."""

import contextlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ledger.queries import get_recent_events
from media_assets.sample import make_sample
from publishing.services.accounts import connect_simulator_accounts
from stakazo.api_client import Api
from stakazo.core.commands import PORT
from stakazo.core.errors import InvalidInput, StakazoError
from stakazo.demo_summary import summarise
from stakazo.identity.tokens import SignedAccessToken
from stakazo.pipeline import drive
from stakazo.processes import whole_group
from stakazo.setup import OPERATOR, ensure_operator, migrate

# What is rendered, posted and looked at here is short, so that the demo is.
SHORT_CLIPS = {"STAKAZO_CLIP_MIN_MS": "4000", "STAKAZO_CLIP_MAX_MS": "10000"}
STAGES = {
    "prepare": 4,
    "start": 6,
    "upload": 3,
    "find clips": 22,
    "render": 50,
    "publish": 9,
    "hear back": 2,
    "reconcile": 1,
    "campaign": 2,
    "ledger": 1,
}


class Command(BaseCommand):
    help = (
        "Take a video down the whole road: clips, variants, posts on the simulator, campaign. Writes "
        "to the database and the var folder like any upload; the processes it starts are stopped at "
        "the end. Twice with the same video makes nothing twice. Posts only on the simulator."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--video", help="Your own video; without it one is made.")
        parser.add_argument("--summary", help="Also write a machine-readable summary here.")
        parser.add_argument("--port", type=PORT, default=8000, help="Or the next free one.")
        parser.add_argument("--simulator-port", type=PORT, default=8100, help="Or the next free.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Start the processes, drive the road, stop the processes, show what came of it."""
        console = Console(highlight=False)
        begun = time.monotonic()
        try:
            with Stages(console) as stages:
                road, password = self._run(stages, options)
        except (StakazoError, KeyboardInterrupt) as error:
            words = error.message if isinstance(error, StakazoError) else "Stopped."
            console.print(f"[red]{words}[/red]")
            console.print(f"The logs are in {settings.VAR_DIR / 'log'}.")
            sys.exit(2 if isinstance(error, InvalidInput) else 1)
        summary = summarise(road)
        if options["summary"]:
            Path(options["summary"]).write_text(json.dumps(summary, indent=2, default=str) + "\n")
        show(console, summary, road["refused"])
        farewell(console, seconds=time.monotonic() - begun, password=password)

    def _run(self, stages: "Stages", options: dict[str, Any]) -> tuple[dict[str, Any], str]:
        if settings.STAKAZO_LIVE:
            raise InvalidInput("The demo runs on the simulator only; STAKAZO_LIVE is set.")
        stages.tell("prepare", 0)
        video = Path(options["video"] or settings.VAR_DIR / "demo" / "sample.mp4").resolve()
        if not options["video"] and not video.exists():
            make_sample(video)
        if not video.is_file():
            raise InvalidInput(f"There is no file {video}.")
        migrate()
        operator, password = ensure_operator()
        stages.tell("start", 0)
        group, at = whole_group(web_port=options["port"], simulator_port=options["simulator_port"])

        for name, value in SHORT_CLIPS.items():  # the user's own lengths stand
            if name not in os.environ:
                group.env[name] = value

        def tell(stage: str, fraction: float) -> None:
            group.watch(stages.say)
            stages.tell(stage, fraction)

        with group.running():
            settings.BASE_URL, settings.SIMULATOR_URL = at.web, at.simulator
            connect_simulator_accounts()
            api = Api(at.web, access_token=str(SignedAccessToken.for_user(operator)))
            with contextlib.closing(api):
                return drive(api, video, tell=tell), password


class Stages:
    """One progress bar over the whole road; plain lines where there is no terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._names = list(STAGES)
        self._stage = ""
        self._progress = Progress(
            TextColumn("[bold]{task.description:<12}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task("prepare", total=sum(STAGES.values()))
        self._begun = time.monotonic()

    def __enter__(self) -> "Stages":
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        if not any(error):
            self._progress.update(self._task, completed=sum(STAGES.values()), description="done")
        self._progress.stop()

    def say(self, words: str) -> None:
        """Something that happened on the way."""
        self._console.print(words)

    def tell(self, stage: str, fraction: float) -> None:
        """Where we are: the stage, and how much of it is done (0–1)."""
        before = sum(STAGES[name] for name in self._names[: self._names.index(stage)])
        done = before + STAGES[stage] * fraction
        self._progress.update(self._task, completed=done, description=stage)
        if stage != self._stage:
            self._stage = stage
            if not self._console.is_terminal:
                elapsed = time.monotonic() - self._begun
                self._console.print(f"[{elapsed:5.1f} s] {stage}")


def show(console: Console, summary: dict[str, Any], refused: list[dict[str, str]]) -> None:
    """What came of it, for people."""
    console.print()
    clips = Table(title="Clips", title_justify="left")
    for name in ("#", "span", "score", "why"):
        clips.add_column(name, justify="right" if name in ("#", "score") else "left")
    for number, clip in enumerate(summary["clips"], 1):
        span = f"{clip['start_ms'] / 1000:.2f}–{clip['end_ms'] / 1000:.2f} s"
        clips.add_row(str(number), span, f"{clip['visual_score']:.2f}", "\n".join(clip["reasons"]))
    console.print(clips)
    console.print("[bold]Variants[/bold] (open them: they play)")
    for variant in summary["variants"]:
        size = f"{variant['width']}x{variant['height']}"
        console.print(f"  {size:>9}  {variant['path']}", soft_wrap=True)
    console.print("[bold]Posts[/bold] (on the simulator; `make serve` shows them)")
    for post in summary["publications"]:
        console.print(
            f"  {post['platform']:<10} {post['status']:<10} {post['url']}", soft_wrap=True
        )
    for no in refused:
        console.print(f"  {no['platform']:<10} not asked  {no['reason']}", soft_wrap=True)
    campaign = summary["campaign"]
    console.print(f"[bold]Campaign[/bold] {campaign['name']}: {campaign['status']}")
    for choice in campaign["choices"]:
        console.print(f"  {choice['platform']:<10} {choice['score']:.2f}  {choice['reasons'][0]}")
    ledger = summary["ledger"]
    console.print(f"[bold]Ledger[/bold] {ledger['events']} events; the newest:")
    for event in get_recent_events(limit=8):
        at = f"{event.timestamp:%Y-%m-%d %H:%M:%S}"
        console.print(f"  {at}  {event.event_type}  {event.entity_type}")


def farewell(console: Console, *, seconds: float, password: str) -> None:
    """How long it took, who may log in, and where to go next."""
    console.print()
    if password:
        console.print(
            f"Log in as [bold]{OPERATOR}[/bold] with [bold]{password}[/bold] (shown once)."
        )
    console.print(
        f"Done in {seconds:.0f} s. Next: [bold]make serve[/bold] opens admin, telemetry, API and posts."
    )
