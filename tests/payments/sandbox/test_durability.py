"""The journal: kill -9 loses nothing that was answered, timers and deliveries go on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.runtime import ports
from payments.sandbox.errors import Declined, Refused
from payments.sandbox.store import JOURNAL, Store
from tests.payments.sandbox.conftest import SECRET, LocalStripe, Receiver

Start = Callable[..., LocalStripe]


def again(start_stripe: Start, killed: LocalStripe, *options: str) -> LocalStripe:
    killed.kill()
    killed.close()
    return start_stripe(*options, port=killed.port)


def test_everything_answered_survives_a_kill(start_stripe: Start) -> None:
    stripe = start_stripe()
    account = stripe.account()
    charge = stripe.pay(10_000).latest_charge.id
    options: Any = {"idempotency_key": "release:1"}
    params: Any = {
        "amount": 8_000,
        "currency": "eur",
        "destination": account,
        "source_transaction": charge,
    }
    sent = stripe.client.v1.transfers.create(params, options)
    session = stripe.session()
    balances = (stripe.balance(), stripe.balance(account))
    stripe.control("advance", seconds=3_600)
    stripe = again(start_stripe, stripe)
    assert stripe.client.v1.transfers.create(params, options).id == sent.id
    assert (stripe.balance(), stripe.balance(account)) == balances
    assert stripe.state()["offset"] == 3_600
    assert stripe.web.get(f"/c/pay/{session.id}").status_code == 200
    stripe.advance(days=4)
    assert stripe.balance(account) == (0, 0)  # its funds arrived and were paid out
    assert stripe.balance()[1] == 0


def test_timers_that_fell_due_while_it_was_down_are_caught_up(
    start_stripe: Start, tmp_path: Path
) -> None:
    clock = tmp_path / "clock"
    stripe = start_stripe("--clock-file", str(clock))
    session = stripe.session()
    stripe.kill()
    stripe.close()
    clock.write_text("172800.0\n")
    stripe = start_stripe("--clock-file", str(clock), port=stripe.port)
    after = stripe.client.v1.checkout.sessions.retrieve(session.id)
    assert after.status == "expired"
    event = stripe.client.v1.events.list({"type": "checkout.session.expired"}).data[0]
    assert event.created == after.expires_at


def test_events_not_yet_delivered_arrive_after_a_kill(
    start_stripe: Start, receiver: Receiver
) -> None:
    nobody = f"http://127.0.0.1:{ports.free()}/hook"
    stripe = start_stripe("--webhook", nobody, "--webhook-secret", SECRET)
    customer = stripe.customer()
    assert stripe.state()["waiting_deliveries"] == 1
    options = ("--webhook", receiver.url, "--webhook-secret", SECRET)
    stripe = again(start_stripe, stripe, *options)
    assert receiver.wait(1)[0]["related_object"]["id"] == customer
    stripe.client.parse_event_notification(*receiver.arrived[0], SECRET)


def test_kills_at_any_moment_never_split_a_payment_from_its_key(start_stripe: Start) -> None:
    stripe = start_stripe()
    done: dict[str, str] = {}
    for turn in range(4):
        stop = threading.Event()

        def work(stripe: LocalStripe = stripe, turn: int = turn, stop: Any = stop) -> None:
            for number in range(500):
                name = f"topup:{turn}:{number}"
                options: Any = {"idempotency_key": name}
                try:
                    made = stripe.client.v1.topups.create(
                        {"amount": 100, "currency": "eur", "metadata": {"op": name}}, options
                    )
                except Exception:  # noqa: BLE001 (the kill)
                    stop.set()
                    return
                done[name] = made.id

        thread = threading.Thread(target=work)
        thread.start()
        time.sleep(0.3)
        stripe.kill()
        thread.join()
        stripe.close()
        stripe = start_stripe(port=stripe.port)
        name = f"topup:{turn}:{len([n for n in done if n.startswith(f'topup:{turn}:')])}"
        options: Any = {"idempotency_key": name}
        made = stripe.client.v1.topups.create(
            {"amount": 100, "currency": "eur", "metadata": {"op": name}}, options
        )
        done[name] = made.id
    topups = list(stripe.client.v1.topups.list({"limit": 100}).auto_paging_iter())
    assert sorted(t.metadata["op"] for t in topups) == sorted(done)
    assert stripe.balance()[0] == 100 * len(done)


def test_two_sandboxes_never_share_a_folder(start_stripe: Start) -> None:
    start_stripe()
    with pytest.raises(AssertionError, match="did not start"):
        start_stripe()


def test_the_same_seed_and_history_give_the_same_ids(tmp_path: Path) -> None:
    def ids(seed: int) -> list[str]:
        store = Store(seed=seed)
        return [store.identifier("pi") for _ in range(50)]

    assert ids(7) == ids(7)
    assert ids(7) != ids(8)
    assert len(set(ids(7))) == 50


def test_a_torn_last_line_is_forgotten_and_damage_before_it_is_not(tmp_path: Path) -> None:
    store = Store(tmp_path, seed=1)
    for name in ("a", "b"):
        with store.transaction():
            store.put({"id": name, "_kind": "_thing"})
    store.close()
    journal = tmp_path / JOURNAL
    whole = journal.read_text()
    journal.write_text(whole[:-10])
    torn = Store(tmp_path)
    assert (torn.find("a") is not None, torn.find("b")) == (True, None)
    torn.close()
    lines = whole.splitlines(keepends=True)
    journal.write_text(lines[0][:-9] + "\n" + "".join(lines[1:]))
    with pytest.raises(SystemExit, match="damaged"):
        Store(tmp_path)


def test_a_refusal_undoes_everything_and_a_decline_keeps_it() -> None:
    store = Store(seed=1)
    with store.transaction():
        kept = store.put({"id": "a", "_kind": "_thing", "n": 1})
    with pytest.raises(Refused), store.transaction():
        store.edit(kept, n=2)
        store.put({"id": "b", "_kind": "_thing"})
        raise Refused("no")
    assert (kept["n"], store.find("b"), store.count("_thing")) == (1, None, 1)
    with pytest.raises(Declined), store.transaction():
        store.edit(kept, n=3)
        raise Declined("no", "card_declined")
    assert kept["n"] == 3


STEPS = st.lists(
    st.tuples(st.sampled_from(["put", "edit", "drop"]), st.integers(0, 5), st.booleans()),
    max_size=30,
)


@settings(max_examples=60)
@given(STEPS)
def test_a_journal_read_again_is_the_memory_that_wrote_it(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, bool]]
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    store = Store(folder, seed=1)
    for count, (verb, number, fails) in enumerate(steps):
        name = f"thing_{number}"
        try:
            with store.transaction():
                found = store.find(name)
                if verb == "put" and found is None:
                    store.put({"id": name, "_kind": "charge", "payment_intent": f"pi_{count % 3}"})
                elif verb == "edit" and found is not None:
                    store.edit(found, payment_intent=f"pi_{count % 3}", n=count)
                elif verb == "drop" and found is not None:
                    store.drop(found)
                if fails:
                    raise Refused("undo")  # noqa: TRY301 (what a handler does)
        except Refused:
            continue
    memory = {name: dict(obj) for name, obj in store.objects.items()}
    listed = [obj["id"] for obj in store.of_kind("charge")]
    assert listed == sorted(memory, key=lambda name: -int(memory[name]["_seq"]))
    for wanted in range(3):
        by_index = [o["id"] for o in store.where("charge", "payment_intent", f"pi_{wanted}")]
        by_look = [o["id"] for o in store.objects.values() if o["payment_intent"] == f"pi_{wanted}"]
        assert sorted(by_index) == sorted(by_look)
    store.close()
    read = Store(folder)
    assert read.objects == memory
    assert [obj["id"] for obj in read.of_kind("charge")] == listed
    read.close()
