"""Owns asking VIES and Sirene over HTTP and keeping what they say; never asks in a transaction."""

from __future__ import annotations

import logging
from typing import Any, Final

import httpx

from marketplace.core import clock, events, outside
from marketplace.core.db import command, connection, in_command
from marketplace.core.settings import settings
from marketplace.jurisdictions import queries
from marketplace.jurisdictions.events import NumberAnswered
from marketplace.jurisdictions.models import RegisterAnswer
from marketplace.jurisdictions.queries import Question
from marketplace.jurisdictions.rules import (
    Answer,
    Register,
    State,
    read_sirene,
    read_vies,
    worth_asking,
)

log = logging.getLogger("relais.registers")

PATIENCE_SECONDS: Final = 30.0  # some member states answer VIES after 15 seconds
SIREN_LENGTH: Final = 9
ANSWER_BYTES_MAX: Final = 1_000_000


async def ask(question: Question, *, wished: bool = False) -> RegisterAnswer | None:
    """Ask a register about a number and keep its answer, unless it was asked lately.

    `wished`: a person wants it now, so that an answer of some minutes ago is old.

    None where this instance does not ask the register, or nothing new is to be expected yet.
    """
    if in_command():
        msg = "a register is asked outside a transaction"
        raise RuntimeError(msg)
    if not queries.asks(question.register):
        return None
    last = await queries.last_answer(question)
    if last is not None and not worth_asking(last.state, last.asked_at, clock.now(), wished=wished):
        return None
    return await _keep(question, await _asked(question))


async def _asked(question: Question) -> Answer:
    """The register's answer; `unknown` when it is away, slow or says nothing we understand."""
    vies = question.register is Register.VIES
    try:
        async with outside.client(timeout=PATIENCE_SECONDS) as client:
            answer = await (_vies if vies else _sirene)(client, question.number)
            body = answer.json() if len(answer.content) <= ANSWER_BYTES_MAX else {}
    except (httpx.HTTPError, ValueError) as error:
        log.warning("%s is away: %s", question.register, type(error).__name__)
        return Answer(State.UNKNOWN, raw={"error": type(error).__name__})
    said = body if isinstance(body, dict) else {}
    return (read_vies if vies else read_sirene)(answer.status_code, said)


async def _vies(client: httpx.AsyncClient, number: str) -> httpx.Response:
    """With our own number as the asker VIES gives a reference that proves the question."""
    body = {"countryCode": number[:2], "vatNumber": number[2:]}
    own = settings().platform_vat_number
    if own:
        body |= {"requesterMemberStateCode": own[:2], "requesterNumber": own[2:]}
    return await client.post(f"{settings().vies_url}/check-vat-number", json=body)


async def _sirene(client: httpx.AsyncClient, number: str) -> httpx.Response:
    kind = "siren" if len(number) == SIREN_LENGTH else "siret"
    headers = {"Accept": "application/json"}
    if settings().sirene_key:
        headers["X-INSEE-Api-Key-Integration"] = settings().sirene_key
    return await client.get(f"{settings().sirene_url}/{kind}/{number}", headers=headers)


@command
async def _keep(question: Question, answer: Answer) -> RegisterAnswer:
    await connection().execute_query(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
        [f"register:{question.register}:{question.number}"],
    )
    before = await RegisterAnswer.filter(
        register=question.register, number=question.number
    ).exclude(state=State.UNKNOWN).order_by("-asked_at", "-id").first()  # fmt: skip
    said: dict[str, Any] = dict(answer.raw or {})
    row = await RegisterAnswer.create(
        register=question.register,
        number=question.number,
        state=answer.state,
        name=answer.name[:500],
        reference=answer.reference[:80],
        said=said,
        asked_at=clock.now(),
    )
    news = answer.state is not State.UNKNOWN and (before is None or before.state != answer.state)
    if news:
        await events.record(
            NumberAnswered(question.register.value, question.number, answer.state.value)
        )
    return row
