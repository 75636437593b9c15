"""Owns what every request passes first: its locale and time zone, then its guard."""

from __future__ import annotations

from starlette.requests import Request

from marketplace.core.errors import NotFound, RelaisError
from marketplace.core.i18n import ZONE, current_locale, current_zone
from marketplace.web.errors import locale_of
from marketplace.web.guards import Guard
from search.coverage import time_zones


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


class NulRefused(RelaisError):
    """A NUL character, which PostgreSQL cannot hold in a text."""

    status = 400
    message = "Leave out the NUL characters."
