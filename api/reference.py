"""The OpenAPI document as a page needs it: chapters of calls, fields one by one."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")
DEEPEST = 3
Document = Mapping[str, Any]


@dataclass(frozen=True)
class Value:
    """A parameter or a field: its dotted name, its type in words, what it is for."""

    name: str
    kind: str
    required: bool = False
    description: str = ""


@dataclass(frozen=True)
class Call:
    """One method at one address."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    parameters: list[Value]
    body: list[Value]
    answer: list[Value]
    statuses: list[tuple[str, str]]
    example: str


@dataclass
class Chapter:
    """The calls of one resource."""

    name: str
    about: str = ""
    calls: list[Call] = field(default_factory=list)


def chapters(document: Document) -> list[Chapter]:
    """Return every call by the first word of its path, in the order of the document."""
    about = {tag["name"]: tag["description"] for tag in document.get("tags", [])}
    found: dict[str, Chapter] = {}
    for path, operations in document["paths"].items():
        for method in METHODS:
            if method in operations:
                operation = operations[method]
                name = operation["tags"][0]
                call = _call(document, path, method, operation)
                found.setdefault(name, Chapter(name, about.get(name, ""))).calls.append(call)
    return [found[name] for name in sorted(found)]


def _call(document: Document, path: str, method: str, operation: Document) -> Call:
    body = operation.get("requestBody", {}).get("content", {})
    media = next(iter(body), "")
    content = body.get(media, {})
    wanted = content.get("schema", {})
    summary, _newline, rest = operation.get("description", "").partition("\n")
    responses = operation["responses"]
    good = [response for status, response in responses.items() if status.startswith("2")]
    given = [answer for response in good for answer in response.get("content", {}).values()]
    return Call(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=summary,
        description=rest.strip(),
        parameters=[_parameter(p) for p in operation.get("parameters", [])],
        body=list(_fields(document, wanted)),
        answer=[
            replace(value, required=False)
            for shown in given[:1]
            for value in _fields(document, shown.get("schema", {}))
        ],
        statuses=[(status, r.get("description", "")) for status, r in sorted(responses.items())],
        example=_curl(path, method, media, _sample(document, content)),
    )


def _parameter(parameter: Document) -> Value:
    return Value(
        parameter["name"],
        _kind(parameter.get("schema", {})),
        parameter.get("required", False),
        parameter.get("description", ""),
    )


def _fields(document: Document, schema: Document, prefix: str = "") -> Iterator[Value]:
    """Walk the properties of a schema, a few levels deep."""
    resolved = _resolve(document, schema)
    items = _resolve(document, resolved.get("items", {}))
    if items.get("properties"):
        resolved, prefix = items, f"{prefix.rstrip('.')}[]." if prefix else "[]."
    required = resolved.get("required", [])
    for name, inner in resolved.get("properties", {}).items():
        value = _resolve(document, inner)
        description = inner.get("description") or value.get("description", "")
        yield Value(prefix + name, _kind(value), name in required, description)
        if prefix.count(".") < DEEPEST:
            yield from _fields(document, value, f"{prefix}{name}.")


def _resolve(document: Document, schema: Document) -> Document:
    """Follow references, and the wrapping that keeps a description beside one."""
    seen = 0
    while seen < DEEPEST * 2:
        seen += 1
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        elif len(schema.get("allOf", [])) == 1:
            schema = schema["allOf"][0]
        else:
            break
    return schema


def _kind(schema: Document) -> str:
    """Say the type in words: `string`, `one of a, b`, `list`."""
    if "enum" in schema:
        shown = [str(choice) for choice in schema["enum"] if choice not in ("", None)]
        return "one of " + ", ".join(shown)
    if "oneOf" in schema or "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema.get("oneOf") or schema["anyOf"])
    kind = schema.get("type", "any")
    words = [kind] if isinstance(kind, str) else list(kind)
    shape = schema.get("format")
    named = [shape if word == "string" and shape else word for word in words]
    return " or ".join(named).replace("array", "list")


def _sample(document: Document, content: Document) -> Any:
    """Take the body that the app gives as an example, else make one up."""
    given = [example["value"] for example in content.get("examples", {}).values()]
    return given[0] if given else _example(document, content.get("schema", {}))


def _curl(path: str, method: str, media: str, sample: Any) -> str:
    """Write the call as a shell takes it."""
    lines = ["curl" + ("" if method == "get" else f" -X {method.upper()}")]
    lines.append('-H "Authorization: Bearer $TOKEN"')
    if "json" in media:
        body = json.dumps(sample, ensure_ascii=False)
        lines += ['-H "Content-Type: application/json"', "-d '" + body.replace("'", "'\\''") + "'"]
    elif media:
        lines.append("-F file=@contacts.csv")
    lines.append('"$RELAIS' + path + '"')
    return " \\\n  ".join(lines)


def _example(document: Document, schema: Document, depth: int = 0) -> Any:
    """Make up a value: what the schema gives as an example, else the plainest of its type."""
    resolved = _resolve(document, schema)
    if "example" in resolved:
        return resolved["example"]
    if resolved.get("examples"):
        return resolved["examples"][0]
    if "enum" in resolved:
        return next((choice for choice in resolved["enum"] if choice), None)
    if "properties" in resolved and depth < DEEPEST:
        return _object_example(document, resolved, depth)
    kind = resolved.get("type", "object")
    kind = kind if isinstance(kind, str) else kind[0]
    plain = {"string": "text", "integer": 1, "number": 1.5, "boolean": True, "array": []}
    return plain.get(kind, {})


def _object_example(document: Document, schema: Document, depth: int) -> dict[str, Any]:
    properties = schema["properties"]
    names = schema.get("required") or list(properties)[:3]
    writable = [n for n in names if n in properties and not properties[n].get("readOnly")]
    return {name: _example(document, properties[name], depth + 1) for name in writable}
