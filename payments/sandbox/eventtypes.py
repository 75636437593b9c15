"""The event types that the installed package knows: snapshots by name, thin ones by class.

Never says when one happens; the resources do.
"""

from __future__ import annotations

import ast
import functools
import re

from payments.sandbox.schema import ROOT, Shape, fields, literal_values, load_module, name_of


@functools.cache
def event_types() -> frozenset[str]:
    """Snapshot event types (`payment_intent.succeeded`)."""
    annotation, _ = fields(Shape("stripe._event", ("Event",)))["type"]
    return frozenset(str(value) for value in literal_values(annotation))


THIN_EVENT = Shape("stripe.v2.core._event", ("Event",))


_LOOKUP = re.compile(r'LOOKUP_TYPE = \(?\s*"([^"]+)"')


@functools.cache
def thin_events() -> dict[str, str]:
    """Thin event types (`v1.payment_intent.succeeded`) with the module of each."""
    return {
        kind: f"stripe.events.{path.stem}"
        for path in sorted((ROOT / "events").glob("_v*_event.py"))
        for kind in _LOOKUP.findall(path.read_text(encoding="utf-8"))
    }


@functools.cache
def thin_event(kind: str) -> Shape | None:
    """The class of a thin event (not of its notification)."""
    dotted = thin_events().get(kind)
    for name, node in load_module(dotted).classes.items() if dotted else ():
        for statement in node.body:
            if isinstance(statement, ast.Assign) and not name.endswith("Notification"):
                is_kind = name_of(statement.targets[0]) == "LOOKUP_TYPE"
                if dotted and is_kind and ast.literal_eval(statement.value) == kind:
                    return Shape(dotted, (name,))
    return None
