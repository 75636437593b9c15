"""Owns how a handler becomes a route of a feature: a page, or an operation of the JSON API."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from marketplace.core.errors import Forbidden
from marketplace.core.i18n import LOCALES
from marketplace.web.calling import Handler, Operation, serving
from marketplace.web.entering import enter
from marketplace.web.guards import Guard, unasked
from marketplace.web.sessions import load_viewer

PREFIX = "/api/v1"


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
                serving(op),
                methods=[op.method],
                name=f"api.{op.tag}.{op.handler.__name__}",
            )
            for op in self.operations
        ]
