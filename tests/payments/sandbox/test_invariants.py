"""Whatever happens in whatever order, the sandbox's own books add up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

import payments.sandbox.resources  # noqa: F401 (fills the table of operations)
from payments.sandbox import control, operations, oracle, schema
from payments.sandbox.box import Box, Settings
from payments.sandbox.clock import Clock
from payments.sandbox.errors import StripeError
from payments.sandbox.events import public
from payments.sandbox.testcards import CARDS, IBANS

indexes = st.integers(0, 1_000_000)
START = 1_795_000_000


class StillClock(Clock):
    """Time that only `wait` moves: a slow machine must not let a timer fall due in between."""

    def now(self) -> int:
        return int(self.exact())

    def exact(self) -> float:
        return START + self.offset if self._frozen is None else float(self._frozen)


class Books(RuleBasedStateMachine):
    """Every operation that moves money, against running totals, charges and the schema."""

    def __init__(self) -> None:
        super().__init__()
        self.box = Box(Settings(seed=1, settles=("eur", "gbp")))
        self.box.clock = StillClock()
        self.accounts = [self._account(), self._account()]
        for number in ("4242424242424242", "4000000000000077"):
            self.pay_by_card(number, 40_000)

    def _account(self) -> str:
        recipient = {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}
        made = self.call(
            "POST",
            "/v2/core/accounts",
            identity={"country": "FR"},
            configuration={"recipient": recipient},
        )
        assert made is not None
        self.act("onboard", made["id"])
        return str(made["id"])

    def call(self, method: str, path: str, account: str = Box.PLATFORM, **params: Any) -> Any:
        """One operation in its transaction; None when it is refused."""
        found = operations.find(method, path)
        assert found is not None
        supported, ids = found
        self.box.tick()
        try:
            with self.box.store.transaction():
                made = supported.handler(self.box, operations.Call(params, ids, account, path))
                answer = public(made)
        except StripeError:
            return None
        operation = schema.operation(method, supported.path)
        assert operation is not None
        assert oracle.check_response(operation, answer) == []
        return answer

    def act(self, name: str, identifier: str, **given: Any) -> None:
        try:
            with self.box.store.transaction():
                control.ACTIONS[name](self.box, identifier, given)
        except StripeError:
            return

    def pick(self, kind: str, index: int) -> Any:
        rows = [o for o in self.box.store.of_kind(kind) if o.get("_method", True)]
        return rows[index % len(rows)]

    @rule(
        number=st.sampled_from(sorted(CARDS)),
        amount=st.integers(50, 50_000),
        currency=st.sampled_from(["eur", "gbp", "chf"]),
    )
    def card(self, number: str, amount: int, currency: str) -> None:
        self.pay_by_card(number, amount, currency)

    def pay_by_card(self, number: str, amount: int, currency: str = "eur") -> None:
        data = {"type": "card", "card": {"number": number}}
        params: Any = {"payment_method_data": data, "confirm": "true"}
        self.call("POST", "/v1/payment_intents", amount=amount, currency=currency, **params)

    @rule(chf=st.decimals("0.5", "2", places=3))
    def the_market_moves(self, chf: Decimal) -> None:
        self.act("rates", "", chf=str(chf))

    @rule(iban=st.sampled_from(sorted(IBANS)), amount=st.integers(50, 50_000))
    def pay_by_debit(self, iban: str, amount: int) -> None:
        data = {"type": "sepa_debit", "sepa_debit": {"iban": iban}}
        params: Any = {"payment_method_data": data, "confirm": "true"}
        self.call("POST", "/v1/payment_intents", amount=amount, currency="eur", **params)

    @precondition(lambda self: self.box.store.count("payment_intent"))
    @rule(index=indexes, result=st.sampled_from(["pass", "fail"]))
    def answer_the_bank(self, index: int, result: str) -> None:
        self.act("3ds", self.pick("payment_intent", index)["id"], result=result)

    @precondition(lambda self: self.box.store.count("charge"))
    @rule(index=indexes, amount=st.integers(1, 60_000), which=st.integers(0, 1))
    def transfer(self, index: int, amount: int, which: int) -> None:
        source = self.pick("charge", index)["id"] if which else None
        more = {"source_transaction": source} if source else {}
        destination = self.accounts[amount % 2]
        self.call(
            "POST",
            "/v1/transfers",
            amount=amount,
            currency="eur",
            destination=destination,
            **more,
        )

    @precondition(lambda self: self.box.store.count("transfer"))
    @rule(index=indexes, amount=st.integers(1, 60_000))
    def reverse(self, index: int, amount: int) -> None:
        transfer = self.pick("transfer", index)["id"]
        self.call("POST", f"/v1/transfers/{transfer}/reversals", amount=amount)

    @precondition(lambda self: self.box.store.count("charge"))
    @rule(index=indexes, amount=st.integers(1, 60_000))
    def refund(self, index: int, amount: int) -> None:
        self.call("POST", "/v1/refunds", charge=self.pick("charge", index)["id"], amount=amount)

    @precondition(lambda self: self.box.store.count("refund"))
    @rule(index=indexes)
    def fail_refund(self, index: int) -> None:
        self.act("refunds", self.pick("refund", index)["id"])

    @precondition(lambda self: self.box.store.count("charge"))
    @rule(index=indexes)
    def dispute(self, index: int) -> None:
        self.act("disputes", "", charge=self.pick("charge", index)["id"])

    @precondition(lambda self: self.box.store.count("dispute"))
    @rule(index=indexes, result=st.sampled_from(["won", "lost"]))
    def decide(self, index: int, result: str) -> None:
        self.act("disputes", self.pick("dispute", index)["id"], result=result)

    @rule(amount=st.integers(1, 50_000), which=st.integers(0, 2))
    def pay_out(self, amount: int, which: int) -> None:
        account = [Box.PLATFORM, *self.accounts][which]
        self.call("POST", "/v1/payouts", account, amount=amount, currency="eur")

    @precondition(lambda self: self.box.store.count("payout"))
    @rule(index=indexes)
    def fail_payout(self, index: int) -> None:
        self.act("payouts", self.pick("payout", index)["id"])

    @rule(seconds=st.sampled_from([1, 200, 3_600, 86_400, 10 * 86_400]))
    def wait(self, seconds: int) -> None:
        self.box.advance(seconds)

    @invariant()
    def totals_are_the_sum_of_their_transactions(self) -> None:
        store = self.box.store
        for totals in store.of_kind("_balance"):
            mine = [
                t
                for t in store.of_kind("balance_transaction")
                if (t["_account"], t["currency"]) == (totals["account"], totals["currency"])
            ]
            for status in ("available", "pending"):
                assert totals[status] == sum(t["net"] for t in mine if t["status"] == status)
            if totals["account"] != Box.PLATFORM:
                assert totals["available"] + totals["pending"] >= 0

    @invariant()
    def a_charge_never_gives_more_than_it_took(self) -> None:
        store = self.box.store
        for charge in store.of_kind("charge"):
            sent = sum(
                t["amount"] - t["amount_reversed"]
                for t in store.of_kind("transfer")
                if t["source_transaction"] == charge["id"]
            )
            back = sum(
                r["amount"]
                for r in store.where("refund", "charge", charge["id"])
                if r["status"] in ("succeeded", "pending")
            )
            assert charge["_transferred"] == sent
            assert charge["_refunded"] == back <= charge["amount_captured"]

    @invariant()
    def nothing_breaks_the_schema(self) -> None:
        assert self.box.conformance.violations == []


TestBooks = Books.TestCase
TestBooks.settings = settings(max_examples=80, stateful_step_count=30)
