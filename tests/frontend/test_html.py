"""What the server sends is valid HTML, without inline styles, in both languages."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tests.frontend.places import FRONTEND, NODE, ROOT, needs_node

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

VALIDATOR = ROOT / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
PAGES = [
    f"/{locale}{path}"
    for locale in ("fr", "en")
    for path in (
        *("/", "/how-it-works", "/dev/components", "/nowhere", "/assistants", "/log-in"),
        *("/sign-up", "/verify", "/seal", "/proofs", "/developers", "/jurisdictions", "/jurisdictions/FR"),
    )
]


@needs_node
async def test_pages_are_valid_html(client: httpx.AsyncClient, tmp_path: Path) -> None:
    for number, address in enumerate(PAGES):
        answer = await client.get(address)
        assert answer.status_code in {200, 404}, address
        (tmp_path / f"{number}{address.replace('/', '_')}.html").write_text(answer.text)
    config = FRONTEND / ".htmlvalidate.json"
    files = sorted(tmp_path.glob("*.html"))
    command = [str(part) for part in (NODE, VALIDATOR, "--config", config, *files)]
    made = subprocess.run(command, check=False, capture_output=True, text=True)
    assert made.returncode == 0, made.stdout
