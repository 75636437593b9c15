"""Objects as Stripe would send them: every field of the class, empty where nothing is said.

Never fills in meaning: the resources do. Emitting every field keeps the oracle strict, because the
package's `Optional` means nullable *or* absent.
"""

from __future__ import annotations

import ast
import functools
from typing import Any

import orjson

from payments.sandbox import schema
from payments.sandbox.schema import Shape, name_of

Json = dict[str, Any]

SHAPES: dict[str, Shape] = {
    "account": Shape("stripe._account", ("Account",)),
    "account_link": Shape("stripe._account_link", ("AccountLink",)),
    "balance": Shape("stripe._balance", ("Balance",)),
    "balance_settings": Shape("stripe._balance_settings", ("BalanceSettings",)),
    "balance_transaction": Shape("stripe._balance_transaction", ("BalanceTransaction",)),
    "charge": Shape("stripe._charge", ("Charge",)),
    "checkout.session": Shape("stripe.checkout._session", ("Session",)),
    "customer": Shape("stripe._customer", ("Customer",)),
    "dispute": Shape("stripe._dispute", ("Dispute",)),
    "event": Shape("stripe._event", ("Event",)),
    "item": Shape("stripe._line_item", ("LineItem",)),
    "login_link": Shape("stripe._login_link", ("LoginLink",)),
    "payment_intent": Shape("stripe._payment_intent", ("PaymentIntent",)),
    "payment_method": Shape("stripe._payment_method", ("PaymentMethod",)),
    "payout": Shape("stripe._payout", ("Payout",)),
    "refund": Shape("stripe._refund", ("Refund",)),
    "setup_intent": Shape("stripe._setup_intent", ("SetupIntent",)),
    "topup": Shape("stripe._topup", ("Topup",)),
    "transfer": Shape("stripe._transfer", ("Transfer",)),
    "transfer_reversal": Shape("stripe._transfer_reversal", ("TransferReversal",)),
    "v2.core.account": Shape("stripe.v2.core._account", ("Account",)),
    "v2.core.account_link": Shape("stripe.v2.core._account_link", ("AccountLink",)),
    "v2.core.event": Shape("stripe.v2.core._event", ("Event",)),
    "v2.core.event_destination": Shape("stripe.v2.core._event_destination", ("EventDestination",)),
}


def skeleton(shape: Shape, **values: Any) -> Json:
    """An object of the class with every field; `values` replace the empty ones.

    A value whose name is not a field of the class is dropped: it would be an invention.
    """
    known = schema.fields(shape)
    blank: Json = orjson.loads(_blank(shape))
    blank.update({name: value for name, value in values.items() if name in known})
    return blank


def of_kind(kind: str, **values: Any) -> Json:
    """`skeleton` by Stripe's `object` name."""
    return skeleton(SHAPES[kind], **values)


def part(kind: str, *path: str, **values: Any) -> Json:
    """`skeleton` of a class nested in a kind: `part("payment_method", "Card", last4="4242")`."""
    return skeleton(SHAPES[kind].nested(*path), **values)


@functools.cache
def _blank(shape: Shape) -> bytes:
    """The empty object as JSON: a cheap way to a fresh deep copy."""
    found: Json = {}
    for name, (annotation, scope) in schema.fields(shape).items():
        if name != "deleted":
            found[name] = _empty(schema.unquote(annotation), scope)
    return orjson.dumps(found)


_PLAIN: dict[str, object] = {"str": "", "int": 0, "float": 0, "bool": False}


def _empty(node: ast.expr, scope: Shape) -> Any:
    if isinstance(node, ast.Subscript):
        return _empty_generic(node, scope)
    name = name_of(node) or ""
    if name == "UntypedStripeObject":
        return {}
    if name in _PLAIN:
        return _PLAIN[name]
    shape = schema.resolve(name, scope)
    return orjson.loads(_blank(shape)) if shape else None


def _empty_generic(node: ast.Subscript, scope: Shape) -> Any:
    match name_of(node.value):
        case "List" | "list":
            return []
        case "Dict" | "UntypedStripeObject":
            return {}
        case "Literal":
            return schema.literal_values(node)[0]
        case "Union":
            return _empty(schema.arguments(node)[0], scope)
        case "ListObject":
            return {"object": "list", "data": [], "has_more": False, "url": ""}
        case _:
            return None
