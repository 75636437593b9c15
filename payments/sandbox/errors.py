"""The errors the local Stripe answers with, in the shape the official client understands.

Never a Python traceback for a caller's mistake: each refusal names its status, type and code.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

# Refusals before any work began: docs.stripe.com/api/idempotent_requests
_VALIDATION = frozenset(
    {
        "amount_too_large",
        "amount_too_small",
        "parameter_invalid_integer",
        "parameter_missing",
        "parameter_unknown",
        "resource_missing",
    }
)


class StripeError(Exception):
    """A refusal: `status` and the `error` object of the answer.

    `commits` says whether what happened before the refusal stays (a declined charge does).
    """

    commits = False

    def __init__(self, status: int, kind: str, message: str, **details: Any) -> None:
        super().__init__(message)
        self.status = status
        told = {name: value for name, value in details.items() if value is not None}
        self.body: Json = {"error": {"type": kind, "message": message, **told}}

    @property
    def stored(self) -> bool:
        """Whether an idempotency key replays this answer: only when work had begun."""
        code = str(self.body["error"].get("code", ""))
        return self.status in (400, 402) and code not in _VALIDATION


class Refused(StripeError):
    """400: the request cannot be carried out as it stands."""

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(400, "invalid_request_error", message, **details)


class Missing(StripeError):
    """404: no such object (for this account)."""

    def __init__(self, kind: str, identifier: str, param: str = "id") -> None:
        super().__init__(
            404,
            "invalid_request_error",
            f"No such {kind}: '{identifier}'",
            code="resource_missing",
            param=param,
        )


class Declined(StripeError):
    """402: the bank said no. The attempt stays recorded."""

    commits = True

    def __init__(self, message: str, code: str, **details: Any) -> None:
        super().__init__(402, "card_error", message, code=code, **details)


class Unsupported(StripeError):
    """501: a real operation or option of Stripe's that this sandbox lacks."""

    def __init__(self, message: str) -> None:
        super().__init__(501, "invalid_request_error", f"Relais sandbox: {message}")
