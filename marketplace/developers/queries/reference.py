"""Owns how the reference page reads the document: operations by area, with calls and answers."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import orjson

from marketplace.core.settings import settings
from marketplace.developers import rules
from marketplace.developers.queries.document import document
from marketplace.developers.schemas import Row, Shown


@lru_cache(maxsize=1)
def areas() -> dict[str, tuple[Shown, ...]]:
    """The operations by area, both in the order of their names and paths."""
    found: dict[str, list[Shown]] = {}
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            found.setdefault(operation["tags"][0], []).append(_shown(path, method, operation))
    return {tag: tuple(found[tag]) for tag in sorted(found)}


def _components() -> dict[str, Any]:
    return dict(document()["components"]["schemas"])


def _shown(path: str, method: str, operation: dict[str, Any]) -> Shown:
    responses = operation["responses"]
    status = next(code for code in responses if code < "300")
    answer = responses[status].get("content", {}).get("application/json", {}).get("schema")
    header = any(each["in"] == "header" for each in operation["parameters"])
    return Shown(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        scope=operation.get("x-scope", ""),
        idempotent=header,
        public=operation["security"] == [{}],
        in_person=not _takes_tokens(operation),
        parameters=tuple(_parameter(each) for each in operation["parameters"]),
        fields=_fields(body_of(operation) or form_of(operation)),
        curl=curl(path, method, operation),
        answer_status=status,
        answer=_json(rules.example(answer, _components())) if answer else "",
        refusals=tuple((c, each["description"]) for c, each in responses.items() if c >= "300"),
    )


def _takes_tokens(operation: dict[str, Any]) -> bool:
    return any("token" in way or not way for way in operation["security"])


def body_of(operation: dict[str, Any]) -> dict[str, Any] | None:
    """The schema of an operation's JSON body, if it takes one."""
    content = operation.get("requestBody", {}).get("content", {})
    schema: dict[str, Any] | None = content.get("application/json", {}).get("schema")
    return schema


def form_of(operation: dict[str, Any]) -> dict[str, Any] | None:
    """The schema of the form an operation takes, if it takes one."""
    content = operation.get("requestBody", {}).get("content", {})
    schema: dict[str, Any] | None = content.get("multipart/form-data", {}).get("schema")
    return schema


def _parameter(given: dict[str, Any]) -> Row:
    components, schema = _components(), given["schema"]
    return Row(
        given["name"],
        given["in"],
        rules.type_name(schema, components),
        rules.limits(schema, components),
        given["required"],
        given.get("description", ""),
    )


def _fields(schema: dict[str, Any] | None) -> tuple[Row, ...]:
    if schema is None:
        return ()
    components = _components()
    whole = rules.target(schema, components)
    return tuple(
        Row(
            name,
            "body",
            rules.type_name(each, components),
            rules.limits(each, components),
            name in whole.get("required", ()),
            each.get("description", ""),
        )
        for name, each in whole.get("properties", {}).items()
    )


def _json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def curl(path: str, method: str, operation: dict[str, Any]) -> str:
    """How to call the operation from a terminal."""
    verb = "" if method == "get" else f"-X {method.upper()} "
    address = f"{settings().base_url}{path}"
    asked = _asked(operation)
    lines = [f"curl {verb}'{address}?{asked}'" if asked else f"curl {verb}{address}"]
    if operation["security"] != [{}] and _takes_tokens(operation):
        lines.append("-H 'Authorization: Bearer rl_…'")
    if any(each["in"] == "header" for each in operation["parameters"]):
        lines.append("-H 'Idempotency-Key: a-key-of-yours'")
    body = body_of(operation)
    if body is not None:
        shown = _json(rules.example(body, _components())).replace("'", "’")
        lines += ["-H 'Content-Type: application/json'", f"-d '{shown}'"]
    elif form := form_of(operation):
        lines += _parts(form)
    elif "requestBody" in operation:
        (media,) = operation["requestBody"]["content"]
        file = "document.pdf" if media == "application/pdf" else "photo.jpg"
        lines += [f"-H 'Content-Type: {media}'", f"--data-binary @{file}"]
    return " \\\n  ".join(lines)


def _asked(operation: dict[str, Any]) -> str:
    """The parameters of an address that a call needs, or that show what it is for."""
    shown = {
        each["name"]: rules.example(each["schema"], _components(), each["name"])
        for each in operation["parameters"]
        if each["in"] == "query" and (each["required"] or "examples" in each["schema"])
    }
    return urlencode(shown, doseq=True, safe=":,/")


def _parts(form: dict[str, Any]) -> list[str]:
    """What curl is told of each part that must be sent; it writes the media type by itself."""
    shown = rules.example(form, _components())
    shape = rules.target(form, _components())
    files = {name for name, each in shape["properties"].items() if each.get("format") == "binary"}
    return [
        f"-F '{name}={'@contract.pdf' if name in files else shown[name]}'"
        for name in shape["required"]
    ]
