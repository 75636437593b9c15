"""Owns the Idempotency-Key store: one answer a key, replayed for a day; never knows a feature.

Follows draft-ietf-httpapi-idempotency-key-header: the same key with another body is refused, and
so is a key whose first request is still under way. Where the process died after its work and before
its answer was kept, the key is good for the same request again: what must never happen twice has a
lock of its own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from starlette.responses import Response

from marketplace.core import clock
from marketplace.core.db import connection
from marketplace.core.errors import Conflict, Invalid
from marketplace.core.i18n import _
from marketplace.core.ids import new_id

KEPT: Final = timedelta(hours=24)
ABANDONED: Final = timedelta(minutes=2)  # a claim this old belongs to a process that died
KEY_MAX: Final = 255
REPLAYED: Final = ("content-type", "location", "etag")


class IdempotencyKeyReused(Invalid):
    """The key was used before for a request with another body."""

    message = _("This Idempotency-Key was already used for a different request.")


class IdempotencyKeyInvalid(Invalid):
    """The key is empty or too long."""

    message = _("An Idempotency-Key has 1 to 255 characters.")


class RequestInFlight(Conflict):
    """The first request under this key has not been answered yet."""

    message = _("A request with this Idempotency-Key is still being worked on. Try again shortly.")


@dataclass(frozen=True)
class Answer:
    """A stored response."""

    status: int
    headers: dict[str, str]
    body: bytes


# Takes the key when it is new, older than a day, or left behind by a process that died.
CLAIM = """
INSERT INTO idempotent_request AS held (caller, route, key, digest, claim, created_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (caller, route, key) DO UPDATE
    SET digest = excluded.digest, claim = excluded.claim, created_at = excluded.created_at,
        status = NULL, headers = NULL, body = NULL
    WHERE held.created_at < $7
       OR (held.status IS NULL AND held.created_at < $8 AND held.digest = excluded.digest)
RETURNING claim
"""
READ = """
SELECT digest, status, headers, body FROM idempotent_request
WHERE caller = $1 AND route = $2 AND key = $3
"""
FINISH = """
UPDATE idempotent_request SET status = $2, headers = $3::jsonb, body = $4 WHERE claim = $1
"""


async def claim(caller: str, route: str, key: str, digest: str) -> UUID | Answer:
    """A claim to answer under, or the answer already given.

    Raises IdempotencyKeyReused, RequestInFlight.
    """
    now = clock.now()
    mine = new_id()
    won = await connection().execute_query_dict(
        CLAIM, [caller, route, key, digest, mine, now, now - KEPT, now - ABANDONED]
    )
    if won:
        return mine
    held = await connection().execute_query_dict(READ, [caller, route, key])
    if not held:  # released between the two statements
        raise RequestInFlight
    (row,) = held
    if row["digest"] != digest:
        raise IdempotencyKeyReused
    if row["status"] is None:
        raise RequestInFlight
    headers: Any = row["headers"]
    return Answer(
        status=row["status"],
        headers=json.loads(headers) if isinstance(headers, str) else headers,
        body=bytes(row["body"]),
    )


async def finish(mine: UUID, answer: Answer) -> None:
    """Keep the answer for those who ask again."""
    values = [mine, answer.status, json.dumps(answer.headers), answer.body]
    await connection().execute_query(FINISH, values)


async def release(mine: UUID) -> None:
    """Give the key back: nothing was answered, the caller may try again."""
    await connection().execute_query("DELETE FROM idempotent_request WHERE claim = $1", [mine])


def digest_of(*parts: bytes) -> str:
    """The SHA-256 of the request: method, address and body, each with its length."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8) + part)
    return whole.hexdigest()


async def once(
    *, caller: str, route: str, key: str, digest: str, work: Callable[[], Awaitable[Response]]
) -> Response:
    """Answer with `work`, at most once for (caller, route, key); later asks get the first answer.

    Answers of 500 and above, and exceptions, are not kept: a refusal wrote nothing, so the caller
    may repeat it. Raises what `work` raises, and the refusals above.
    """
    if not 0 < len(key) <= KEY_MAX:
        raise IdempotencyKeyInvalid
    held = await claim(caller, route, key, digest)
    if isinstance(held, Answer):
        headers = {**held.headers, "idempotency-replayed": "true"}
        return Response(held.body, held.status, headers)
    try:
        response = await work()
    except BaseException:
        await release(held)
        raise
    if response.status_code >= 500:
        await release(held)
        return response
    headers = {name: response.headers[name] for name in REPLAYED if name in response.headers}
    await finish(held, Answer(response.status_code, headers, bytes(response.body)))
    return response


async def purge() -> None:
    """Forget the answers that are older than a day."""
    await connection().execute_query(
        "DELETE FROM idempotent_request WHERE created_at < $1", [clock.now() - KEPT]
    )
