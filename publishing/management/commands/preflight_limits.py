"""The limits of every destination."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser

from publishing.preflight import SCHEMAS, Schema, Severity
from stakazo.core.commands import StakazoCommand

_PAGE = """\
# Preflight

What a platform would refuse is found before it is asked: when a publication is wanted, gets a time or another one, is
retried, and once more just before the first call of its job. No call is made for a post that preflight holds up.

- The rules are data in `publishing/preflight/destinations/`, one schema per destination, with a version, a day and its
  sources. Whoever changes a rule gives the schema a new version; `tests/publishing/preflight_versions.json` holds the digest
  of each. A publication keeps the version that checked it last, when, and what was found.
- A finding names `rule`, `field`, `limit`, `actual`, `cure`, `severity` and says all of it in `message`. The API answers 422
  `publishing.not-publishable` with them in `details.problems`; the admin shows each at its field. A `warning` does not hold
  up a post.
- What a file is, rendering writes down (`facts.file` of the variant). An older variant is looked at once, by the caged probe.
- YouTube makes a Short of what is not wider than high and not longer than three minutes; the option `destination` says
  `youtube_video` or `youtube_short` where somebody wants to be sure.
- Duties that no platform can check are errors for live accounts and warnings on the simulator: the agreement to TikTok's Music
  Usage Confirmation, and whether a YouTube video is made for children. Each post says so in its options, or somebody
  accountable declares it once in `STAKAZO_DECLARATIONS`.
- Not looked at: whether GOPs are closed (our own renders are), the sound's bit rate, watermarks, music and other content.

`make bench ONLY=preflight` sends thousands of made-up posts to the simulator, whose rules are written apart
(`publishing/simulator/rules.py`), and counts what preflight had named; figures in [benchmarks](benchmarks.md#preflight).

This page is printed by `manage.py preflight_limits --markdown`; `tests/flows/test_docs.py` keeps it true.
{schemas}"""
_SCHEMA = """
## {name}

Version {version}, by the documents of {as_of}: {sources}.

| rule | field | takes | else |
|---|---|---|---|
{rows}
"""


class Command(StakazoCommand):
    """Prints them."""

    help = "Prints what each destination takes, by which version of its schema. Changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """For docs/preflight.md."""
        parser.add_argument("--markdown", action="store_true", help="Print docs/preflight.md.")

    def work(self, **options: Any) -> dict[str, Any]:
        """One read."""
        self.as_page = bool(options["markdown"])
        return {"schemas": [asdict(schema) | {"ref": schema.ref} for schema in SCHEMAS.values()]}

    def words(self, answer: dict[str, Any]) -> str:
        """A block per destination, or the page."""
        if self.as_page:
            return _PAGE.format(schemas="".join(_section(each) for each in SCHEMAS.values()))
        return "\n".join(
            f"{schema.ref}\n"
            + "\n".join(
                f"  {rule.field:<28} {rule.takes} {rule.limit_in_words}" for rule in schema.rules
            )
            for schema in SCHEMAS.values()
        )


def _section(schema: Schema) -> str:
    links = ", ".join(f"[{number}]({url})" for number, url in enumerate(schema.sources, 1))
    rows = []
    for rule in schema.rules:
        outcome = "a warning" if rule.severity is Severity.WARNING else "refused"
        if rule.warns_on_simulator:
            outcome = "refused; on the simulator a warning"
        limit = rule.limit_in_words.replace("<", "&lt;").replace(">", "&gt;")
        rows.append(f"| {rule.name} | `{rule.field}` | {rule.takes} {limit} | {outcome} |")
    return _SCHEMA.format(
        name=schema.name,
        version=schema.version,
        as_of=schema.as_of.isoformat(),
        sources=links,
        rows="\n".join(rows),
    )
