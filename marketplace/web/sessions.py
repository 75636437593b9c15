"""Owns who is asking: the viewer behind a request, by cookie or bearer token; never signs in.

The accounts and parties features provide the look-ups through `connect`, called by app.py.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from marketplace.core.errors import NotFound, Unauthenticated
from marketplace.core.settings import settings
from marketplace.web import visitors


class Person(Protocol):
    """What the web layer needs of an account."""

    id: UUID
    name: str
    email: str
    locale: str
    is_operator: bool


@dataclass(frozen=True)
class Viewer:
    """Who is asking. `via` is "session", "token" or "" for nobody; `scopes` bind tokens only.

    `visitor` is the secret of a browser without an account, "" when it keeps nothing.
    """

    person: Any = None
    parties: tuple[Any, ...] = ()
    locale: str = "fr"
    via: str = ""
    scopes: frozenset[str] = field(default_factory=frozenset)
    session_token: str = field(default="", repr=False)
    visitor: str = field(default="", repr=False)

    @property
    def signed_in(self) -> bool:
        """Whether somebody is known."""
        return self.person is not None

    @property
    def person_id(self) -> UUID:
        """The person's id. Raises Unauthenticated when nobody is signed in."""
        if self.person is None:
            raise Unauthenticated
        return UUID(str(self.person.id))

    @property
    def is_operator(self) -> bool:
        """Whether this is the marketplace's operator."""
        return self.person is not None and bool(self.person.is_operator)

    @property
    def party_ids(self) -> frozenset[UUID]:
        """The parties this person acts for."""
        return frozenset(membership.party_id for membership in self.parties)

    def acts_for(self, party_id: UUID) -> bool:
        """Whether this person belongs to the party."""
        return party_id in self.party_ids

    def require(self, *party_ids: UUID) -> None:
        """Raise NotFound unless the person acts for one of them: existence is never revealed."""
        if not self.party_ids.intersection(party_ids):
            raise NotFound


BySession = Callable[[str], Awaitable[Any]]
ByToken = Callable[[str], Awaitable[tuple[Any, frozenset[str]] | None]]
Owner = Callable[[str], Awaitable[UUID | None]]
Memberships = Callable[[UUID], Awaitable[list[Any]]]

_lookups: dict[str, Any] = {}


def connect(
    by_session: BySession, by_token: ByToken, memberships: Memberships, owner: Owner
) -> None:
    """Tell how to find a person, their parties, and whose a session was that may have ended."""
    _lookups.update(by_session=by_session, by_token=by_token, memberships=memberships, owner=owner)


async def session_owner(request: Request) -> UUID | None:
    """Whose session this browser has or had, as far as its cookie tells."""
    token = request.cookies.get(cookie_name())
    return await _lookups["owner"](token) if token else None


def cookie_name() -> str:
    """The session cookie's name; `__Host-` pins it to this host under TLS (RFC 6265bis)."""
    return "__Host-relais_session" if settings().secure_cookies else "relais_session"


def set_session_cookie(response: Response, token: str) -> None:
    """Give the browser its session."""
    response.set_cookie(
        cookie_name(),
        token,
        max_age=settings().session_days * 86_400,
        httponly=True,
        secure=settings().secure_cookies,
        samesite="lax",
        path="/",
    )


def clear_session_cookie(response: Response) -> None:
    """Make the browser forget its session."""
    response.delete_cookie(
        cookie_name(), path="/", secure=settings().secure_cookies, httponly=True, samesite="lax"
    )


async def load_viewer(request: Request) -> Viewer:
    """The viewer of this request, found once and kept on `request.state`."""
    known = getattr(request.state, "viewer", None)
    if known is not None:
        return known  # type: ignore[no-any-return]
    locale = getattr(request.state, "locale", "fr")
    viewer = Viewer(locale=locale, visitor=request.cookies.get(visitors.cookie_name(), ""))
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        found = await _lookups["by_token"](bearer.strip())
        if found is None:
            raise Unauthenticated
        person, scopes = found
        viewer = Viewer(person, await _parties(person), locale, "token", scopes)
    elif token := request.cookies.get(cookie_name()):
        person = await _lookups["by_session"](token)
        if person is not None:
            viewer = Viewer(person, await _parties(person), locale, "session", session_token=token)
    request.state.viewer = viewer
    return viewer


async def _parties(person: Any) -> tuple[Any, ...]:
    return tuple(await _lookups["memberships"](person.id))


def viewer(request: Request) -> Viewer:
    """The viewer, once a guard has run."""
    return request.state.viewer  # type: ignore[no-any-return]
