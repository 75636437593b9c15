"""Owns starting the local Stripe sandbox; never knows what it answers (payments/sandbox does)."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from marketplace.runtime import keys, ports
from marketplace.runtime.programs import Program

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def url(port: int) -> str:
    """The address of a sandbox started by `program`, for STRIPE_API_BASE."""
    return f"http://{ports.LOOPBACK}:{port}"


def api_key(data_dir: Path) -> str:
    """The data folder's own test key."""
    return keys.secret(data_dir, "stripe", prefix="sk_test_")


def webhook_secret(data_dir: Path) -> str:
    """The secret with which the sandbox signs its webhooks."""
    return keys.secret(data_dir, "stripe-webhook", prefix="whsec_")


def program(
    data_dir: Path, port: int, webhook_url: str, environ: Mapping[str, str] = os.environ
) -> Program:
    """The sandbox as a program; its journal lives in the data folder."""
    folder = data_dir / "stripe"
    folder.mkdir(parents=True, exist_ok=True)
    return Program(
        name="stripe-sandbox",
        command=(
            *(sys.executable, "-m", "payments.sandbox"),
            *("--port", str(port)),
            *("--data", str(folder)),
            *("--webhook", webhook_url),
            *("--webhook-secret", webhook_secret(data_dir)),
            *("--clock-file", str(data_dir / "clock")),
        ),
        log=data_dir / "logs" / "stripe-sandbox.log",
        env=environ,
        ready=lambda: ports.answers(port),
    )
