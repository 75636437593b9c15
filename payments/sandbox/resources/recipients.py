"""Accounts as the v2 API shows them: recipients, the kind Relais makes.

Never keeps anything of its own: an account is one object, seen through v1 or v2.
"""

from __future__ import annotations

from payments.sandbox.box import Box
from payments.sandbox.clock import iso
from payments.sandbox.errors import Refused
from payments.sandbox.events import emit_v2
from payments.sandbox.operations import Call, merged, operation
from payments.sandbox.resources import accounts
from payments.sandbox.resources.accounts import inner
from payments.sandbox.skeleton import Json, of_kind, part


def _view(account: Json, include: object) -> Json:
    """The v2 account; its larger parts only when `include` asks for them."""
    v2 = account["_v2"]
    wanted = include if isinstance(include, list) else []
    told: Json = {
        "id": account["id"],
        "created": iso(account["created"]),
        "applied_configurations": ["recipient"],
        "closed": account["_closed"],
        "contact_email": account["email"],
        "display_name": v2.get("display_name"),
        "dashboard": v2.get("dashboard", "express"),
        "metadata": dict(account["metadata"]),
    }
    if "configuration.recipient" in wanted:
        told["configuration"] = _configuration(account)
    if "identity" in wanted:
        entity = v2.get("entity_type")
        identity = {"country": account["country"], "entity_type": entity}
        told["identity"] = part("v2.core.account", "Identity", **identity)
    if "defaults" in wanted:
        told["defaults"] = _defaults(account)
    if "requirements" in wanted:
        told["requirements"] = _requirements(account)
    if "future_requirements" in wanted:
        told["future_requirements"] = {"alternatives": [], "entries": [], "summary": None}
    return of_kind("v2.core.account", **told)


def _configuration(account: Json) -> Json:
    transfers = {"status": accounts.status(account), "status_details": _details(account)}
    balance: Json = {"stripe_transfers": transfers, "payouts": dict(transfers)}
    recipient: Json = {"bank_accounts": None, "cards": None, "stripe_balance": balance}
    applied = {"applied": True, "capabilities": recipient}
    return {"customer": None, "merchant": None, "recipient": applied}


def _defaults(account: Json) -> Json:
    v2 = account["_v2"]
    return part(
        "v2.core.account",
        "Defaults",
        currency=account["default_currency"],
        locales=v2.get("locales"),
        responsibilities={
            "fees_collector": v2.get("fees_collector", "application"),
            "losses_collector": v2.get("losses_collector", "application"),
            "requirements_collector": "stripe",
        },
    )


def _details(account: Json) -> list[Json]:
    code, resolution = {
        "active": (None, None),
        "pending": ("requirements_pending_verification", "no_resolution"),
        "restricted": ("requirements_past_due", "provide_info"),
        "rejected": ("rejected_other", "contact_stripe"),
        "unsupported": ("unsupported_country", "no_resolution"),
    }[accounts.status(account)]
    return [{"code": code, "resolution": resolution}] if code else []


def _requirements(account: Json) -> Json:
    entries = [_entry(name, "user", "past_due") for name in account["_missing"]]
    entries += [_entry(name, "user", "eventually_due") for name in account.get("_later", [])]
    if account["_verifying"]:
        document = "identity.individual.documents.primary_verification"
        entries.append(_entry(document, "stripe", "currently_due"))
    deadline = {"status": "past_due", "time": None}
    summary = {"minimum_deadline": deadline} if account["_missing"] else None
    return {"alternatives": [], "entries": entries, "summary": summary}


def _entry(description: str, awaiting: str, due: str) -> Json:
    restricted = {
        "capability": accounts.CAPABILITY,
        "configuration": "recipient",
        "deadline": {"status": due},
    }
    return {
        "awaiting_action_from": awaiting,
        "description": description,
        "errors": [],
        "impact": {"restricts_capabilities": [restricted]},
        "minimum_deadline": {"status": due},
        "reference": None,
        "requested_reasons": [{"code": "routine_onboarding"}],
    }


def _take_v2(account: Json, params: Json) -> Json:
    """What a v2 create or update says, as changes to the kept account."""
    v2 = dict(account["_v2"])
    for name in ("display_name", "dashboard"):
        if name in params:
            v2[name] = params[name]
    identity, defaults = inner(params, "identity"), inner(params, "defaults")
    if "entity_type" in identity:
        v2["entity_type"] = identity["entity_type"]
    if "locales" in defaults:
        v2["locales"] = defaults["locales"]
    for name in ("fees_collector", "losses_collector"):
        v2[name] = inner(defaults, "responsibilities").get(name, v2.get(name, "application"))
    changes: Json = {"_v2": v2}
    wanted = inner(params, "configuration", "recipient", "capabilities", "stripe_balance")
    if "requested" in inner(wanted, "stripe_transfers"):
        changes["_requested"] = bool(wanted["stripe_transfers"]["requested"])
    if "contact_email" in params:
        changes["email"] = params["contact_email"]
    if "metadata" in params:
        changes["metadata"] = merged(account["metadata"], params["metadata"])
    given = inner(identity, "individual")
    provided = {f"identity.individual.{name}" for name in given}
    changes["_missing"] = [name for name in account["_missing"] if name not in provided]
    return changes


@operation("POST", "/v2/core/accounts", "v2.core.account.created")
def create_v2(box: Box, call: Call) -> Json:
    """Create a recipient account."""
    country = str(inner(call.params, "identity").get("country") or box.settings.country).upper()
    recipient = inner(call.params, "configuration", "recipient")
    if not recipient:
        raise Refused("The sandbox supports the recipient configuration.", param="configuration")
    account = accounts.make(box, country=country, email=call.text("contact_email"), requested=False)
    box.edit(account, **_take_v2(account, call.params))
    accounts.refresh(box, account)
    emit_v2(box, "v2.core.account.created", account["id"])
    return _view(account, call.params.get("include"))


@operation("GET", "/v2/core/accounts/{id}")
def retrieve_v2(box: Box, call: Call) -> Json:
    """Get an account; `include` asks for configuration, identity, defaults, requirements."""
    return _view(box.get(call.ids["id"], "account"), call.params.get("include"))


@operation("GET", "/v2/core/accounts")
def index_v2(box: Box, call: Call) -> Json:
    """List accounts, newest first."""
    rows = [_view(a, None) for a in box.store.of_kind("account")]
    rows = rows[: call.page_size()]
    return {"data": rows, "next_page_url": None, "previous_page_url": None}


@operation(
    "POST",
    "/v2/core/accounts/{id}",
    "v2.core.account.updated",
    "v2.core.account[configuration.recipient].updated",
)
def update_v2(box: Box, call: Call) -> Json:
    """Change an account's names, capabilities, identity or metadata."""
    account = box.get(call.ids["id"], "account")
    if account["_closed"]:
        raise Refused("This account is closed.", code="account_closed")
    accounts.change(box, account, **_take_v2(account, call.params))
    emit_v2(box, "v2.core.account.updated", account["id"])
    if inner(call.params, "configuration", "recipient"):
        emit_v2(box, "v2.core.account[configuration.recipient].updated", account["id"])
    return _view(account, call.params.get("include"))


@operation("POST", "/v2/core/accounts/{id}/close", "v2.core.account.closed")
def close_v2(box: Box, call: Call) -> Json:
    """Close an account whose balance is empty."""
    account = box.get(call.ids["id"], "account")
    totals = [t for t in box.store.of_kind("_balance") if t["account"] == account["id"]]
    if any(t["available"] + t["pending"] for t in totals):
        raise Refused("An account with a balance cannot be closed.", code="non_zero_balance")
    accounts.change(box, account, _closed=True)
    emit_v2(box, "v2.core.account.closed", account["id"])
    return _view(account, None)


@operation("POST", "/v2/core/account_links")
def create_link_v2(box: Box, call: Call) -> Json:
    """Make a link to the hosted onboarding page; it works once and for five minutes."""
    case = inner(call.params, "use_case")
    details = inner(case, str(case.get("type")))
    account = box.get(str(call.text("account")), "account", param="account")
    link = accounts.make_link(
        box, account, details.get("refresh_url"), details.get("return_url"), v2=True
    )
    options = inner(details, "collection_options")
    shape = {
        "collection_options": {
            "fields": options.get("fields", "currently_due"),
            "future_requirements": options.get("future_requirements", "omit"),
        },
        "refresh_url": details.get("refresh_url") or "",
        "return_url": details.get("return_url"),
    }
    other = "account_update" if case.get("type") == "account_onboarding" else "account_onboarding"
    return of_kind(
        "v2.core.account_link",
        account=account["id"],
        created=iso(box.now()),
        expires_at=iso(link["expires"]),
        url=link["url"],
        use_case={"type": case.get("type"), str(case.get("type")): shape, other: None},
    )
