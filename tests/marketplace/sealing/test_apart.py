"""A stranger's file is looked at in a process of its own."""

from __future__ import annotations

import pytest

from marketplace.sealing.rules.intake import Refusal
from marketplace.sealing.service import apart


async def test_a_file_that_no_reader_understands_is_refused() -> None:
    assert (await apart.examined(b"%PDF-1.7\nnothing")).refusal is Refusal.UNREADABLE


async def test_a_busy_machine_is_no_fault_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "SECONDS_MAX", 0.001)
    with pytest.raises(apart.InspectionBusy):
        await apart.examined(b"%PDF-1.7\nnothing")
