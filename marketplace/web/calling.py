"""Owns how an operation of the JSON API is called: typed arguments in, a typed answer out."""

from __future__ import annotations

import types
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from marketplace.core.errors import NotFound, RelaisError, TooLarge
from marketplace.web import idempotency
from marketplace.web.entering import NulRefused, enter
from marketplace.web.forms import as_invalid, is_list
from marketplace.web.guards import Guard, require_scope
from marketplace.web.network import network
from marketplace.web.sessions import load_viewer

Handler = Callable[..., Awaitable[Any]]
JSON_BYTES_MAX = 1024 * 1024
OK = 200


@dataclass(frozen=True)
class Operation:
    """One operation of the JSON API, as routed and as documented."""

    method: str
    path: str
    handler: Handler
    guard: Guard
    scope: str
    status: int
    idempotent: bool
    errors: tuple[int, ...]
    summary: str
    tag: str
    params: dict[str, Any]
    body: Any
    query: type[BaseModel] | None
    out: Any
    media_type: str = "application/json"
    raw_body: str = ""
    reads_query: bool = True
    form: type[BaseModel] | None = None


class _Call:
    """One operation with its type adapters, ready to be called."""

    def __init__(self, op: Operation) -> None:
        self.op = op
        self.params = {name: TypeAdapter(hint) for name, hint in op.params.items()}
        self.body = TypeAdapter(op.body) if op.body is not None else None
        plain = op.out in {None, types.NoneType, Response}
        self.answer = None if plain else TypeAdapter(op.out)

    def arguments(self, request: Request, raw: bytes) -> dict[str, Any]:
        """Path, query and body as typed values. Raises NotFound, Invalid."""
        found: dict[str, Any] = {}
        try:
            for name, adapter in self.params.items():
                found[name] = adapter.validate_python(request.path_params[name], strict=False)
        except ValidationError:
            raise NotFound from None
        try:
            if self.op.query is not None and self.op.reads_query:
                found["query"] = self.op.query.model_validate(_query(self.op.query, request))
            if self.body is not None:
                found["body"] = self.body.validate_json(_storable(raw or b"null"))
        except ValidationError as error:
            raise as_invalid(error) from None
        return found

    async def respond(self, request: Request, raw: bytes) -> Response:
        """Call the handler and write its answer."""
        result = await self.op.handler(request, **self.arguments(request, raw))
        if isinstance(result, Response):
            return result
        if self.answer is None:
            return Response(status_code=204 if self.op.status == OK else self.op.status)
        body = self.answer.dump_json(result, by_alias=True)
        return Response(body, self.op.status, media_type=self.op.media_type)

    async def read(self, request: Request) -> bytes:
        """The JSON body as bytes. Raises UnsupportedMediaType, BodyTooLarge."""
        if self.op.body is None:
            return b""
        kind = request.headers.get("content-type", "").partition(";")[0].strip()
        if kind not in {"application/json", ""}:
            raise UnsupportedMediaType
        raw = await request.body()
        if len(raw) > JSON_BYTES_MAX:
            raise BodyTooLarge
        return raw


def serving(op: Operation) -> Handler:
    """What Starlette calls for an operation: guard, scope, then the call, perhaps only once."""
    call = _Call(op)

    async def endpoint(request: Request) -> Response:
        await enter(request, op.guard)
        viewer = await load_viewer(request)
        require_scope(viewer, op.scope)
        raw = await call.read(request)
        key = request.headers.get("idempotency-key")
        if not op.idempotent or key is None:
            return await call.respond(request, raw)
        return await idempotency.once(
            # Strangers choose the same keys: theirs count within their own network.
            caller=str(viewer.person_id) if viewer.signed_in else f"network:{network(request)}",
            route=f"{op.method} {op.path}",
            key=key,
            digest=idempotency.digest_of(
                request.url.path.encode(), request.url.query.encode(), raw
            ),
            work=lambda: call.respond(request, raw),
        )

    endpoint.guard = op.guard  # type: ignore[attr-defined]
    return endpoint


class UnsupportedMediaType(RelaisError):
    """The body is not JSON."""

    status = 415
    message = "Send the body as application/json."


class BodyTooLarge(TooLarge):
    """The body exceeds JSON_BYTES_MAX."""

    message = "The request body is too large."


def _storable(raw: bytes) -> bytes:
    """The JSON body, unless a text of it holds NUL. Raises NulRefused, ValidationError."""
    if b"\\u0000" in raw and _holds_nul(TypeAdapter(object).validate_json(raw)):
        raise NulRefused
    return raw


def _holds_nul(value: object) -> bool:
    if isinstance(value, dict):
        return any(_holds_nul(each) for pair in value.items() for each in pair)
    if isinstance(value, list):
        return any(_holds_nul(each) for each in value)
    return isinstance(value, str) and "\x00" in value


def _query(model: type[BaseModel], request: Request) -> dict[str, Any]:
    known = {info.alias or name: info for name, info in model.model_fields.items()}
    values: dict[str, Any] = {}
    for key in dict.fromkeys(request.query_params.keys()):
        info = known.get(key)
        many = info is not None and is_list(info.annotation)
        values[key] = request.query_params.getlist(key) if many else request.query_params[key]
    if "lang" not in known:
        values.pop("lang", None)
    return values
