"""The wire format: form parameters in, expanded JSON out.

Never judges what it reads; the oracle does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from payments.sandbox.events import public

if TYPE_CHECKING:
    from payments.sandbox.box import Box
    from payments.sandbox.skeleton import Json

_FREE_FORM = frozenset({"metadata"})


def decode(text: str) -> Json:
    """Form parameters as nested objects: `a[b][0]=c` is `{"a": {"b": ["c"]}}`."""
    tree: Json = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        parts = [name.split("[", 1)[0], *re.findall(r"\[([^\]]*)\]", name)]
        here = tree
        for part in parts[:-1]:
            below = here.setdefault(part or str(len(here)), {})
            if not isinstance(below, dict):
                below = here[part] = {}
            here = below
        here[parts[-1] or str(len(here))] = value
    return {name: _lists(value, name) for name, value in tree.items()}


def _lists(value: Any, name: str) -> Any:
    """Objects whose names are 0, 1, 2… as lists, except where names are free."""
    if not isinstance(value, dict) or name in _FREE_FORM:
        return value
    if value and all(key.isdigit() for key in value):
        return [_lists(value[key], "") for key in sorted(value, key=int)]
    return {key: _lists(below, key) for key, below in value.items()}


def expand(box: Box, body: Json, paths: list[str]) -> Json:
    """Replace ids by their objects along paths such as `data.latest_charge.balance_transaction`."""
    for path in paths:
        _expand(box, body, path.split("."))
    return body


def _expand(box: Box, node: Any, path: list[str]) -> None:
    if isinstance(node, list):
        for item in node:
            _expand(box, item, path)
    elif isinstance(node, dict) and path and path[0] in node:
        value = node[path[0]]
        if isinstance(value, str) and (found := box.store.find(value)) is not None:
            value = node[path[0]] = public(found)
        _expand(box, value, path[1:])
