"""The sandbox itself: store, clock and settings, with the few verbs every resource is written in.

Never speaks HTTP; `dispatch` does, and the resources hold what each operation means.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from payments.sandbox import events, timers
from payments.sandbox.clock import DAY, Clock
from payments.sandbox.conformance import Conformance
from payments.sandbox.errors import Missing
from payments.sandbox.skeleton import Json, of_kind
from payments.sandbox.store import Store, kind_of

EVENT_SECONDS = 30 * DAY

PREFIXES = {
    "account": "acct",
    "balance_transaction": "txn",
    "charge": "ch",
    "checkout.session": "cs_test",
    "customer": "cus",
    "dispute": "du",
    "event": "evt",
    "item": "li",
    "payment_intent": "pi",
    "payment_method": "pm",
    "payout": "po",
    "refund": "re",
    "setup_intent": "seti",
    "topup": "tu",
    "transfer": "tr",
    "transfer_reversal": "trr",
}


@dataclass(frozen=True)
class Settings:
    """What one sandbox is started with. Amounts in minor units, fee shares in basis points."""

    port: int = 12111
    host: str = "127.0.0.1"
    data: Path | None = None
    seed: int | None = None
    webhook: str | None = None
    webhook_secret: str | None = None
    clock_file: Path | None = None
    card_delay_seconds: int = 2 * DAY
    card_fee_basis_points: int = 150
    card_fee_minor: int = 25
    sepa_fee_minor: int = 35
    dispute_fee_minor: int = 2000
    country: str = "FR"
    currency: str = "eur"
    settles: tuple[str, ...] = ("eur", "gbp", "chf", "usd", "cad")
    conversion_basis_points: int = 200
    latency_ms: int = 0

    @property
    def base_url(self) -> str:
        """Where this sandbox answers."""
        return f"http://{self.host}:{self.port}"


class Box:
    """One local Stripe. Every change happens inside `store.transaction()`."""

    PLATFORM = "platform"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store(settings.data, settings.seed)
        saved = self.store.find("clock")
        initial = 0.0 if settings.clock_file else float(saved["offset"]) if saved else 0.0
        self.clock = Clock(settings.clock_file, initial)
        self.request_id: str | None = None
        self.request_key: str | None = None
        self.conformance = Conformance()
        self._forget_old()

    def _forget_old(self) -> None:
        """At the start, drop events and keys that nobody can ask for any more."""
        limits = {"event": EVENT_SECONDS, "v2.core.event": EVENT_SECONDS, "_idempotency": DAY}
        with self.store.transaction():
            for kind, seconds in limits.items():
                for obj in self.store.of_kind(kind):
                    moment = obj["_moment"] if kind == "v2.core.event" else obj["created"]
                    if moment < self.now() - seconds:
                        self.store.drop(obj)

    # -- objects ---------------------------------------------------------------------------

    def new(self, kind: str, owner: str = PLATFORM, /, **values: Any) -> Json:
        """A new kept object of a kind; names that begin with `_` are the sandbox's own."""
        obj = of_kind(kind, **values)
        obj.update({k: v for k, v in values.items() if k.startswith("_")})
        obj.setdefault("id", "")
        obj["id"] = values.get("id") or self.store.identifier(PREFIXES[kind])
        if "created" in obj and "created" not in values:
            obj["created"] = self.clock.now()
        if "metadata" in obj and obj["metadata"] is None:
            obj["metadata"] = {}
        obj["_account"] = owner
        return self.store.put(obj)

    def get(self, identifier: str, kind: str, account: str = PLATFORM, param: str = "id") -> Json:
        """The object, or 404 as Stripe words it."""
        obj = self.store.find(identifier)
        if obj is None or kind_of(obj) != kind or obj["_account"] != account:
            raise Missing(kind, identifier, param)
        return obj

    def edit(self, obj: Json, **values: Any) -> Json:
        """Change fields of a kept object."""
        return self.store.edit(obj, **values)

    def emit(self, kind: str, obj: Json, previous: Json | None = None) -> None:
        """Tell that something happened to an object."""
        events.emit(self, kind, obj, previous)

    # -- time ------------------------------------------------------------------------------

    def now(self) -> int:
        """Seconds since the epoch on the sandbox's clock."""
        return self.clock.now()

    def later(self, seconds: int, action: str, target: str) -> None:
        """Run a timer action on an object after some seconds."""
        assert action in timers.ACTIONS, action
        self.store.put(
            {
                "id": self.store.identifier("timer"),
                "_kind": "_timer",
                "due": self.now() + seconds,
                "action": action,
                "target": target,
            }
        )

    def tick(self) -> int:
        """Let everything happen that is due; returns how many things did."""
        return timers.run_due(self)

    def advance(self, seconds: float) -> None:
        """Move the clock forward and let happen what falls due on the way."""
        self.clock.advance(seconds)
        if self.settings.clock_file is None:
            with self.store.transaction():
                saved = self.store.find("clock")
                if saved is None:
                    saved = self.store.put({"id": "clock", "_kind": "_clock"})
                self.edit(saved, offset=self.clock.offset)
        self.tick()
