"""Customers: who pays.

Never keeps a card: payment methods refer to their customer, not the other way round.
"""

from __future__ import annotations

from payments.sandbox.box import Box
from payments.sandbox.operations import Call, merged, operation, page
from payments.sandbox.skeleton import Json, part

_TEXTS = ("email", "name", "description", "phone")


@operation("POST", "/v1/customers", "customer.created")
def create(box: Box, call: Call) -> Json:
    """Create a customer."""
    texts = {name: call.text(name) for name in _TEXTS}
    customer = box.new(
        "customer",
        call.account,
        **texts,
        metadata=call.metadata(),
        preferred_locales=call.params.get("preferred_locales") or [],
        address=_address(call),
        tax_exempt="none",
        balance=0,
        delinquent=False,
        invoice_settings=part("customer", "InvoiceSettings"),
        invoice_prefix=box.store.identifier("X", 8)[2:].upper(),
    )
    box.emit("customer.created", customer)
    return customer


def _address(call: Call) -> Json | None:
    given = call.params.get("address")
    return part("customer", "Address", **given) if isinstance(given, dict) else None


@operation("GET", "/v1/customers/{customer}")
def retrieve(box: Box, call: Call) -> Json:
    """Get a customer."""
    return box.get(call.ids["customer"], "customer", call.account)


@operation("POST", "/v1/customers/{customer}", "customer.updated")
def update(box: Box, call: Call) -> Json:
    """Change a customer's name, addresses, languages or metadata."""
    customer = box.get(call.ids["customer"], "customer", call.account)
    changes: Json = {name: call.text(name) for name in _TEXTS if name in call.params}
    if "address" in call.params:
        changes["address"] = _address(call)
    if "preferred_locales" in call.params:
        changes["preferred_locales"] = call.params["preferred_locales"] or []
    if "metadata" in call.params:
        changes["metadata"] = merged(customer["metadata"], call.params["metadata"])
    before = {name: customer[name] for name in changes}
    box.edit(customer, **changes)
    box.emit("customer.updated", customer, before)
    return customer


@operation("GET", "/v1/customers")
def index(box: Box, call: Call) -> Json:
    """List customers, also by email."""
    return page(box, call, "customer", "email")
