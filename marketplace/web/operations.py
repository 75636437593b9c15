"""Owns the shape of the operations of signed-in people on what is theirs; never whose it is.

Reads want one scope, all writes another; a POST may be repeated under its Idempotency-Key, and
whatever is refused because it is not its time is a 409.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marketplace.web.calling import Handler
from marketplace.web.guards import signed_in
from marketplace.web.routing import Api

Register = Callable[[Handler], Handler]
CONFLICT = (409,)


class Own:
    """A feature's operations; `subject` names its two scopes (`work:read`, `work:write`)."""

    def __init__(self, feature: str, subject: str) -> None:
        self.api = Api(feature)
        self._read = {"guard": signed_in, "scope": f"{subject}:read"}
        self._write = {"guard": signed_in, "scope": f"{subject}:write", "errors": CONFLICT}

    def read(self, path: str, **options: Any) -> Register:
        """Something a person reads."""
        return self.api.get(path, **self._read, **options)

    def make(self, path: str, **options: Any) -> Register:
        """Something that is there afterwards."""
        return self.act(path, status=201, **options)

    def act(self, path: str, **options: Any) -> Register:
        """Something a person does."""
        return self.api.post(path, **{**self._write, "idempotent": True, **options})

    def change(self, path: str, **options: Any) -> Register:
        """Something that is set to what is given."""
        return self.api.put(path, **{**self._write, **options})

    def remove(self, path: str) -> Register:
        """Something that is not there afterwards."""
        return self.api.delete(path, **self._write)
