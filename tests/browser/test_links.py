"""No link that the demo's people meet leads nowhere, whoever they are."""

from __future__ import annotations

import re
from collections import deque

import httpx
import pytest

from marketplace.demo.rules import PASSWORD
from tests.browser.test_signed_in import NAMES, NOT_PAGES

HREF = re.compile(r'<a\s[^>]*?href="(/fr(?:/[^"#]*)?)')
SLUG = re.compile(r"(?<=/assistants/)[a-z0-9-]+$|(?<=/jurisdictions/)[A-Z-]+$|(?<=/city/).+$")


def _kind(address: str) -> str:
    """Pages of one kind differ in names, numbers and what is asked for."""
    path = address.partition("?")[0]
    return SLUG.sub("", NAMES.sub("", path))


@pytest.mark.parametrize("name", ["entreprise", "assistante", "exploitant"])
def test_no_link_leads_nowhere(base_url: str, name: str) -> None:
    person = {"email": f"{name}@demo.relais.example", "password": PASSWORD}
    dead = {}
    with httpx.Client(base_url=base_url, timeout=120, headers={"Origin": base_url}) as browser:
        assert browser.post("/fr/log-in", data=person).status_code == 303
        waiting = deque([("/fr/", ""), ("/fr/contracts", ""), ("/fr/profile", "")])
        met: set[str] = set()
        while waiting:
            address, where = waiting.popleft()
            kind = _kind(address)
            if kind in met or NOT_PAGES.search(address):
                continue
            met.add(kind)
            answer = browser.get(address, follow_redirects=True)
            if answer.status_code != 200:
                dead[address] = f"{answer.status_code}, from {where}"
            waiting += [
                (found.replace("&amp;", "&"), address) for found in HREF.findall(answer.text)
            ]
        assert len(met) > 40
    assert not dead
