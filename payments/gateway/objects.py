"""Owns reading what the SDK's objects hold, and lists page by page. Never asks by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final, TypeVar

from stripe import ListObject, StripeObject

from payments.gateway.client import call
from payments.money import Money

T = TypeVar("T", bound=StripeObject)
PAGE: Final = 100


async def everything(
    operation: str, fetch: Callable[[], Awaitable[ListObject[T]]]
) -> AsyncIterator[T]:
    """Every item of a list, page by page, each page a call of its own."""
    page = await call(operation, fetch)
    while True:
        for item in page.data:
            yield item
        if not page.has_more:
            return
        page = await call(operation, page.next_page_async)


def id_of(reference: Any) -> str | None:
    """The id of an expandable field, expanded or not."""
    return reference if reference is None or isinstance(reference, str) else str(reference.id)


def money(minor: int, currency: str) -> Money:
    """An amount of Stripe's, whose currencies are lower case."""
    return Money(minor, currency.upper())


def metadata_of(thing: Any) -> dict[str, str]:
    """The metadata of a Stripe object as a plain dict; empty when it has none."""
    return dict(thing.metadata.to_dict()) if getattr(thing, "metadata", None) else {}
