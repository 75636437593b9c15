"""What is kept of pages: by everything it depends on, never a person's, always escaped."""

from __future__ import annotations

from collections import OrderedDict
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from marketplace.directory.pages.filters import ORDERS
from marketplace.web import kept
from marketplace.web.pieces import filled, hole, text
from tests.factories import accounts

if TYPE_CHECKING:
    from collections.abc import Hashable

    import httpx


def test_words_come_into_a_hole_escaped_and_cannot_make_one() -> None:
    frame = f"<p>{hole('name')}</p><i>{hole('more')}</i>{hole('name')}".encode()
    said = text(f'<b>"&{"0" * 24}more;')
    made = filled(frame, {"name": said, "more": text(Markup("<br>"))})
    assert made == b"<p>%b</p><i><br></i>%b" % (said, said)
    assert said.startswith(b"&lt;b&gt;&#34;&amp;")
    with pytest.raises(KeyError):
        filled(frame, {"name": b""})


def test_a_macro_is_drawn_once_for_its_arguments_and_knows_nothing_else() -> None:
    few, more = (("rate", "Lowest rate"),), tuple(ORDERS.items())

    def orders(locale: str, *facts: Hashable) -> bytes:
        return kept.drawn(locale, "directory/_filters.html", "orders", *facts)

    assert orders("fr", "rate", few) is orders("fr", "rate", few)
    assert b'value="rate" selected' in orders("fr", "rate", few)
    assert orders("fr", "rate", few) != orders("fr", "rate", more)
    assert orders("fr", "rate", more) != orders("en", "rate", more)
    with pytest.raises(UndefinedError):
        orders("fr")


def test_what_is_kept_has_a_bound_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_kept", OrderedDict())
    monkeypatch.setattr(kept, "_size", [0])
    monkeypatch.setattr(kept, "KEPT_MAX", 2500)
    drawn = {n: kept.once(n, lambda n=n: str(n % 10) * 300) for n in range(9)}  # type: ignore[misc]
    assert kept.once(8, lambda: "drawn anew") is drawn[8]
    assert kept.once(0, lambda: "drawn anew") == b"drawn anew"
    assert kept.once("large", lambda: "x" * 2000) == b"x" * 2000
    assert sum(map(kept.weight, kept._kept.values())) == kept._size[0] <= 2500


async def test_what_is_kept_of_the_search_page_is_nobodys(client: httpx.AsyncClient) -> None:
    claire = await accounts.person(name="Claire <Dumas>")
    q = '</title><script>"&{page}'
    for _time in range(2):
        await accounts.log_in(client, claire)
        signed_in = (await client.get("/fr/assistants", params={"q": q})).text
        assert "Claire &lt;Dumas&gt;" in signed_in
        client.cookies.clear()
        visitor = (await client.get("/fr/assistants", params={"q": q})).text
        assert "Claire" not in visitor
        assert "/fr/log-in" in visitor
        for page in (signed_in, visitor):
            assert q not in page
            assert escape(q).replace("&quot;", "&#34;") in page
            assert f"/en/assistants?q={quote(q, safe=':@,/')}" in page
    other = (await client.get("/fr/assistants?q=other")).text
    assert "script&gt;" not in other
    assert 'name="back" value="/fr/assistants?q=other"' in other
