"""Owns how a handler becomes a route: its guard, its locale and, for the API, its types."""

from __future__ import annotations

import inspect
import re
import types
import typing
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from marketplace.core.errors import Forbidden, Invalid, NotFound, RelaisError, TooLarge
from marketplace.core.i18n import LOCALES, ZONE, current_locale, current_zone
from marketplace.web import idempotency
from marketplace.web.errors import locale_of
from marketplace.web.forms import message_for
from marketplace.web.guards import Guard, require_scope, unasked
from marketplace.web.network import network
from marketplace.web.sessions import load_viewer
from search.coverage import time_zones

Handler = Callable[..., Awaitable[Any]]
JSON_BYTES_MAX = 1024 * 1024
PREFIX = "/api/v1"
OK = 200


class LangConvertor(Convertor[str]):
    """Matches the locales we speak, so that /xx/... is a 404."""

    regex = "|".join(LOCALES)

    def convert(self, value: str) -> str:
        """The locale of an address."""
        return value

    def to_string(self, value: str) -> str:
        """The locale in an address."""
        return value


register_url_convertor("lang", LangConvertor())


async def enter(request: Request, guard: Guard) -> None:
    """Set the request's locale and its visitor's time zone, and let its guard speak."""
    locale = request.path_params.get("lang") or locale_of(request)
    request.state.locale = locale
    current_locale.set(locale)
    told = request.cookies.get("tz", "")  # frontend/scripts/zone.ts
    current_zone.set(told if told in time_zones() else ZONE)
    if "\x00" in request.scope["path"]:  # nothing of ours is named so
        raise NotFound
    if any("\x00" in name + value for name, value in request.query_params.multi_items()):
        raise NulRefused
    request.state.guard = guard.__name__
    await guard(request)


class Pages:
    """The HTML routes of a feature, mounted under /fr and /en unless `localised=False`."""

    def __init__(self, feature: str) -> None:
        self.feature = feature
        self.routes: list[Route] = []

    def get(
        self, path: str, *, guard: Guard, localised: bool = True
    ) -> Callable[[Handler], Handler]:
        """Register a page."""
        return self._add(path, "GET", guard, localised)

    def post(
        self, path: str, *, guard: Guard, localised: bool = True
    ) -> Callable[[Handler], Handler]:
        """Register where a form is sent."""
        return self._add(path, "POST", guard, localised)

    def _add(
        self, path: str, method: str, guard: Guard, localised: bool
    ) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            async def endpoint(request: Request) -> Response:
                await enter(request, guard)
                # Pages check no scopes.
                if guard is not unasked and (await load_viewer(request)).via == "token":
                    raise Forbidden("API tokens are for the API: pages need a session.")
                try:
                    return await handler(request)  # type: ignore[no-any-return]
                finally:
                    await request.close()  # the files of a form

            endpoint.guard = guard  # type: ignore[attr-defined]
            full = f"/{{lang:lang}}{path}" if localised else path
            name = f"{self.feature}.{handler.__name__}"
            self.routes.append(Route(full, endpoint, methods=[method], name=name))
            return handler

        return register


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


@dataclass
class Api:
    """The JSON operations of a feature under /api/v1. Handlers are typed; see `operation`."""

    feature: str
    operations: list[Operation] = field(default_factory=list)

    def get(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """A read."""
        return self.operation("GET", path, **options)

    def post(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """A command, or a creation with status=201."""
        return self.operation("POST", path, **options)

    def put(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """A replacement."""
        return self.operation("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """A change of some fields."""
        return self.operation("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """A removal."""
        return self.operation("DELETE", path, **options)

    def operation(  # noqa: PLR0913 - each option is one fact of the operation
        self,
        method: str,
        path: str,
        *,
        guard: Guard,
        scope: str = "",
        status: int = 200,
        idempotent: bool = False,
        errors: tuple[int, ...] = (),
        summary: str = "",
        media_type: str = "application/json",
        raw_body: str = "",
        form: type[BaseModel] | None = None,
        query: type[BaseModel] | None = None,
        out: Any = None,
    ) -> Callable[[Handler], Handler]:
        """Register `async def name(request, <path params>, body: Draft, query: Query) -> View`.

        `idempotent` honours the Idempotency-Key header; `media_type` and `raw_body` (a media type)
        are for files, where the handler returns a Response or reads the request itself. `form` is a
        multipart form that it reads with `forms.read_form`, for fields beside a file. `query` and
        `out` tell what a handler reads and writes that does both by itself.
        """

        def register(handler: Handler) -> Handler:
            hints = typing.get_type_hints(handler, include_extras=True)
            names = re.findall(r"{(\w+)(?::\w+)?}", path)
            self.operations.append(
                Operation(
                    method,
                    path,
                    handler,
                    guard,
                    scope,
                    status,
                    idempotent,
                    errors,
                    summary or (inspect.getdoc(handler) or handler.__name__).partition("\n")[0],
                    self.feature,
                    {name: hints[name] for name in names},
                    hints.get("body"),
                    query or hints.get("query"),
                    out or hints.get("return"),
                    media_type,
                    raw_body,
                    query is None,
                    form,
                )
            )
            return handler

        return register

    def routes(self) -> list[Route]:
        """One Starlette route per path and method."""
        return [
            Route(
                PREFIX + op.path,
                _endpoint(op),
                methods=[op.method],
                name=f"api.{op.tag}.{op.handler.__name__}",
            )
            for op in self.operations
        ]


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


def _endpoint(op: Operation) -> Handler:
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


class NulRefused(RelaisError):
    """A NUL character, which PostgreSQL cannot hold in a text."""

    status = 400
    message = "Leave out the NUL characters."


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


def as_invalid(error: ValidationError) -> Invalid:
    """A pydantic refusal as ours, in the request's language."""
    found: dict[str, str | tuple[str, dict[str, object]]] = {}
    for each in error.errors(include_url=False, include_input=False):
        name = ".".join(str(part) for part in each["loc"]) or "body"
        found.setdefault(name, message_for(each))
    return Invalid(found)


def _query(model: type[BaseModel], request: Request) -> dict[str, Any]:
    from marketplace.web.forms import _is_list

    known = {info.alias or name: info for name, info in model.model_fields.items()}
    values: dict[str, Any] = {}
    for key in dict.fromkeys(request.query_params.keys()):
        info = known.get(key)
        many = info is not None and _is_list(info.annotation)
        values[key] = request.query_params.getlist(key) if many else request.query_params[key]
    if "lang" not in known:
        values.pop("lang", None)
    return values
