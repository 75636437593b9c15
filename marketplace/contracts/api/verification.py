"""Owns the public JSON operations that check a file and publish the heads."""

from __future__ import annotations

from datetime import date

from starlette.requests import Request

from marketplace.contracts import queries
from marketplace.contracts.schemas import HeadPage, HeadQuery, HeadView, Verdict, VerifyRequest
from marketplace.contracts.service import verification
from marketplace.web.guards import public
from marketplace.web.network import network
from marketplace.web.ratelimit import hit
from marketplace.web.routing import Api

api = Api("contracts")
TRIES_PER_MINUTE = 20


async def _count(request: Request) -> str:
    client = network(request)
    await hit(f"verify:{client}", per_minute=TRIES_PER_MINUTE)
    return client


@api.post("/verify", guard=public, errors=(429,))
async def verify(request: Request, body: VerifyRequest) -> Verdict:
    """Whether a file with this SHA-256 is a contract of ours, unchanged; no account needed."""
    await _count(request)
    return await queries.verdict(body.sha256)


@api.post("/verify/file", guard=public, errors=(413, 429, 503), raw_body="application/pdf")
async def verify_file(request: Request) -> Verdict:
    """The same for the file itself, with what its seal and evidence show; it is not kept."""
    client = await _count(request)
    return await verification.checked(await request.body(), client)


@api.get("/proofs", guard=public)
async def proofs(_request: Request, query: HeadQuery) -> HeadPage:
    """The public hash of every day's evidence, newest first."""
    rows, older = await queries.heads(query.cursor, query.limit)
    return HeadPage(items=tuple(HeadView.model_validate(row) for row in rows), next=older)


@api.get("/proofs/{day}", guard=public, errors=(404,))
async def proof(_request: Request, day: date) -> HeadView:
    """One day's head with the hashes it is made of."""
    row = await queries.head(day)
    hashes = tuple(await queries.hashes_of(day))
    return HeadView.model_validate(row).model_copy(update={"hashes": hashes})
