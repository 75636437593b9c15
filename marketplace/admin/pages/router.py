"""Owns what the operator's pages share: their router, reading a filter, answering a reason."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from babel import dates
from pydantic import BaseModel
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from marketplace.admin.rules.log import FIELDS
from marketplace.admin.schemas.queues import ReasonDraft
from marketplace.core import clock
from marketplace.core.errors import Conflict
from marketplace.core.grounds import GROUNDS
from marketplace.core.i18n import BABEL
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.routing import Pages
from marketplace.web.templates import render

pages = Pages("admin")
Q = TypeVar("Q", bound=BaseModel)


def asked(request: Request, shape: type[Q]) -> tuple[Q | None, Form]:
    """The filter in the address, or None and the form that says what is wrong with it."""
    return validate(shape, FormData([*request.query_params.multi_items()]))


def show(request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
    """A page of the operator, never to be kept by a shared cache."""
    response = render(
        request, f"admin/{template}.html", status, noindex=True,
        ago=lambda moment: ago(moment, request.state.locale), log_fields=FIELDS,
        grounds=GROUNDS, **context,
    )  # fmt: skip
    response.headers["cache-control"] = "no-store"
    return response


def ago(moment: datetime, locale: str) -> str:
    """How long since a moment: "3 heures", "2 days"."""
    return str(dates.format_timedelta(clock.now() - moment, locale=BABEL[locale]))


def with_query(request: Request, **changed: object) -> str:
    """This address with some of its parameters changed; empty ones left out."""
    left = {**dict(request.query_params), **changed}
    kept = {name: str(value) for name, value in left.items() if value not in {None, ""}}
    return f"{request.url.path}?{urlencode(kept)}" if kept else request.url.path


def older(request: Request, rows: list[Any], limit: int, name: str = "before") -> str | None:
    """The address of the next page of a list whose rows have an id, if there may be one."""
    return with_query(request, **{name: rows[-1].id}) if len(rows) == limit else None


async def with_reason(
    request: Request,
    act: Callable[[ReasonDraft], Awaitable[object]],
    again: Callable[[Form, int], Awaitable[Response]],
    done: Callable[[], Response],
) -> Response:
    """As `with_draft`, for an act that needs nothing but its reason."""
    return await with_draft(request, ReasonDraft, act, again, done)


async def with_draft(
    request: Request,
    shape: type[Q],
    act: Callable[[Q], Awaitable[object]],
    again: Callable[[Form, int], Awaitable[Response]],
    done: Callable[[], Response],
) -> Response:
    """Reads the form and acts; what is missing or refused comes back beside the form."""
    draft, form = validate(shape, await read_form(request))
    if draft is None:
        return await again(form, 422)
    try:
        await act(draft)
    except Conflict as error:
        return await again(refused(form, error), error.status)
    return done()


__all__ = [
    "Form",
    "asked",
    "blank",
    "older",
    "pages",
    "show",
    "with_draft",
    "with_query",
    "with_reason",
]
