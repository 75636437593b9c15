"""One request of Stripe's API: who asks, which operation, once, checked, answered.

Never contains the meaning of an operation; the handlers of `resources` do.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from payments.sandbox import faults, operations, oracle, schema, wire
from payments.sandbox.box import Box
from payments.sandbox.errors import Refused, StripeError, Unsupported
from payments.sandbox.events import public
from payments.sandbox.idempotency import Keys
from payments.sandbox.operations import Call, Supported
from payments.sandbox.skeleton import Json
from payments.sandbox.webhooks import Sender

log = logging.getLogger("payments.sandbox")

TEST_KEYS = ("sk_test_", "rk_test_")


class JSONResponse(Response):
    """An answer as JSON."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """The body."""
        return orjson.dumps(content)


class Dropped(Response):
    """An answer that never arrives: the connection ends in the middle of it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Begin an answer and never end it: the server then cuts the connection."""
        del scope, receive
        headers = [(b"content-type", b"application/json"), (b"content-length", b"4096")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


@dataclass(frozen=True)
class Asked:
    """A request, read: its operation, parameters and keys."""

    method: str
    path: str
    supported: Supported
    call: Call
    key: str | None
    name: str
    fingerprint: str
    request_id: str

    @property
    def finishes(self) -> bool:
        """Whether a retry finishes failed work instead of hearing of the failure again: v2."""
        return self.path.startswith("/v2/")


class Dispatcher:
    """Answers every request under /v1 and /v2."""

    def __init__(self, box: Box, sender: Sender) -> None:
        self.box = box
        self.sender = sender
        self.keys = Keys(box)

    async def __call__(self, request: Request) -> Response:
        """Answer one request; never raises."""
        request_id = self.box.store.identifier("req", 14)
        headers = {
            "Request-Id": request_id,
            "Stripe-Version": request.headers.get("stripe-version", ""),
        }
        try:
            asked = await self._read(request, request_id)
            response = await self._answer(asked)
        except StripeError as error:
            response = JSONResponse(error.body, error.status)
            if error.status == 409:
                response.headers["Stripe-Should-Retry"] = "true"
        except Exception:
            log.exception("the sandbox failed on %s %s", request.method, request.url.path)
            body = {"error": {"type": "api_error", "message": "The sandbox itself failed."}}
            response = JSONResponse(body, 500, {"Stripe-Should-Retry": "false"})
        if not isinstance(response, Dropped):
            response.headers.update(headers)
        self.sender.wake()
        return response

    # -- reading ---------------------------------------------------------------------------

    async def _read(self, request: Request, request_id: str) -> Asked:
        method, path = request.method, request.url.path
        secret = _secret(request)
        account = self._account(request)
        found = operations.find(method, path)
        if found is None:
            raise _unanswered(method, path)
        supported, ids = found
        params, wired = _params(request, await request.body())
        expansions = params.pop("expand", [])
        # The cursor of a v2 list is in the addresses it hands out, not in the client's schema.
        cursor = params.pop("page", None) if wired and path.startswith("/v2/") else None
        self.box.conformance.judged()
        if errors := oracle.check_request(supported.schema, params, wire=wired):
            self.box.conformance.misfit(f"request {method} {supported.path}", errors)
            raise _misfit(errors)
        if cursor is not None:
            params["page"] = cursor
        call = Call(params, ids, account, path, expansions if isinstance(expansions, list) else [])
        key = request.headers.get("idempotency-key") if method != "GET" else None
        return Asked(
            method,
            path,
            supported,
            call,
            key,
            Keys.name(secret, account, key or ""),
            Keys.fingerprint(method, path, params),
            request_id,
        )

    def _account(self, request: Request) -> str:
        """The connected account a request acts for, else the platform."""
        named = request.headers.get("stripe-account") or request.headers.get("stripe-context")
        if not named:
            return self.box.PLATFORM
        found = self.box.store.find(named)
        if found is None or found.get("object") != "account":
            raise StripeError(
                403,
                "invalid_request_error",
                f"The provided key does not have access to account '{named}' (or that account"
                " does not exist). Application access may have been revoked.",
                code="account_invalid",
            )
        return named

    # -- answering -------------------------------------------------------------------------

    async def _answer(self, asked: Asked) -> Response:
        if asked.key is not None:
            kept = self.keys.begin(asked.name, asked.fingerprint)
            if kept is not None:
                replayed = {"Idempotent-Replayed": "true"}
                return JSONResponse(kept["body"], kept["status"], replayed)
        try:
            return await self._strike_or_run(asked)
        finally:
            if asked.key is not None:
                self.keys.end(asked.name)

    async def _strike_or_run(self, asked: Asked) -> Response:
        fault = faults.take(self.box, asked.method, asked.path)
        kind = fault["kind"] if fault else None
        if kind == "500_before":
            return _broken()
        if kind == "429":
            error = {"type": "invalid_request_error", "code": "rate_limit"}
            return JSONResponse({"error": error | {"message": "Too many requests."}}, 429)
        if fault and kind == "slow":
            await asyncio.sleep(fault["seconds"])
        if self.box.settings.latency_ms:  # the way to a distant Stripe; calls overlap on it
            await asyncio.sleep(self.box.settings.latency_ms / 1000)
        self.box.tick()
        status, body = self._run(asked, lost=kind == "500_stored")
        if kind in ("500_after", "500_stored"):
            return _broken()
        if kind == "drop_after":
            return Dropped()
        return JSONResponse(body, status)

    def _run(self, asked: Asked, *, lost: bool) -> tuple[int, Json]:
        """Carry the operation out in one transaction, with its idempotency record."""
        box = self.box
        box.request_id, box.request_key = asked.request_id, asked.key
        try:
            with box.store.transaction():
                try:
                    status, body = 200, asked.supported.handler(box, asked.call)
                except StripeError as error:
                    if not error.commits:
                        raise
                    status, body = error.status, error.body
                body = wire.expand(box, public(body), asked.call.expand)
                lost = lost and not asked.finishes
                self._keep(asked, 500 if lost else status, _BROKEN if lost else body)
        except StripeError as error:
            status, body = error.status, error.body
            if error.stored and not asked.finishes:
                with box.store.transaction():
                    self._keep(asked, status, body)
        finally:
            box.request_id = box.request_key = None
        if status == 200:
            self._check(asked, body)
        return status, body

    def _keep(self, asked: Asked, status: int, body: Json) -> None:
        if asked.key is not None:
            self.keys.keep(asked.name, asked.fingerprint, status, body)

    def _check(self, asked: Asked, body: Json) -> None:
        """Hold our own answer against the oracle."""
        self.box.conformance.judged()
        errors = oracle.check_response(asked.supported.schema, body)
        if errors:
            self.box.conformance.violation(
                f"response {asked.method} {asked.supported.path}", errors
            )


_BROKEN: Json = {"error": {"type": "api_error", "message": "Injected: something went wrong."}}


def _broken() -> Response:
    return JSONResponse(_BROKEN, 500, {"Stripe-Should-Retry": "true"})


def _unanswered(method: str, path: str) -> StripeError:
    """501 for what Stripe has and the sandbox lacks, 404 for what Stripe does not have either."""
    operation = schema.match(method, path)
    if operation is not None:
        return Unsupported(f"{operation.name} ({method} {path}) is not implemented")
    message = f"Unrecognized request URL ({method}: {path})."
    return StripeError(404, "invalid_request_error", message)


def _secret(request: Request) -> str:
    """The API key; anything but a test key is refused and never repeated."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.startswith(TEST_KEYS):
        raise StripeError(
            401,
            "invalid_request_error",
            "Invalid API key provided: the sandbox takes only keys that begin with sk_test_ or"
            " rk_test_.",
        )
    return secret


def _params(request: Request, body: bytes) -> tuple[Json, bool]:
    """The parameters, and whether they came as text (a form or a query)."""
    if request.method == "POST" and request.url.path.startswith("/v2/"):
        try:
            params: Any = orjson.loads(body or b"{}")
        except ValueError:
            raise Refused("The request body is not JSON.") from None
        if not isinstance(params, dict):
            raise Refused("The request body is not a JSON object.")
        return params, False
    text = body.decode("utf-8", "replace") if request.method == "POST" else request.url.query
    params = wire.decode(text)
    # stripe-python up to 16.1 leaks this into the query of fetch_related_object_async
    params.pop("usage", None)
    return params, True


def _misfit(errors: list[str]) -> StripeError:
    """The refusal of a request that does not fit the schema, as Stripe words it."""
    param, _, reason = errors[0].partition(": ")
    code: str | None
    if "missing" in reason:
        message, code = f"Missing required param: {param}.", "parameter_missing"
    elif "unknown" in reason:
        message, code = f"Received unknown parameter: {param}", "parameter_unknown"
    else:
        message = f"Invalid {param}: {reason}"
        code = "parameter_invalid_integer" if "expected int" in reason else None
    return Refused(message, code=code, param=param)
