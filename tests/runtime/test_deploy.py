"""What deploy/ brings for a server, as far as it can be asked without one."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

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
