"""The API's contract: what it is, whether it was written down, and whom a change would break."""

from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.management.base import CommandParser
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

from stakazo.core.api.compatibility import Schema, breaking_changes
from stakazo.core.commands import StakazoCommand

CURRENT = Path("docs/openapi.yaml")
RELEASED = Path("docs/openapi-released.yaml")
_WORDS = ("description", "summary", "title", "example", "examples", "tags", "deprecated")


class Command(StakazoCommand):
    help = (
        f"Check that {CURRENT} is the schema that the code has, and that nothing in it breaks programs "
        f"written for the last release ({RELEASED}), unless the first number of the version was raised. "
        "--write writes the one, --release both."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help=f"Write {CURRENT}.")
        parser.add_argument("--release", action="store_true", help=f"Write {RELEASED} too.")
        parser.add_argument(
            "--folder",
            type=Path,
            default=settings.BASE_DIR,
            help="Where docs/ is; here, if not given.",
        )

    def work(self, **options: Any) -> dict[str, Any]:
        """Compare, or write and compare."""
        current, released = options["folder"] / CURRENT, options["folder"] / RELEASED
        text, schema = contract()
        if options["write"] or options["release"]:
            current.write_text(text)
        if options["release"]:
            released.write_text(_dumped(_bare(schema)))
        before = yaml.load(released.read_text(), Loader=yaml.CSafeLoader)
        breaks = breaking_changes(before, schema)
        old, new = before["info"]["version"], schema["info"]["version"]
        drifted = not current.exists() or current.read_text() != text
        return {
            "version": new,
            "released": old,
            "drifted": drifted,
            "breaks": breaks,
            "failed": drifted or bool(breaks and _first(new) <= _first(old)),
        }

    def words(self, answer: dict[str, Any]) -> str:
        """What is wrong, and what to do about it."""
        lines = [f"Breaks programs of {answer['released']}: {words}" for words in answer["breaks"]]
        if answer["drifted"]:
            lines.append(f"{CURRENT} is not what the code says. Run: manage.py contract --write")
        if answer["breaks"] and answer["failed"]:
            lines.append("Keep what was promised, or raise the first number of the version.")
        return "\n".join(lines) or f"The contract {answer['version']} holds."


def contract() -> tuple[str, Schema]:
    """The schema that everybody is served at /schema: as the text of the file, and as data."""
    generated = SchemaGenerator().get_schema(request=None, public=True)
    text = OpenApiYamlRenderer().render(generated, renderer_context={}).decode()
    schema: Schema = yaml.load(text, Loader=yaml.CSafeLoader)
    return text, schema


def _bare(node: Any, *, named: bool = False) -> Any:
    """Without what only people read. named: the keys are names of ours, not OpenAPI's words."""
    if isinstance(node, list):
        return [_bare(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _bare(value, named=key == "properties" and not named)
        for key, value in node.items()
        if named or key not in _WORDS
    }


def _dumped(schema: Schema) -> str:
    class Plain(yaml.CSafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    return str(yaml.dump(schema, Dumper=Plain, sort_keys=False, allow_unicode=True))


def _first(version: str) -> int:
    return int(version.partition(".")[0])
