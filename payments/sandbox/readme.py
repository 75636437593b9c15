"""The README, written from the tables the server runs on; `--readme` prints it.

Never edited by hand: a test compares the file with this module's output.
"""

from __future__ import annotations

import stripe

import payments.sandbox.resources  # noqa: F401  (fills the table of operations)
from payments.sandbox import control, eventtypes, faults, schema
from payments.sandbox.events import API_VERSION
from payments.sandbox.operations import TABLE
from payments.sandbox.testcards import CARDS, IBANS
from payments.sandbox.texts import CARD_HELP, IBAN_HELP

_INTRO = """# The local Stripe

A Starlette app that speaks the part of Stripe's HTTP API that Relais uses, keeps its state across
restarts and has the hosted pages a person would see. Development, demonstrations and tests reach it
over HTTP through the official client, as they would reach Stripe.

This file is generated: `python -m payments.sandbox --readme > payments/sandbox/README.md`.

## Start

    python -m payments.sandbox --port 12111 --data var/stripe \\
        --webhook http://127.0.0.1:8000/webhooks/stripe --webhook-secret whsec_local \\
        --clock-file var/clock

Without `--data` the state lives in memory. `--latency-ms 50` makes every API call as slow as a
distant Stripe; calls made at once wait side by side. It listens on this machine only, takes only
keys that begin with `sk_test_` or `rk_test_`, answers 501 to Stripe operations it lacks and 404 to
addresses Stripe does not have. `/_sandbox` shows its state with buttons for the controls.

## What it proves, and what it does not

Each request, each answer and each event is checked against the schema read from the installed
stripe package ({version}, API {api}: {operations} operations, {events} event types). A request
that does not fit is refused as Stripe would; an answer of ours that does not fit is logged and
counted in `/_sandbox/state` (`violation_count`, which must be 0). A run of tests ends with the
same question to every sandbox that it started: they answer in the folder that
`SANDBOX_CONFORMANCE` names.

It proves our code against our reading of Stripe. `tests/payments/gateway` runs on this sandbox
always, and on a real Stripe test account when `STRIPE_TEST_KEY` is set: once before launch. To
confirm there:

- what the cards ending in 9995, 3155, 3184, 0259, 5126 and 7726 and the test bank accounts do;
- `winning_evidence` and `losing_evidence`, and that a won dispute returns what it took;
- the shape of the 409 for a key in flight and the `Idempotent-Replayed` header;
- that a refund of a charge whose funds are pending is set against them;
- `insufficient_capabilities_for_transfer`, `transfers_not_allowed`, and that refunds reduce what
  `source_transaction` can bear;
- the fees on cards from outside the EEA;
- the height of the currency conversion fee and that it is a line of its own;
- which saved methods Checkout offers (`allow_redisplay` of those it saved itself).

Not modelled: conversion on a connected account (each currency there keeps its own balance), debits
of an account, reserves, automatic debits of the platform's bank when its balance is below zero,
stored prices, subscriptions, fees other than those on payments, conversions and disputes.
"""

_RULES = """## Rules worth knowing

- Card funds are pending for two days (`--card-delay`), the fee is 1.5 % + 25 minor units, rounded
  half up (2.5 % for British cards, 3.25 % for those from further away); a SEPA debit costs 35 and
  is available at once when it succeeds; a dispute costs 20.00.
- A card charge captured asynchronously (`automatic_async`, the default) has no
  `balance_transaction` for a minute, then `charge.updated` tells of it.
- A payment in a currency the platform does not settle in (`--settles eur,usd`; all five by
  default) is converted to euros at a fixed rate (`/_sandbox/rates` changes it), with
  `exchange_rate` and a fee of 2 % on its balance transaction. Transfers out of it are in euros;
  refunds and disputes cost the rate of their day.
- A dispute may leave the platform's balance below zero: until money comes, refunds wait and only
  transfers out of a charge succeed. A connected account's balance never falls below zero.
- Transfers reach accounts in the EEA, the United Kingdom, Switzerland, the United States and
  Canada, elsewhere 400 `transfers_not_allowed`; under the recipient agreement a day later.
- A transfer without `source_transaction` needs available funds, else 400 `balance_insufficient`.
  With it, the money arrives with the charge's funds, and no more than the charge's amount less
  refunds and other transfers.
- `fees` takes one of Stripe's own periodic fees, which no event announces.
- An idempotency key replays the first answer for a day, refusals such as `balance_insufficient`
  and declines included, never validation errors; other parameters give 400, a key in flight 409.
  A v2 request that failed is carried out anew under its key.
- Connected accounts are paid out automatically the night after money arrives, unless their balance
  settings say otherwise; the platform's payouts are by hand, as ours must be, until its settings
  say otherwise (a real new account pays out every day).
- An authorisation expires after 7 days (4 days 18 hours off session), a Checkout page after 24
  hours, an onboarding link after 5 minutes or one use, an unanswered dispute after 9 days (lost).
- Checkout offers a customer's saved methods when the session asks for them
  (`saved_payment_method_options`).
- `hooks` doubles events, sends them in no order, or late by seconds of the sandbox's clock, also by
  days; `events` sends them again.
- Webhooks are retried with growing waits for three days of the sandbox's clock. They are signed
  with real time, because the official client compares it with its own.
- The journal has one line per change, flushed before the answer: `kill -9` loses nothing that was
  answered, and timers catch up after a restart. (It is not synced to the disk on every answer: a
  power cut may lose the last moments.)
- The same `--seed` and the same calls give the same ids and outcomes.
"""


def readme() -> str:
    """The whole README."""
    intro = _INTRO.replace("{version}", stripe.VERSION).replace("{api}", API_VERSION)
    intro = intro.replace("{operations}", str(len(schema.operations())))
    intro = intro.replace("{events}", str(len(eventtypes.event_types())))
    parts = (intro, _operations(), _controls(), _methods(), _RULES)
    return "\n".join(parts)


def _operations() -> str:
    rows = [
        f"| {op.method} | `{op.path}` | {op.summary} | {', '.join(f'`{e}`' for e in op.events)} |"
        for op in sorted(TABLE.values(), key=lambda op: (op.path, op.method))
    ]
    head = [
        f"## Operations ({len(rows)})",
        "",
        "| | Path | What it does | Events at once |",
        "|---|---|---|---|",
    ]
    return "\n".join([*head, *rows, ""])


def _controls() -> str:
    rows = [
        f"| `{name}` | {(action.__doc__ or '').strip().splitlines()[0].replace('|', 'or')} |"
        for name, action in control.ACTIONS.items()
    ]
    head = [
        "## Controls",
        "",
        "`GET /_sandbox/state` and `GET /_sandbox/quiet` (answers once every event is delivered);",
        "the others `POST /_sandbox/{name}[/{id}]` with JSON.",
        "",
        "| Name | Body |",
        "|---|---|",
    ]
    return "\n".join([*head, *rows, "", f"Kinds of fault: {', '.join(faults.KINDS)}.", ""])


def _methods() -> str:
    head = ["## Test payment methods", "", "| Number | What it does |", "|---|---|"]
    listed = [f"| {number} | {english} |" for number, english, _ in (*CARD_HELP, *IBAN_HELP)]
    told = {number.replace(" ", "") for number, _, _ in (*CARD_HELP, *IBAN_HELP)}
    more = sorted((set(CARDS) | set(IBANS)) - told)
    return "\n".join([*head, *listed, "", f"Also known: {', '.join(more)}.", ""])
