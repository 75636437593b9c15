"""What deploy/ brings for a server, as far as it can be asked without one."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

from marketplace.runtime.machine import connections_for
from tests.fixtures.product import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_of_ones_own_is_verified_by_its_relative_name(tmp_path: Path) -> None:
    (tmp_path / "contract.pdf").write_bytes(b"%PDF")
    (tmp_path / "ca.pem").write_text("no certificate")
    asked = ["verify", "contract.pdf", "--ca", "ca.pem", "--lang", "en"]
    said = subprocess.run(
        [str(ROOT / "deploy/relais"), *asked],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (said.returncode, said.stderr) == (2, "ca.pem holds no certificate.\n")


def test_the_proxy_of_the_containers_is_believed_on_all_its_networks() -> None:
    text = (ROOT / "deploy/compose.yaml").read_text()
    subnets = re.findall(r'subnet: "?([0-9a-f.:]+/\d+)', text)
    believed = re.search(r"RELAIS_BEHIND: (\S+)", text)
    assert believed is not None
    assert len(subnets) == 2
    assert set(believed[1].split(",")) == set(subnets)


def test_no_unit_opens_the_folder_of_the_files_to_others() -> None:
    units = [unit.read_text() for unit in (ROOT / "deploy/systemd").glob("*.service")]
    keeping = [text for text in units if "StateDirectory=relais" in text]
    assert len(keeping) == 4
    assert all("\nStateDirectoryMode=0700\n" in text for text in keeping)


def test_backups_are_kept_as_long_as_the_settings_file_says(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("RELAIS_BACKUP_DAYS=7\nDATABASE_URL=postgresql://x/none\n")
    asked = [sys.executable, "-m", "marketplace.cli", "exec", "printenv", "RELAIS_BACKUP_DAYS"]
    said = subprocess.run(
        asked, cwd=tmp_path, env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert said.stdout == "7\n", said.stderr


def test_our_own_server_has_room_for_every_pool() -> None:
    assert connections_for(10, 1) == 100
    assert connections_for(40, 4) >= 5 * 40 + 20
