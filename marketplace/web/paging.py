"""Owns how long lists are handed out page by page (keyset cursors); never reads a table."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from marketplace.core.errors import Invalid
from marketplace.core.i18n import _

T = TypeVar("T")
R = TypeVar("R")


CURSOR_UNKNOWN = _("Send the “next” of the page before, unchanged.")


class PageQuery(BaseModel):
    """Which page: `cursor` is `next` of the page before; the first page needs none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cursor: Annotated[str, Field(max_length=200)] = ""
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class Page(BaseModel, Generic[T]):
    """A page of a list; ask again with `cursor=next` while `next` is not null."""

    items: list[T]
    next: str | None


def cut(
    rows: Sequence[R], query: PageQuery, key: Callable[[R], str]
) -> tuple[Sequence[R], str | None]:
    """The rows of the page and the next cursor. `rows` are in the order of `key`, each key once.

    What is added or removed between two pages neither repeats nor hides any other row. Raises
    Invalid for a cursor that is none of ours.
    """
    after = _read(query.cursor)
    left = [row for row in rows if after is None or key(row) > after]
    page = left[: query.limit]
    return page, _write(key(page[-1])) if len(left) > len(page) else None


def _write(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def _read(cursor: str) -> str | None:
    if not cursor:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise Invalid({"cursor": CURSOR_UNKNOWN}) from None
