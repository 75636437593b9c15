"""Makes people, logs them in, and reads the mail they get."""

from __future__ import annotations

import email
import itertools
import re
from email.policy import default
from functools import lru_cache

import httpx
from argon2 import PasswordHasher

from marketplace.accounts.models import Person
from marketplace.accounts.service import passwords, sessions, signup
from marketplace.core.settings import settings
from marketplace.web.sessions import cookie_name

PASSWORD = "correct horse battery"
_numbers = itertools.count(1)


@lru_cache(maxsize=2)
def _hash(hasher: PasswordHasher) -> str:
    return hasher.hash(PASSWORD)


async def person(
    *, name: str = "Léa Roussel", email: str = "", locale: str = "fr", is_operator: bool = False
) -> Person:
    """A person with a confirmed address and the password PASSWORD."""
    return await signup.create_person(
        email=email or f"person{next(_numbers)}@relais.example",
        name=name,
        locale=locale,
        password_hash=_hash(passwords.HASHER),
        is_operator=is_operator,
    )


async def log_in(client: httpx.AsyncClient, who: Person) -> str:
    """Give the client a session of this person; returns its secret."""
    token = await sessions.open_session(who.id, ip="127.0.0.1", agent="test")
    client.cookies.set(cookie_name(), token, domain="127.0.0.1")
    return token


def mailbox(to: str = "") -> list[email.message.EmailMessage]:
    """The mails kept on disk, the oldest first. Run the jobs before reading."""
    folder = settings().data_dir / "mail"
    read = [
        email.message_from_bytes(path.read_bytes(), policy=default)
        for path in sorted(folder.glob("*.eml"))
    ]
    return [each for each in read if to in str(each["To"])]


def text_of(message: email.message.EmailMessage) -> str:
    """The plain text of a mail."""
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def link_in(message: email.message.EmailMessage) -> str:
    """The first link of a mail, without its host."""
    found = re.search(r"https?://[^/\s]+(/\S+)", text_of(message))
    assert found, text_of(message)
    return found[1]


async def open_link(client: httpx.AsyncClient, link: str) -> httpx.Response:
    """What a browser shows for a link with a token: its page, at an address without it."""
    away = await client.get(link)
    assert away.status_code == 303, away.text
    assert away.headers["referrer-policy"] == "no-referrer"
    address, _mark, query = link.partition("?")
    assert query.startswith("token=")
    shown = away.headers["location"]
    assert shown.partition("?")[0].startswith(address)
    assert query.partition("=")[2] not in shown
    page = await client.get(shown)
    if page.is_success:
        assert page.headers["referrer-policy"] == "no-referrer"
        assert page.headers["cache-control"] == "no-store"
    return page
