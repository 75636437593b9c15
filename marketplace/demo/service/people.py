"""Owns acting as a demo person: their password, their viewer, their one-time codes."""

from __future__ import annotations

import asyncio
import re
from uuid import UUID

from argon2 import PasswordHasher

from marketplace.accounts.models import Person
from marketplace.core.models import OutgoingMail
from marketplace.demo.rules import PASSWORD
from marketplace.parties import queries as parties
from marketplace.web.sessions import Viewer

CODE = re.compile(r"(?<![\d-])(\d{6})\b")  # the contract's number has six digits behind a hyphen


async def password_hash() -> str:
    """The demo password as the accounts keep it: hashed once, in a thread."""
    return await asyncio.to_thread(PasswordHasher().hash, PASSWORD)


async def acting(person_id: UUID) -> Viewer:
    """The viewer this person would be in a session."""
    person = await Person.get(pk=person_id)
    memberships = tuple(await parties.for_person(person_id))
    return Viewer(person, memberships, person.locale, "session")


async def newest_code(email: str) -> str:
    """The code just mailed to `email`, read in the command that queued it."""
    mail = await OutgoingMail.filter(recipient=email).order_by("-created_at", "-id").first()
    assert mail is not None
    found = CODE.search(mail.text)
    assert found, mail.subject
    return found[1]
