"""The assertion of a whole run: what a sandbox noticed is found at the end, however it ended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from stripe import InvalidRequestError

from payments.sandbox.box import Box, Settings
from payments.sandbox.conformance import FOLDER
from tests.fixtures.conformance import findings
from tests.payments.sandbox.conftest import LocalStripe


def test_a_misfit_survives_the_kill_of_its_sandbox(
    start_stripe: Callable[..., LocalStripe], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER, str(tmp_path))
    stripe = start_stripe()
    with pytest.raises(InvalidRequestError):
        stripe.client.v1.payment_intents.create({"amount": 100})  # type: ignore[typeddict-item]
    stripe.kill()
    stripe.close()
    purposely = tmp_path / "deliberate"
    assert findings(tmp_path) == (0, [])
    purposely.rename(tmp_path / "others")
    assert findings(tmp_path)[1] == [
        "request POST /v1/payment_intents: currency: missing required field"
    ]


def test_an_answer_that_does_not_fit_is_a_violation_also_where_misfits_are_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    purposely = tmp_path / "deliberate"
    purposely.mkdir()
    monkeypatch.setenv(FOLDER, str(purposely))
    box = Box(Settings())
    box.conformance.judged()
    box.conformance.violation("response GET /v1/charges", ["amount: expected int"])
    box.conformance.tell()
    assert findings(tmp_path) == (1, ["response GET /v1/charges: amount: expected int"])


def test_how_much_was_judged_is_told_when_a_sandbox_ends(
    start_stripe: Callable[..., LocalStripe], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER, str(tmp_path))
    stripe = start_stripe()
    stripe.customer()
    with httpx.Client(base_url=stripe.url, timeout=60) as web:
        judged = web.get("/_sandbox/state").json()["checked"]
    stripe.stop()
    assert judged >= 3  # request, answer, two events
    assert findings(tmp_path) == (judged, [])
