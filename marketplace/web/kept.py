"""Owns what is drawn once and kept, by everything it depends on; never knows what it shows.

Drawing is most of a page's work, and most of a page was drawn before. What is kept here cannot be
wrong: a macro sees nothing but its arguments, a whole page nothing but the facts it is given, and
those are the key. What changes with every request is left open (`hole` in `web/pieces.py`).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING

from marketplace.core.settings import settings
from marketplace.web.pieces import filled, hole, text
from marketplace.web.sessions import Viewer
from marketplace.web.templates import defaults, environment

if TYPE_CHECKING:
    from starlette.requests import Request

KEPT_MAX: int = 48 * 2**20
"""Bytes of drawings; addresses can ask for any number of frames and cards."""
BESIDE = 400
"""Bytes that a drawing takes beside itself: its key, and both their places."""
ADDRESSES = ("canonical", "alternates", "other_url", "back")
"""What of `base.html` is another on every page."""
_ADDRESS_HOLES = {name: hole(name) for name in ADDRESSES}
_kept: OrderedDict[Hashable, bytes] = OrderedDict()
_size: list[int] = [0]


def once(key: Hashable, draw: Callable[[], str]) -> bytes:
    """What was drawn for this key, else drawn now."""
    known = _kept.get(key)
    if known is not None and settings().env != "development":  # there, templates are being edited
        _kept.move_to_end(key)
        return known
    made = draw().encode()
    if (former := _kept.pop(key, None)) is not None:
        _size[0] -= weight(former)
    _size[0] += weight(made)
    _kept[key] = made
    while _size[0] > KEPT_MAX:
        _size[0] -= weight(_kept.popitem(last=False)[1])
    return made


def weight(made: bytes) -> int:
    """The bytes that keeping a drawing takes."""
    return len(made) + BESIDE


def drawn(locale: str, template: str, macro: str, *facts: Hashable) -> bytes:
    """What a macro draws of `facts`, its arguments; each of one type, as 1 and True are one key."""

    def draw() -> str:
        module = environment(locale).get_template(template).module
        return str(getattr(module, macro)(*facts))

    return once((template, macro, locale, facts), draw)


def page(request: Request, template: str, pieces: Mapping[str, bytes], **facts: Hashable) -> bytes:
    """A page drawn of `facts` alone, with `pieces` in its holes; addresses are among them.

    It is kept for whoever is not signed in and is told nothing: their pages have one header.
    """
    locale, common = request.state.locale, defaults(request)
    viewer, flash = common["viewer"], common["flash"]
    shown = {name: common[name] for name in ("theme", "here", "base_url")} | facts

    def draw(viewer: Viewer) -> str:
        whole = environment(locale).get_template(template)
        return whole.render({**shown, **_ADDRESS_HOLES, "viewer": viewer, "flash": flash})

    if viewer.signed_in or flash:
        frame = draw(viewer).encode()
    else:
        frame = once((template, locale, *shown.items()), lambda: draw(Viewer(locale=locale)))
    addresses = {name: text(common[name]) for name in ADDRESSES if name not in pieces}
    return filled(frame, {**addresses, **pieces})
