"""Owns the kinds of refusal; each feature names its own by subclassing; never speaks HTTP.

`message` is an English gettext msgid with %(name)s parameters, translated at the edge.
"""

from __future__ import annotations

import re
from typing import ClassVar

from marketplace.core.i18n import _


class RelaisError(Exception):
    """A refusal a person or a program can act on. `status` is the HTTP status at the edge.

    `errors` maps field name -> msgid (or (msgid, params)) where fields are to blame.
    """

    status: ClassVar[int] = 400
    message: str = _("That did not work.")

    def __init__(self, message: str | None = None, **params: object) -> None:
        self.message = message or type(self).message
        self.params = params
        self.errors: dict[str, str | tuple[str, dict[str, object]]] = {}
        super().__init__(self.message % params if params else self.message)

    @property
    def code(self) -> str:
        """Machine-readable name: the class name in snake case."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()


class NotFound(RelaisError):
    """The thing does not exist, or is not this viewer's to see (never told apart)."""

    status = 404
    message = _("We cannot find that.")


class Unauthenticated(RelaisError):
    """Nobody is signed in."""

    status = 401
    message = _("Please log in first.")


class Forbidden(RelaisError):
    """The viewer is known and may see the thing, yet may not do this."""

    status = 403
    message = _("You may not do that.")


class NotInPerson(Forbidden):
    """A token asks for what only its owner may do: what it gets so would outlast and outdo it."""

    message = _("Only you can do this, logged in with your browser: never an API token.")


class Conflict(RelaisError):
    """The thing is in a state that does not allow this step; nothing was written."""

    status = 409
    message = _("That is not possible at this stage.")


class Invalid(RelaisError):
    """Input that cannot be accepted."""

    status = 422
    message = _("Please check what you entered.")

    def __init__(
        self,
        errors: dict[str, str | tuple[str, dict[str, object]]] | None = None,
        message: str | None = None,
        **params: object,
    ) -> None:
        super().__init__(message, **params)
        self.errors = errors or {}


class TooManyRequests(RelaisError):
    """A limit was reached; `retry_after` in seconds."""

    status = 429
    message = _("Too many tries. Please wait a moment and try again.")

    def __init__(self, retry_after: int = 60, message: str | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class TooLarge(RelaisError):
    """A body over what one request may carry; it was not read to its end."""

    status = 413
    message = _("This is too large: a form and its files together may have 12 MB at most.")


class Unavailable(RelaisError):
    """A part of the service is away for now."""

    status = 503
    message = _("This part of the service is away for a moment. Please try again soon.")
