"""Gives each test of accounts an empty mailbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def empty_mailbox(request: pytest.FixtureRequest) -> None:
    """Remove the mails that tests before this one caused."""
    if "database" in request.fixturenames:
        folder: Path = request.getfixturevalue("data_dir") / "mail"
        for path in folder.glob("*.eml"):
            path.unlink()
