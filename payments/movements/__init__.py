"""Owns every write of money that leaves for Stripe; never decides who is owed what.

A movement is queued in a command, sent by a worker and settled once. It may be sent by two workers,
or by one that is killed anywhere: the call carries the movement's own idempotency key and the books
take its result once.

- `send(movement_id, on_fact, claimer)`
                                 outside any transaction; `claimer` names the job that sends
- `due(limit) -> list[UUID]`     what a periodic tick should send
- `wake_with(hook)`              `await hook(movement_id, at)` in the transaction that queues;
                                 `at` is None for at once
- `retry(movement_id)`           inside a command: an operator tries a parked one again
- `doubt() -> int`               inside a command: what was not sent is looked for before it is
- `send_credit(movement_id)`     inside a command: a refund that waited for a person is sent
- `hold_back(dispute)`, `decided(dispute, loss_minor)`
                                 inside a command: a bank disputes a charge, and decided
- `unsent(transfer)`            whether it has surely not left, so that it can be withdrawn
- `is_booked(transfer)`         whether news of Stripe's transfer can say nothing new
- `owe_instead(movement_id, on_fact)`
                                 inside a command: a parked reversal becomes the payee's debt
- `set_aside(movement_id)`, `put_back(movement_id)`, `paid_by_hand(movement_id, ...)`
                                 inside a command: a named person's decision about a transfer that
                                 cannot leave
"""

from __future__ import annotations

from payments.movements.aside import ASIDE, STUCK, paid_by_hand, put_back, set_aside
from payments.movements.banking import decided, hold_back
from payments.movements.queueing import (
    doubt,
    due,
    payee_ready,
    queue,
    retry,
    send_back,
    send_credit,
    withdraw,
)
from payments.movements.sending import send
from payments.movements.settling import is_booked, owe_instead, settle
from payments.movements.states import ATTEMPTS_MAX, TRANSITIONS, unsent, wake_with

__all__ = [
    "ASIDE",
    "ATTEMPTS_MAX",
    "STUCK",
    "TRANSITIONS",
    "decided",
    "doubt",
    "due",
    "hold_back",
    "is_booked",
    "owe_instead",
    "paid_by_hand",
    "payee_ready",
    "put_back",
    "queue",
    "retry",
    "send",
    "send_back",
    "send_credit",
    "set_aside",
    "settle",
    "unsent",
    "wake_with",
    "withdraw",
]
