"""Idempotency keys: the same key gives the same answer, once.

The v1 API keeps failures too; a v2 request that failed is carried out anew under its key.
Never keeps an answer that began no work (validation, conflicts). docs.stripe.com/api/
idempotent_requests; the 409's shape and the replay header: to confirm on Stripe.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from payments.sandbox.clock import DAY
from payments.sandbox.errors import StripeError

if TYPE_CHECKING:
    from payments.sandbox.box import Box
    from payments.sandbox.skeleton import Json

# Stripe may forget a key after a day; the sandbox always does, so that nobody relies on more.
KEPT_SECONDS = DAY


class Keys:
    """The keys of one sandbox. Requests in flight live in memory: a kill ends them."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self._in_flight: set[str] = set()

    @staticmethod
    def name(secret: str, account: str, key: str) -> str:
        """Where a key's record is kept; a key belongs to one API key and account."""
        digest = hashlib.sha256(f"{secret}\n{account}\n{key}".encode()).hexdigest()
        return f"idem:{digest}"

    @staticmethod
    def fingerprint(method: str, path: str, params: Json) -> str:
        """What a second use of the key is compared with."""
        text = f"{method} {path} {json.dumps(params, sort_keys=True)}"
        return hashlib.sha256(text.encode()).hexdigest()

    def begin(self, name: str, fingerprint: str) -> Json | None:
        """The kept answer to replay, or None after claiming the key.

        Raises StripeError 409 while another request holds it and 400 for other parameters.
        """
        if name in self._in_flight:
            raise StripeError(
                409,
                "idempotency_error",
                "There is currently another in-progress request using this Idempotent Key (that"
                " probably means you submitted twice, and the other request is still going"
                " through).",
                code="idempotency_key_in_use",
            )
        kept = self.box.store.find(name)
        if kept is not None and kept["created"] > self.box.now() - KEPT_SECONDS:
            if kept["fingerprint"] != fingerprint:
                raise StripeError(
                    400,
                    "idempotency_error",
                    "Keys for idempotent requests can only be used with the same parameters they"
                    " were first used with. Try using a different key if you meant to execute a"
                    " different request.",
                )
            return kept
        self._in_flight.add(name)
        return None

    def keep(self, name: str, fingerprint: str, status: int, body: Json) -> None:
        """Keep an answer; inside the transaction that did the work."""
        record = {
            "id": name,
            "_kind": "_idempotency",
            "fingerprint": fingerprint,
            "status": status,
            "body": body,
            "created": self.box.now(),
        }
        old = self.box.store.find(name)
        if old is not None:
            self.box.store.drop(old)
        self.box.store.put(record)

    def end(self, name: str) -> None:
        """Let the key go."""
        self._in_flight.discard(name)
