"""Which changes of an OpenAPI schema break programs that were written against the one before.

A program sends what the old schema allowed and reads what it promised: so what requests may hold can only
grow, and what answers hold can only be promised more exactly. One strictness on top: a value of an enum
that goes is a break in both directions, for programs name it. Values that come are none; programs are told
to expect them.
"""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]
METHODS = ("get", "put", "post", "delete", "patch")
# (word, +1: raising it narrows, -1: lowering it narrows)
_BOUNDS = (
    ("minimum", 1), ("exclusiveMinimum", 1), ("minLength", 1), ("minItems", 1), ("minProperties", 1),
    ("maximum", -1), ("exclusiveMaximum", -1), ("maxLength", -1), ("maxItems", -1), ("maxProperties", -1),
)  # fmt: skip
_ALL_TYPES = frozenset({"string", "number", "integer", "boolean", "object", "array", "null"})


def breaking_changes(before: Schema, after: Schema) -> list[str]:
    """What a program of `before` trips over, in sentences; [] when nothing. Both are whole documents."""
    return sorted(set(_Comparison(before, after).found()))


class _Comparison:
    """Two documents, side by side."""

    def __init__(self, before: Schema, after: Schema) -> None:
        self.before, self.after = before, after
        self.seen: set[tuple[str, str, bool]] = set()

    def found(self) -> Iterator[str]:
        """Everything that breaks."""
        for path, methods in self.before["paths"].items():
            for method in METHODS:
                if method not in methods:
                    continue
                place = f"{method.upper()} {path}"
                now = self.after["paths"].get(path, {}).get(method)
                if now is None:
                    yield f"{place}: is gone."
                else:
                    yield from self._operation(place, methods[method], now)

    def _operation(self, place: str, old: Schema, new: Schema) -> Iterator[str]:
        if old.get("operationId") != new.get("operationId"):
            yield f"{place}: was called {old.get('operationId')}, is called {new.get('operationId')}."
        if gone := _ways_in(old) - _ways_in(new):
            yield f"{place}: nobody comes in any more by {', '.join(sorted(gone))}."
        yield from self._parameters(place, old, new)
        yield from self._body(place, old.get("requestBody"), new.get("requestBody"))
        yield from self._answers(place, old["responses"], new["responses"])

    def _parameters(self, place: str, old: Schema, new: Schema) -> Iterator[str]:
        was, now = (
            {(each["in"], each["name"]): each for each in operation.get("parameters", [])}
            for operation in (old, new)
        )
        for key, parameter in was.items():
            where = f"{place}: parameter {key[1]}"
            if key not in now:
                yield f"{where} is gone."
                continue
            if now[key].get("required") and not parameter.get("required"):
                yield f"{where} is required now."
            yield from self._narrowed(where, parameter["schema"], now[key]["schema"])
        for key, parameter in now.items():
            if key not in was and parameter.get("required"):
                yield f"{place}: parameter {key[1]} is new and required."

    def _body(self, place: str, old: Schema | None, new: Schema | None) -> Iterator[str]:
        if new and new.get("required") and not (old and old.get("required")):
            yield f"{place}: a body is required now."
        if old is None:
            return
        for kind, content in old["content"].items():
            if new is None or kind not in new["content"]:
                yield f"{place}: no body of {kind} is taken any more."
            else:
                where = f"{place}: body"
                yield from self._narrowed(
                    where, content.get("schema", {}), new["content"][kind].get("schema", {})
                )

    def _answers(self, place: str, old: Schema, new: Schema) -> Iterator[str]:
        for status in sorted(_good(new) - _good(old)):
            yield f"{place}: may answer {status} now."
        for status, answer in old.items():
            if status not in _good(old):
                continue
            if status not in new:
                yield f"{place}: does not answer {status} any more."
                continue
            for kind, content in answer.get("content", {}).items():
                if kind not in new[status].get("content", {}):
                    yield f"{place}: does not answer {status} as {kind} any more."
                else:
                    yield from self._widened(
                        f"{place}: answer {status}",
                        content.get("schema", {}),
                        new[status]["content"][kind].get("schema", {}),
                    )

    def _narrowed(self, where: str, old: Schema, new: Schema) -> Iterator[str]:
        """What a program may send by the old schema, and the new one refuses."""
        if self._looked_at(old, new, sent=True):
            return
        old, new = _flat(self.before, old), _flat(self.after, new)
        if lost := _types(old) - _types(new):
            yield f"{where} may not be {' or '.join(sorted(lost))} any more."
        yield from _values_gone(where, old, new)
        if "enum" in new and "enum" not in old:
            yield f"{where} is one of a few values now."
        for word, sign in _BOUNDS:
            if word in new and (word not in old or sign * (new[word] - old[word]) > 0):
                yield f"{where} has {word} {new[word]} now, had {old.get(word, 'none')}."
        for word in ("pattern", "format", "multipleOf"):
            if word in new and new[word] != old.get(word):
                yield f"{where} has {word} {new[word]} now, had {old.get(word, 'none')}."
        was, now = old.get("properties", {}), new.get("properties", {})
        for name in sorted(set(new.get("required", [])) - set(old.get("required", []))):
            yield f"{where}.{name} is required now."
        for name, schema in was.items():
            if name not in now:
                yield f"{where}.{name} is not taken any more."
            else:
                yield from self._narrowed(f"{where}.{name}", schema, now[name])
        if "items" in new:
            yield from self._narrowed(f"{where}[]", old.get("items", {}), new["items"])

    def _widened(self, where: str, old: Schema, new: Schema) -> Iterator[str]:
        """What a program does not find in the answer, or does not expect there."""
        if self._looked_at(old, new, sent=False):
            return
        old, new = _flat(self.before, old), _flat(self.after, new)
        if more := _types(new) - _types(old):
            yield f"{where} may be {' or '.join(sorted(more))} now."
        yield from _values_gone(where, old, new)
        if "enum" in old and "enum" not in new:
            yield f"{where} may be any value now."
        if "format" in old and new.get("format") != old["format"]:
            yield f"{where} had format {old['format']}, has {new.get('format', 'none')}."
        was, now = old.get("properties", {}), new.get("properties", {})
        promised = set(new.get("required", []))
        for name, schema in was.items():
            if name not in now:
                yield f"{where}.{name} is gone."
                continue
            if name in old.get("required", []) and name not in promised:
                yield f"{where}.{name} is not always there any more."
            yield from self._widened(f"{where}.{name}", schema, now[name])
        if "items" in old:
            yield from self._widened(f"{where}[]", old["items"], new.get("items", {}))

    def _looked_at(self, old: Schema, new: Schema, *, sent: bool) -> bool:
        """Whether this pair of named schemas was compared before; they may hold themselves."""
        if "$ref" not in old or "$ref" not in new:
            return False
        pair = (old["$ref"], new["$ref"], sent)
        known = pair in self.seen
        self.seen.add(pair)
        return known


def _ways_in(operation: Schema) -> set[str]:
    return {" and ".join(sorted(way)) or "nothing" for way in operation.get("security", [{}])}


def _good(responses: Schema) -> set[str]:
    return {status for status in responses if status.startswith("2")}


def _values_gone(where: str, old: Schema, new: Schema) -> Iterator[str]:
    if "enum" in new and (gone := _named(old) - _named(new)):
        yield f"{where} knows {', '.join(sorted(gone))} no more."


def _named(schema: Schema) -> set[str]:
    return {str(value) for value in schema.get("enum", []) if value is not None}


def _types(schema: Schema) -> frozenset[str]:
    """The JSON types that it allows; a number may be whole."""
    said = schema.get("type")
    if said is None:
        return _ALL_TYPES
    types = {said} if isinstance(said, str) else set(said)
    return frozenset(types | {"integer"} if "number" in types else types)


def _flat(document: Schema, schema: Schema) -> Schema:
    """The schema with its references followed, and what it is made of put together."""
    if "$ref" in schema:
        named = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return _flat(document, named | {key: schema[key] for key in schema if key != "$ref"})
    if "allOf" in schema:
        parts = [_flat(document, part) for part in schema["allOf"]]
        return _together(parts, {key: schema[key] for key in schema if key != "allOf"})
    for word in ("oneOf", "anyOf"):
        if word in schema:
            return _either([_flat(document, part) for part in schema[word]])
    return schema


def _together(parts: list[Schema], own: Schema) -> Schema:
    whole: Schema = {}
    for part in [*parts, own]:
        properties = whole.get("properties", {}) | part.get("properties", {})
        required = [*whole.get("required", []), *part.get("required", [])]
        whole |= part
        if properties:
            whole |= {"properties": properties, "required": required}
    return whole


def _either(parts: list[Schema]) -> Schema:
    """What one of several allows: the types and values of all, the properties of the first with any."""
    shaped: Schema = dict(next((part for part in parts if "properties" in part), {}))
    if all("type" in part or "enum" in part for part in parts):
        shaped["type"] = sorted(set().union(*map(_types_said, parts)))
    if all("enum" in part for part in parts if _types_said(part) != {"null"}):
        shaped["enum"] = [value for part in parts for value in part.get("enum", [])]
    return shaped


def _types_said(part: Schema) -> set[str]:
    said = part.get("type")
    if said is None:
        return {"null" if value is None else "string" for value in part.get("enum", [])}
    return {said} if isinstance(said, str) else set(said)
