"""Owns the description of the API (OpenAPI 3.1), generated from the typed operations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel, TypeAdapter

from marketplace.web.idempotency import KEY_MAX
from marketplace.web.routing import PREFIX, Operation

REF = "#/components/schemas/{model}"
PROBLEM = {
    "type": "object",
    "description": "Problem details, RFC 9457.",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string", "description": "What went wrong, in the caller's language."},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable, machine-readable name."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "detail"],
                "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
REASONS = {
    400: "A parameter is unknown or has a wrong value.",
    401: "No valid token or session.",
    403: "The token lacks the scope, or this viewer may not do this.",
    404: "Not there, or not this viewer's to see.",
    409: "The state does not allow this step; nothing was written.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "A field cannot be accepted; `errors` names it.",
    429: "Too many requests; see Retry-After.",
    503: "A part of the service is away; try again.",
}


def document(operations: Sequence[Operation], *, base_url: str, version: str) -> dict[str, Any]:
    """The whole OpenAPI document as JSON values."""
    schemas: dict[str, Any] = {"Problem": PROBLEM}
    paths: dict[str, Any] = {}
    for op in operations:
        path = PREFIX + re.sub(r"{(\w+)(?::\w+)?}", r"{\1}", op.path)
        paths.setdefault(path, {})[op.method.lower()] = _operation(op, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Relais",
            "version": version,
            "description": "Find assistants, sign contracts, hold and release money.",
        },
        "servers": [{"url": base_url}],
        "security": [{"token": []}, {"session": []}, {}],
        "tags": [{"name": tag} for tag in sorted({op.tag for op in operations})],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "rl_..."},
                "session": {"type": "apiKey", "in": "cookie", "name": "relais_session"},
            },
        },
    }


def _schema(hint: Any, schemas: dict[str, Any], mode: str) -> dict[str, Any]:
    adapter = TypeAdapter(hint)
    made = adapter.json_schema(ref_template=REF, mode=mode)  # type: ignore[arg-type]
    schemas.update(made.pop("$defs", {}))
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        schemas[hint.__name__] = made
        return {"$ref": REF.format(model=hint.__name__)}
    return made


def _operation(op: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": f"{op.tag}_{op.handler.__name__}",
        "tags": [op.tag],
        "summary": op.summary,
        "parameters": _parameters(op, schemas),
        "responses": {**_success(op, schemas), **_refusals(op)},
    }
    if op.scope:
        made["description"] = f"A token needs the scope `{op.scope}`."
    if op.body is not None:
        content = {"application/json": {"schema": _schema(op.body, schemas, "validation")}}
        made["requestBody"] = {"required": True, "content": content}
    elif op.raw_body:
        content = {op.raw_body: {"schema": {"type": "string", "format": "binary"}}}
        made["requestBody"] = {"required": True, "content": content}
    return made


def _parameters(op: Operation, schemas: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": _schema(hint, schemas, "validation"),
        }
        for name, hint in op.params.items()
    ]
    if op.query is not None:
        whole = op.query.model_json_schema(ref_template=REF)
        schemas.update(whole.pop("$defs", {}))
        for name, schema in whole.get("properties", {}).items():
            schema.pop("title", None)
            known = schema
            variants = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
            if len(variants) == 1:  # a query parameter is absent, never null
                known = {**{k: v for k, v in schema.items() if k != "anyOf"}, **variants[0]}
                if known.get("default", "") is None:
                    del known["default"]
            found.append(
                {
                    "name": name,
                    "in": "query",
                    "required": name in whole.get("required", ()),
                    "schema": known,
                }
            )
    if op.idempotent:
        found.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": "The same key and body give the same answer for 24 hours.",
                "schema": {"type": "string", "minLength": 1, "maxLength": KEY_MAX},
            }
        )
    return found


def _success(op: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    if op.media_type != "application/json":
        content = {op.media_type: {"schema": {"type": "string", "format": "binary"}}}
        return {str(op.status): {"description": "The file.", "content": content}}
    if op.out is None or op.out is type(None):
        return {str(204 if op.status == 200 else op.status): {"description": "Done."}}
    if getattr(op.out, "__module__", "").startswith("starlette"):
        return {str(op.status): {"description": "Done."}}
    schema = _schema(op.out, schemas, "serialization")
    return {
        str(op.status): {
            "description": "Done.",
            "content": {"application/json": {"schema": schema}},
        }
    }


def _refusals(op: Operation) -> dict[str, Any]:
    codes = set(op.errors)
    if op.guard.__name__ != "public":
        codes |= {401}
    if op.scope:
        codes |= {403}
    if op.params:
        codes |= {404}
    if op.body is not None:
        codes |= {413, 415, 422}
    if op.idempotent:
        codes |= {409, 422}
    content = {"application/problem+json": {"schema": {"$ref": REF.format(model="Problem")}}}
    return {
        str(code): {"description": REASONS.get(code, "Refused."), "content": content}
        for code in sorted(codes)
    }


def tags(operations: Iterable[Operation]) -> dict[str, list[Operation]]:
    """The operations by tag, for the reference page."""
    grouped: dict[str, list[Operation]] = {}
    for op in operations:
        grouped.setdefault(op.tag, []).append(op)
    return dict(sorted(grouped.items()))
