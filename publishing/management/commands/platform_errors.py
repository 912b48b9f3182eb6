"""manage.py platform_errors"""

from typing import Any

from django.core.management.base import CommandParser

from publishing.errors import KIND_LABELS, REMEDIES
from publishing.platforms.error_table import ANYWHERE, AS_OF, COMMIT_ONLY, FAILURES, LABELS, TABLE
from stakazo.core.commands import StakazoCommand

_PAGE = """\
# Errors of the platforms

What each error of a platform means for us, as of {as_of}. This page is printed by `manage.py platform_errors --markdown`
from `publishing/platforms/error_table/`; `tests/publishing/test_error_table.py` keeps it true. How kinds are treated stands
in [Publishing](publishing.md#when-something-goes-wrong).

| kind | label | remedy where the row has no other |
|---|---|---|
{kinds}

The first row that fits wins. A row holds *before* the commit, or *anywhere*, where the platform refuses before it acts, or
in the *commit* only. What no row names is ambiguous in the commit; before it, 5xx passes by itself and the rest is a bug.
`*` is any code, – none.

{tables}
"""
_TABLE = """\
## {label}

| HTTP | code | subcode | phase | kind | means | remedy |
|---|---|---|---|---|---|---|
{rows}

Verdicts, after {label} has looked at the video:

| word | kind | means | remedy |
|---|---|---|---|
{verdicts}
"""


class Command(StakazoCommand):
    """Prints the table of errors."""

    help = "Prints what the platforms' errors mean, and what people do about them. Changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """For docs/platform-errors.md."""
        parser.add_argument("--markdown", action="store_true", help="Print the page of the docs.")

    def work(self, **options: Any) -> dict[str, Any]:
        """One read."""
        self.as_page = bool(options["markdown"])
        errors = [
            {
                "platform": row.platform,
                "http": row.http,
                "code": row.code,
                "subcode": row.subcode,
                "phases": sorted(row.phases),
                "kind": row.kind,
                "sentence": row.sentence,
                "remedy": row.cure,
            }
            for row in TABLE
        ]
        verdicts = [
            {
                "platform": platform,
                "word": word,
                "kind": failure.kind,
                "sentence": failure.sentence,
                "remedy": failure.cure,
            }
            for (platform, word), failure in FAILURES.items()
        ]
        return {"as_of": AS_OF.isoformat(), "errors": errors, "verdicts": verdicts}

    def words(self, answer: dict[str, Any]) -> str:
        """A line per row, or the page."""
        if self.as_page:
            return _page(answer).rstrip("\n")
        return "\n".join(
            f"{row['platform']:<10} {row['code'] or '-'} {row['subcode']} [{row['kind']}] "
            f"{row['sentence']} {row['remedy']}"
            for row in answer["errors"]
        )


def _page(answer: dict[str, Any]) -> str:
    kinds = [f"| `{kind}` | {KIND_LABELS[kind]} | {text} |" for kind, text in REMEDIES.items()]
    tables = [
        _TABLE.format(
            label=label,
            rows="\n".join(_row(row) for row in answer["errors"] if row["platform"] == platform),
            verdicts="\n".join(
                f"| `{row['word']}` | `{row['kind']}` | {row['sentence']} | {row['remedy']} |"
                for row in answer["verdicts"]
                if row["platform"] == platform
            ),
        )
        for platform, label in LABELS.items()
    ]
    return _PAGE.format(as_of=answer["as_of"], kinds="\n".join(kinds), tables="\n".join(tables))


def _row(row: dict[str, Any]) -> str:
    phases = frozenset(row["phases"])
    phase = "anywhere" if phases == ANYWHERE else "commit" if phases == COMMIT_ONLY else "before"
    subcode = f"`{row['subcode']}`" if row["subcode"] else ""
    return (
        f"| {row['http'] or ''} | {'`' + row['code'] + '`' if row['code'] else '–'} | {subcode} | {phase} "
        f"| `{row['kind']}` | {row['sentence']} | {row['remedy']} |"
    )
