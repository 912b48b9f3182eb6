"""`make clients`: both clients, generated anew from docs/openapi.yaml; the same schema gives the same bytes.

The Python one by openapi-python-client, the TypeScript one by openapi-typescript for openapi-fetch (where
Node is). Typed clients get whole rows: `fields` of heavy lists is for programs that read JSON as it comes.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
SCHEMA = HERE.parent / "docs" / "openapi.yaml"
PACKAGE = "stakazo_client"
OURS = ("README.md", "config.yaml")  # of clients/python: written by hand


def main(words: list[str]) -> int:
    """Generate what is asked for, below --into."""
    parser = argparse.ArgumentParser(prog="clients/generate.py")
    parser.add_argument("--into", type=Path, default=HERE, help="Instead of clients/.")
    parser.add_argument("--only", choices=["python", "typescript"])
    options = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        schema = Path(folder) / "openapi.yaml"
        schema.write_text(yaml.safe_dump(for_clients(yaml.safe_load(SCHEMA.read_text())), sort_keys=False))
        if options.only != "typescript":
            python(schema, options.into / "python")
        if options.only != "python":
            typescript(schema, options.into / "typescript")
    return 0


def for_clients(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without the sparse pages of heavy lists, and with one kind of bare bytes, not several."""
    for methods in schema["paths"].values():
        for operation in methods.values():
            operation.get("requestBody", {}).get("content", {}).pop("video/mp4", None)
            if not any(operation.get("security", [])):  # "nothing is needed", in the form that generators read
                operation["security"] = []
            parameters = operation.get("parameters", [])
            if not any(each["name"] == "fields" for each in parameters):
                continue
            operation["parameters"] = [each for each in parameters if each["name"] != "fields"]
            content = operation["responses"]["200"]["content"]["application/json"]
            content["schema"] = content["schema"]["anyOf"][0]
    named = schema["components"]["schemas"]
    schema["components"]["schemas"] = {
        name: shape for name, shape in named.items() if not name.startswith("Sparse")
    }
    return schema


def python(schema: Path, into: Path) -> None:
    """clients/python: the package, with what pip needs to install it."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "made"
        here = Path(sys.executable).parent
        subprocess.run(
            [
                here / "openapi-python-client", "generate", "--path", schema, "--meta", "uv",
                "--config", HERE / "python" / "config.yaml", "--output-path", made,
                "--fail-on-warning",
            ],
            check=True,
            env=os.environ | {"PATH": f"{here}{os.pathsep}{os.environ['PATH']}"},
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        into.mkdir(parents=True, exist_ok=True)
        for name in (PACKAGE, "pyproject.toml"):
            there = into / name
            if there.is_dir():
                shutil.rmtree(there)
            shutil.move(made / name, there)


def typescript(schema: Path, into: Path) -> None:
    """clients/typescript: the types; openapi-fetch does the rest."""
    tool = HERE / "typescript" / "node_modules" / ".bin" / "openapi-typescript"
    if not tool.exists():
        print("TypeScript skipped: run `npm ci` in clients/typescript first (needs Node).")
        return
    made = into / "src" / "schema.d.ts"
    made.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        # What has a default need not be sent.
        [tool, schema, "--default-non-nullable", "false", "--output", made],
        check=True,
        stdout=subprocess.DEVNULL,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
