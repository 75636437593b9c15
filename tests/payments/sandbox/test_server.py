"""The server: who may ask, what it lacks, its command line, its clock, its README, its state page."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from stripe import RateLimitError

from payments.sandbox import texts
from payments.sandbox.clock import Clock
from payments.sandbox.readme import readme
from payments.sandbox.statewords import WORDS
from tests.payments.sandbox.conftest import ROOT, LocalStripe, Receiver


def run(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "payments.sandbox", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.10", "example.org", "::"])  # noqa: S104
def test_it_refuses_to_listen_beyond_this_machine(host: str) -> None:
    refused = run("--host", host, "--port", "1")
    assert refused.returncode != 0
    assert "this machine only" in refused.stderr


def test_the_readme_is_the_one_its_tables_write() -> None:
    written = (ROOT / "payments" / "sandbox" / "README.md").read_text(encoding="utf-8")
    assert written == readme(), (
        "run python -m payments.sandbox --readme > payments/sandbox/README.md"
    )
    assert run("--readme").stdout == written


@pytest.mark.parametrize("key", ["sk_live_1234567890", "rk_live_1", "pk_test_1", "", "sk_tset_1"])
def test_only_test_keys_are_taken_and_no_key_is_repeated(
    stripe_local: LocalStripe, key: str
) -> None:
    answer = stripe_local.web.get("/v1/balance", headers={"Authorization": f"Bearer {key}".strip()})
    assert answer.status_code == 401
    assert not key or key not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/subscriptions", 501),
        ("POST", "/v1/invoices", 501),
        ("GET", "/v2/core/accounts/acct_1/persons", 501),
        ("GET", "/v1/nothing", 404),
        ("GET", "/v3/charges", 404),
        ("GET", "/v1/charges/ch_nobody", 404),
        ("DELETE", "/v1/charges", 404),
    ],
)
def test_what_it_lacks_is_501_and_what_stripe_lacks_is_404(
    stripe_local: LocalStripe, method: str, path: str, status: int
) -> None:
    auth = {"Authorization": "Bearer sk_test_1"}
    answer = stripe_local.web.request(method, path, headers=auth)
    assert answer.status_code == status
    assert answer.json()["error"]["message"]
    assert answer.headers["request-id"].startswith("req_")


def test_a_foreign_host_name_is_refused(stripe_local: LocalStripe) -> None:
    answer = stripe_local.web.get("/_sandbox/state", headers={"Host": "evil.example"})
    assert answer.status_code == 400


@pytest.mark.parametrize("body", ["{", "[]", '{"kind": 5}'])
def test_a_control_that_cannot_be_read_is_told(stripe_local: LocalStripe, body: str) -> None:
    assert stripe_local.web.post("/_sandbox/faults", content=body).status_code == 400
    assert stripe_local.web.post("/_sandbox/nothing", content="{}").status_code == 404


def test_the_shared_clock_moves_the_sandbox_and_is_moved_by_it(
    start_stripe: Callable[..., LocalStripe], tmp_path: Path
) -> None:
    file = tmp_path / "shared" / "clock"
    stripe = start_stripe("--clock-file", str(file), "--card-delay", "60")
    started = stripe.state()["now"]
    stripe.pay(1_000)
    file.parent.mkdir()
    file.write_text("600.0\n")
    deadline = time.monotonic() + 60
    while stripe.balance() == (0, 960):  # its own loop notices, nobody asks it to
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert stripe.balance() == (960, 0)
    assert stripe.state()["now"] >= started + 600
    stripe.advance(seconds=1_000)
    assert float(file.read_text()) == 1_600
    assert list(file.parent.iterdir()) == [file]


def test_latency_holds_every_call_back_but_calls_overlap(
    start_stripe: Callable[..., LocalStripe],
) -> None:
    stripe = start_stripe("--latency-ms", "1500")
    started = time.monotonic()
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda _: stripe.customer(), range(10)))
    assert 1.5 <= time.monotonic() - started < 15  # one after another they take that long at least


def test_a_clock_file_that_cannot_be_read_keeps_the_last_offset(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    clock = Clock(file)
    assert clock.offset == 0
    clock.advance(50)
    assert clock.offset == 50
    file.write_text("soon")
    os.utime(file, (1, 1))
    assert clock.offset == 50
    file.unlink()
    assert clock.offset == 0


def test_the_state_page_shows_everything_and_its_buttons_work(stripe_local: LocalStripe) -> None:
    account = stripe_local.account(active=False)
    method: Any = {"type": "card", "card": {"number": "4000002760003184"}}
    card = stripe_local.client.v1.payment_methods.create(method).id
    asked = stripe_local.pay(1_000, card)
    charge = stripe_local.pay(2_000).latest_charge.id
    page = stripe_local.web.get("/_sandbox").text
    for identifier in (account, asked.id, charge):
        assert identifier in page
    press = stripe_local.web.post
    assert press(f"/_sandbox/do/3ds/{asked.id}", data={"result": "pass"}).status_code == 303
    assert stripe_local.client.v1.payment_intents.retrieve(asked.id).status == "succeeded"
    press(f"/_sandbox/do/onboard/{account}")
    assert stripe_local.client.v1.accounts.retrieve(account).payouts_enabled
    press("/_sandbox/do/disputes", data={"charge": charge})
    dispute = stripe_local.client.v1.disputes.list({"charge": charge}).data[0]
    press(f"/_sandbox/do/disputes/{dispute.id}", data={"result": "won"})
    assert stripe_local.client.v1.disputes.retrieve(dispute.id).status == "won"
    before = stripe_local.state()["now"]
    press("/_sandbox/do/advance", data={"seconds": "3600"})
    assert stripe_local.state()["now"] >= before + 3_600
    refused = press("/_sandbox/do/disputes", data={"charge": "ch_nobody"})
    assert "No such charge" in stripe_local.web.get(refused.headers["location"]).text


def test_the_state_page_sends_events_and_arms_faults_in_french_too(
    stripe_local: LocalStripe, receiver: Receiver
) -> None:
    stripe_local.control("hooks", url=receiver.url, secret="whsec_page")
    customer = stripe_local.customer()
    receiver.wait(1)
    press = stripe_local.web.post
    page = stripe_local.web.get("/_sandbox?locale=fr").text
    assert 'lang="fr"' in page
    assert "Renvoyer les 10 derniers" in page
    ticked = {"duplicate": "on", "shuffle": "on", "delay": "0", "at": "hooks"}
    done = press("/_sandbox/do/hooks?locale=fr", data=ticked)
    assert done.headers["location"] == "/_sandbox?locale=fr#hooks"
    newest = stripe_local.client.v2.core.events.list({"object_id": customer}).data[0].id
    press(f"/_sandbox/do/events/{newest}")
    assert [event["id"] for event in receiver.wait(3)] == [newest] * 3
    press("/_sandbox/do/faults", data={"kind": "429", "path": "/v1/customers", "times": "1"})
    with pytest.raises(RateLimitError):
        stripe_local.customer()
    wrong = press("/_sandbox/do/faults?locale=fr", data={"kind": "429", "path": "("})
    assert "regular expression" in stripe_local.web.get(wrong.headers["location"]).text
    account = stripe_local.account()
    press(f"/_sandbox/do/onboard/{account}", data={"rejected": "1"})
    assert not stripe_local.client.v1.accounts.retrieve(account).payouts_enabled


def test_both_languages_have_the_same_words() -> None:
    for words in (texts.TEXTS, WORDS):
        assert set(words["en"]) == set(words["fr"])


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "text"),
    [
        (106_000, "eur", "fr", "1\u202f060,00\u00a0€"),
        (106_000, "eur", "en", "€1,060.00"),
        (5, "gbp", "en", "£0.05"),
        (-1_234, "chf", "en", "-CHF 12.34"),
        (100, "cad", "fr", "1,00\u00a0CA$"),
    ],
)
def test_amounts_are_written_as_each_language_does(
    minor: int, currency: str, locale: str, text: str
) -> None:
    assert texts.amount(minor, currency, locale) == text


async def test_the_asynchronous_client_reaches_an_events_object(
    stripe_local: LocalStripe,
) -> None:
    """Its `fetch_related_object_async` leaks a parameter, which Stripe may or may not refuse."""
    customer = stripe_local.customer()
    async with httpx.AsyncClient(timeout=60) as web:
        answer = await web.get(
            f"{stripe_local.url}/v1/customers/{customer}?usage[0]=fetch_related_object",
            headers={"Authorization": "Bearer sk_test_1"},
        )
    assert answer.status_code == 200
