"""Owns leading on to another page of this site after something was done; never decides where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

from marketplace.core.i18n import gettext
from marketplace.web.templates import set_flash

if TYPE_CHECKING:
    from starlette.requests import Request


def to(
    request: Request, path: str, said: str = "", kind: str = "success", /, **params: object
) -> RedirectResponse:
    """On to a page (its address without the language), which says `said` (a msgid) once."""
    locale = request.state.locale
    response = RedirectResponse(f"/{locale}{path}", 303)
    if said:
        set_flash(response, gettext(said, locale, **params), kind)
    return response
