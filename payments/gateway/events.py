"""Owns reading the list of Stripe's news; never trusts what one says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from functools import partial
from typing import Any

from payments.gateway.client import call, client
from payments.gateway.objects import PAGE
from payments.gateway.views import NewsView

_OPERATION = "v2.core.events.list"


async def news(since: datetime) -> AsyncIterator[NewsView]:
    """Every thin event from a time on, page by page; Stripe keeps them for 30 days.

    https://docs.stripe.com/api/v2/core/events/list
    """
    params: Any = {"limit": PAGE, "created": {"gte": since.strftime("%Y-%m-%dT%H:%M:%SZ")}}
    page: Any = await call(_OPERATION, lambda: client().v2.core.events.list_async(params))
    while True:
        for event in page.data:
            about = getattr(event, "related_object", None)
            context = getattr(event, "context", None)
            yield NewsView(
                event.id,
                event.type,
                getattr(about, "id", None) if about else None,
                str(context) if context else None,
                datetime.fromisoformat(event.created),
            )
        if page.next_page_url is None:
            return
        page = await call(_OPERATION, partial(_next, page.next_page_url))


async def _next(address: str) -> Any:
    answer = await client().raw_request_async("get", address)
    return client().deserialize(answer, api_mode="V2")
