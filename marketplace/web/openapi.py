"""Owns the description of the API (OpenAPI 3.1), generated from the typed operations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from pydantic import TypeAdapter

from marketplace.core.i18n import _
from marketplace.web import sessions
from marketplace.web.calling import Operation
from marketplace.web.idempotency import KEY_MAX
from marketplace.web.routing import PREFIX

Key = tuple[str, str, str]  # operation, part, parameter
Mode = Literal["validation", "serialization"]
HOME = "#/components/schemas/"
REF = HOME + "{model}"
PROBLEM = {
    "type": "object",
    "description": "Problem details, RFC 9457.",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {
            "type": "string",
            "description": "What went wrong, in the caller's language.",
        },
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable, machine-readable name."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "detail"],
                "properties": {
                    "field": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}


REASONS = {
    400: _("A parameter or character cannot be accepted."),
    401: _("No valid token or session."),
    403: _("The token lacks the scope, or this viewer may not do this."),
    404: _("Not there, or not this viewer's to see."),
    409: _("The state does not allow this step; nothing was written."),
    413: _("The body is too large."),
    415: _("The body is not JSON."),
    422: _("A field cannot be accepted; `errors` names it."),
    429: _("Too many requests; see Retry-After."),
    503: _("A part of the service is away; try again."),
}


_FOLLOWING = _("What “next” was on the page before; the first page needs none.")
PAGING = {
    **dict.fromkeys(("cursor", "after", "before"), _FOLLOWING),
    "limit": _("How many at most."),
}
"""What the parameters of lists mean that say nothing of their own."""


SECURITY: dict[str, list[dict[str, list[str]]]] = {"public": [{}], "in_person": [{"session": []}]}
"""What an operation asks for under guards that tokens do not open, or nobody needs to."""


def document(operations: Sequence[Operation], *, base_url: str, version: str) -> dict[str, Any]:
    """The whole OpenAPI document as JSON values."""
    shapes = _Shapes(operations)
    paths: dict[str, Any] = {}
    for op in operations:
        path = PREFIX + re.sub(r"{(\w+)(?::\w+)?}", r"{\1}", op.path)
        paths.setdefault(path, {})[op.method.lower()] = _operation(op, shapes)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Relais",
            "version": version,
            "description": "Find assistants, sign contracts, hold and release money. "
            "Texts are in the language of lang=fr or lang=en, else of Accept-Language.",
        },
        "servers": [{"url": base_url}],
        "tags": [{"name": tag} for tag in sorted({op.tag for op in operations})],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": {"Problem": PROBLEM, **dict(sorted(shapes.components.items()))},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "rl_..."},
                "session": {"type": "apiKey", "in": "cookie", "name": sessions.cookie_name()},
            },
        },
    }


class _Shapes:
    """The JSON schemas of every operation, made at once so that models of one name stay apart."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        wanted = [entry for op in operations for entry in self._of(op)]
        made, whole = TypeAdapter.json_schemas(wanted, ref_template=REF)
        self._made: dict[Key, dict[str, Any]] = {
            key: _renamed(schema) for (key, _mode), schema in made.items()
        }
        self.components: dict[str, Any] = {
            _name(name): _renamed(schema) for name, schema in whole.get("$defs", {}).items()
        }
        queries = {
            key: schema["$ref"].removeprefix(HOME)
            for key, schema in self._made.items()
            if key[1] == "query"
        }
        self._queries = {key: self.components[name] for key, name in queries.items()}
        for name in set(queries.values()):  # described parameter by parameter instead
            del self.components[name]

    @staticmethod
    def _of(op: Operation) -> Iterable[tuple[Key, Mode, TypeAdapter[Any]]]:
        for name, hint in op.params.items():
            yield (_id(op), "path", name), "validation", TypeAdapter(hint)
        if op.query is not None:
            yield (_id(op), "query", ""), "validation", TypeAdapter(op.query)
        if op.body is not None:
            yield (_id(op), "body", ""), "validation", TypeAdapter(op.body)
        if op.form is not None:
            yield (_id(op), "form", ""), "validation", TypeAdapter(op.form)
        if _answers_json(op):
            yield (_id(op), "answer", ""), "serialization", TypeAdapter(op.out)

    def of(self, op: Operation, part: str, name: str = "") -> dict[str, Any]:
        """The schema of a body, an answer or a parameter of the path."""
        found: dict[str, Any] = self._made[(_id(op), part, name)]
        return found

    def query(self, op: Operation) -> dict[str, Any]:
        """The schema of the query string as one object."""
        found: dict[str, Any] = self._queries[(_id(op), "query", "")]
        return found


def _id(op: Operation) -> str:
    return f"{op.tag}_{op.handler.__name__}"


def _answers_json(op: Operation) -> bool:
    file = getattr(op.out, "__module__", "").startswith("starlette")
    return not file and op.out not in {None, type(None)} and op.media_type == "application/json"


def _name(name: str) -> str:
    """`marketplace__work__rules__Status` is WorkStatus: two features may use one name."""
    parts = name.split("__")
    own = parts[1].capitalize() + parts[-1] if len(parts) > 2 else name
    return re.sub(r"^([A-Za-z]+)_(\w+)_$", r"\2\1", own)  # Page[EntryView] is EntryViewPage


def _renamed(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: _renamed(each) for key, each in schema.items()}
    if isinstance(schema, str) and schema.startswith(HOME):  # under $ref and in mappings
        return HOME + _name(schema.removeprefix(HOME))
    return [_renamed(each) for each in schema] if isinstance(schema, list) else schema


def _operation(op: Operation, shapes: _Shapes) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": _id(op),
        "tags": [op.tag],
        "summary": op.summary,
        "parameters": _parameters(op, shapes),
        "responses": {**_success(op, shapes), **_refusals(op)},
        "security": SECURITY.get(op.guard.__name__, [{"token": []}, {"session": []}]),
    }
    if op.scope and op.guard.__name__ != "in_person":
        made["description"] = f"A token needs the scope `{op.scope}`."
        made["x-scope"] = op.scope
    if op.body is not None:
        content = {"application/json": {"schema": shapes.of(op, "body")}}
        made["requestBody"] = {"required": True, "content": content}
    elif op.form is not None:
        content = {"multipart/form-data": {"schema": shapes.of(op, "form")}}
        made["requestBody"] = {"required": True, "content": content}
    elif op.raw_body:
        content = {op.raw_body: {"schema": {"type": "string", "format": "binary"}}}
        made["requestBody"] = {"required": True, "content": content}
    return made


def _parameters(op: Operation, shapes: _Shapes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": shapes.of(op, "path", name),
        }
        for name in op.params
    ]
    if op.query is not None:
        whole = shapes.query(op)
        for name, given in whole.get("properties", {}).items():
            schema = {key: value for key, value in given.items() if key != "title"}
            known = schema
            variants = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
            if len(variants) == 1:  # a query parameter is absent, never null
                known = {
                    **{k: v for k, v in schema.items() if k != "anyOf"},
                    **variants[0],
                }
            if known.get("default", "") is None:
                del known["default"]
            about = known.pop("description", PAGING.get(name))
            found.append(
                {
                    "name": name,
                    "in": "query",
                    "required": name in whole.get("required", ()),
                    **({"description": about} if about else {}),
                    "schema": known,
                }
            )
    if op.idempotent:
        found.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": _("The same key and body give the same answer for 24 hours."),
                "schema": {"type": "string", "minLength": 1, "maxLength": KEY_MAX},
            }
        )
    return found


def _success(op: Operation, shapes: _Shapes) -> dict[str, Any]:
    if op.media_type != "application/json":
        content = {op.media_type: {"schema": {"type": "string", "format": "binary"}}}
        return {str(op.status): {"description": "The file.", "content": content}}
    if not _answers_json(op):
        empty = 204 if op.status == 200 and op.out in {None, type(None)} else op.status
        return {str(empty): {"description": "Done."}}
    content = {"application/json": {"schema": shapes.of(op, "answer")}}
    return {str(op.status): {"description": "Done.", "content": content}}


def _refusals(op: Operation) -> dict[str, Any]:
    codes = set(op.errors)
    if op.guard.__name__ != "public":
        codes |= {401}
    if op.scope:
        codes |= {403}
    if op.params or op.guard.__name__ == "operator":  # others are told nothing exists there
        codes |= {404}
    if op.body is not None:
        codes |= {400, 413, 415, 422}
    if op.form is not None:
        codes |= {400, 413, 422}
    if op.query is not None:
        codes |= {400} if 400 in op.errors else {400, 422}
    if op.idempotent:
        codes |= {409, 422}
    content = {"application/problem+json": {"schema": {"$ref": REF.format(model="Problem")}}}
    return {
        str(code): {"description": REASONS.get(code, "Refused."), "content": content}
        for code in sorted(codes)
    }
