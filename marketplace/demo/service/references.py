"""Owns what former clients say of the demo's assistants; the proof itself is the product's own."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any, Final

from marketplace.core import clock, once
from marketplace.core.db import command
from marketplace.demo.rules import STAR, draw_assistant, words
from marketplace.profiles.models import Profile
from marketplace.references import service
from marketplace.references.models import ClientReference
from marketplace.references.queries import marks
from marketplace.references.rules.addresses import domain_of, is_free
from marketplace.references.rules.states import WAITS, Relation, Status, counts_until, following

DONE: Final = "demo references"
EVERY, LAST = 4, 96
"""Each fourth of the first assistants has references; of every third of those, one is too few."""


async def fill() -> None:
    """Write them once; what people remove stays removed."""
    if await once.is_done(DONE):
        return
    for number in range(STAR, LAST, EVERY):
        await _given(number)
    await once.mark_done(DONE)


@command
async def _given(number: int) -> None:
    """What was answered to one assistant, and for the first one a request that waits."""
    profile = await Profile.get_or_none(pk=draw_assistant(number).key("profile"))
    if profile is None or await ClientReference.exists(profile_id=profile.id):
        return
    draw = random.Random(f"references:{number}")  # noqa: S311 - the same on every machine
    said = words("references")
    clients = draw.sample(said["clients"], 4)
    count = 3 if number == STAR else 1 if number // EVERY % 3 == 2 else 2
    skills = [str(code) for code in await profile.skills.all().values_list("code", flat=True)]
    for client, text in zip(clients[:count], draw.sample(said["texts"], count), strict=True):
        await _answered(profile, client, text, skills, draw)
    if number == STAR:
        await _create(profile, clients[count], date(2025, 2, 1), None, Status.ASKED)
    await service.recount(profile.party_id)


async def _answered(
    profile: Profile, client: dict[str, str], text: dict[str, str], skills: list[str],
    draw: random.Random,
) -> None:  # fmt: skip
    began = date(draw.randint(2019, 2023), draw.randint(1, 12), 1)
    ended = date(draw.randint(2024, 2025), draw.randint(1, 12), 1) if draw.random() < 0.6 else None
    answered = clock.now() - timedelta(days=draw.randint(5, 400))
    on = answered.date()
    await _create(
        profile, client, began, ended, Status.CONFIRMED, closed_at=answered, answered_on=on,
        counts_until=counts_until(on), skills=skills[: draw.randint(1, 3)], again=True,
        text=text["text"], language=text["language"], show_company=draw.random() < 0.7,
    )  # fmt: skip


async def _create(
    profile: Profile, client: dict[str, str], began: date, ended: date | None, status: Status,
    **more: Any,
) -> None:  # fmt: skip
    now = more.get("closed_at", clock.now())
    domain = domain_of(client["email"])
    waits: dict[str, Any] = {"next_at": following(now, now)} if status is Status.ASKED else {}
    await ClientReference.create(
        profile_id=profile.id, party_id=profile.party_id, email=client["email"],
        mark=marks(client["email"])[0], domain=domain, at_company=not is_free(domain),
        name=client["name"], company=client["company"],
        relation=Relation(client["relation"]), worked_from=began, worked_to=ended, locale="fr",
        status=status, created_at=now, expires_at=now + WAITS, **waits, **more,
    )  # fmt: skip
