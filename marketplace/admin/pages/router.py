"""Owns what the operator's pages share: their router, reading a filter, answering a reason."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
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
from marketplace.core.errors import Conflict, Invalid, NotFound
from marketplace.core.grounds import GROUNDS
from marketplace.core.i18n import BABEL, _, gettext
from marketplace.web.errors import of_payments
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.templates import render
from payments.errors import PaymentsError

pages = Pages("admin")
GONE = _("Nothing was done: somebody was faster, or it has settled by itself.")
Q = TypeVar("Q", bound=BaseModel)


def asked(request: Request, shape: type[Q]) -> tuple[Q | None, Form]:
    """The filter in the address, or None and the form that says what is wrong with it."""
    return validate(shape, FormData([*request.query_params.multi_items()]))


def show(request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
    """A page of the operator, never to be kept by a shared cache."""
    response = render(
        request, f"admin/{template}.html", status, noindex=True,
        ago=lambda moment: ago(moment, request.state.locale), log_fields=FIELDS,
        grounds=GROUNDS, late=getattr(request.state, "late", None), **context,
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


@dataclass(frozen=True)
class Late:
    """Why an act was refused as a whole, and what was typed: its form may not be there any more."""

    message: str
    typed: list[str]


async def with_reason(
    request: Request,
    act: Callable[[ReasonDraft], Awaitable[object]],
    again: Callable[[Form, int], Awaitable[Response]],
    done: Callable[[], Response],
    *,
    gone: str = "",
) -> Response:
    """As `with_draft`, for an act that needs nothing but its reason."""
    return await with_draft(request, ReasonDraft, act, again, done, gone=gone)


async def with_draft(
    request: Request,
    shape: type[Q],
    act: Callable[[Q], Awaitable[object]],
    again: Callable[[Form, int], Awaitable[Response]],
    done: Callable[[], Response],
    *,
    gone: str = "",
) -> Response:
    """Reads the form and acts; what is missing or refused comes back beside its field.

    What came too late, or the payments refuse, is said above all else. `gone` is the list to go
    back to, with the same word, when what the act was about is not there any more.
    """
    draft, form = validate(shape, await read_form(request))
    try:
        if draft is None:
            return await again(form, 422)
        await act(draft)
    except Invalid as error:
        return await again(refused(form, error), error.status)
    except (Conflict, PaymentsError) as error:
        known = of_payments(error) if isinstance(error, PaymentsError) else error
        if known is None:
            raise
        typed = [str(form.value(name)) for name in ("reason", "text") if form.value(name)]
        request.state.late = Late(gettext(known.message, None, **known.params), typed)
        return await _or_gone(request, again(form, known.status), gone)
    except NotFound:
        if not gone:
            raise
        return to(request, gone, GONE, "danger")
    return done()


async def _or_gone(request: Request, page: Awaitable[Response], gone: str) -> Response:
    try:
        return await page
    except NotFound:
        if not gone:
            raise
        return to(request, gone, request.state.late.message, "danger")


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
