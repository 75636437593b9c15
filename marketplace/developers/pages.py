"""Owns the API's description for people and programs; never an operation itself."""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from marketplace.core.settings import settings
from marketplace.web import openapi
from marketplace.web.guards import public
from marketplace.web.routing import Operation, Pages
from marketplace.web.templates import render

pages = Pages("developers")


@lru_cache(maxsize=1)
def operations() -> tuple[Operation, ...]:
    """Every operation of the API."""
    from marketplace.app import apis

    return tuple(op for api in apis() for op in api.operations)


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The OpenAPI document; it changes only with the code."""
    try:
        release = version("relais")
    except PackageNotFoundError:  # run from a checkout
        release = "0.1.0"
    return openapi.document(operations(), base_url=settings().base_url, version=release)


@pages.get("/api/v1/openapi.json", guard=public, localised=False)
async def openapi_json(request: Request) -> Response:
    """The OpenAPI 3.1 document."""
    del request
    body = orjson.dumps(document())
    headers = {"cache-control": "public, max-age=300", "access-control-allow-origin": "*"}
    return Response(body, media_type="application/json", headers=headers)


def example(schema: dict[str, Any], depth: int = 0) -> Any:  # noqa: PLR0911 - one per shape
    """A small example value of a schema, so that a reader sees the shape at a glance."""
    if "$ref" in schema:
        target = document()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        return example(target, depth + 1) if depth < 5 else {}
    if "default" in schema and schema["default"] not in (None, [], ""):
        return schema["default"]
    for key in ("const", "example"):
        if key in schema:
            return schema[key]
    if "enum" in schema:
        return schema["enum"][0]
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return example(schema[key][0], depth + 1)
    kind = schema.get("type")
    if kind == "object":
        return {
            name: example(each, depth + 1) for name, each in schema.get("properties", {}).items()
        }
    if kind == "array":
        return [example(schema["items"], depth + 1)] if schema.get("items") else []
    return {"integer": 1, "number": 1.5, "boolean": True}.get(str(kind)) or {
        "uuid": "0193581f-3b7e-7c62-9f0a-5d1c2b3a4f60",
        "date": "2026-12-01",
        "date-time": "2026-12-01T09:30:00Z",
        "uri": "https://example.org/",
        "email": "lea@example.org",
    }.get(schema.get("format", ""), "...")


def curl(path: str, method: str, operation: dict[str, Any]) -> str:
    """How to call the operation from a terminal."""
    lines = [f"curl {settings().base_url}{path}"]
    if method != "get":
        lines[0] = f"curl -X {method.upper()} {settings().base_url}{path}"
    lines.append("-H 'Authorization: Bearer rl_...'")
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if body:
        shown = orjson.dumps(example(body["schema"]), option=orjson.OPT_INDENT_2).decode()
        lines += ["-H 'Content-Type: application/json'", f"-d '{shown}'"]
    return " \\\n  ".join(lines)


@pages.get("/developers", guard=public)
async def reference(request: Request) -> Response:
    """The API reference, made from the same document that programs read."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            grouped.setdefault(operation["tags"][0], []).append(
                {"path": path, "method": method, "curl": curl(path, method, operation), **operation}
            )
    return render(request, "developers/reference.html", groups=dict(sorted(grouped.items())))
