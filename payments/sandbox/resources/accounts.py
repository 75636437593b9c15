"""Connected accounts: the v2 recipients Relais makes, their v1 view, and links to onboarding.

Never collects anything: the hosted onboarding page (or `/_sandbox/onboard`) does.
"""

from __future__ import annotations

from payments.sandbox.box import Box
from payments.sandbox.clock import MINUTE, iso
from payments.sandbox.errors import Refused
from payments.sandbox.events import emit_v2, public
from payments.sandbox.operations import Call, merged, operation, page
from payments.sandbox.skeleton import Json, of_kind, part

EEA = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI"
    " SK".split()
)
# docs.stripe.com/connect/cross-border-payouts: where self-serve transfers can go
REGIONS = EEA | {"GB", "CH", "US", "CA"}
LINK_SECONDS = 5 * MINUTE
# requirement (v2 wording) -> the same in v1 wording
REQUIREMENTS = {
    "identity.individual.given_name": "individual.first_name",
    "identity.individual.surname": "individual.last_name",
    "identity.individual.date_of_birth": "individual.dob.day",
    "identity.attestations.terms_of_service.account": "tos_acceptance.date",
    "configuration.recipient.default_outbound_destination": "external_account",
}
_CAPABILITY = "stripe_balance.stripe_transfers"
_V1_STATUS = {"active": "active", "pending": "pending"}


def status(account: Json) -> str:
    """The state of the capability to receive transfers, in v2 words."""
    if account["_closed"] or account["_rejected"]:
        return "rejected"
    if account["country"] not in REGIONS:
        return "unsupported"
    if account["_missing"] or not account["_requested"]:
        return "restricted"
    return "pending" if account["_verifying"] else "active"


def make(box: Box, *, country: str, email: str | None, requested: bool, **own: object) -> Json:
    """A new account that has everything still to provide."""
    account = box.new(
        "account",
        id=box.store.identifier("acct", 16),
        country=country,
        email=email,
        default_currency=_currency_of(country),
        type="none",
        _missing=list(REQUIREMENTS),
        _requested=requested,
        _verifying=False,
        _rejected=False,
        _closed=False,
        _recipient_agreement=False,
        _payouts_fail=None,
        _v2={},
    )
    controller = part(
        "account",
        "Controller",
        type="application",
        is_controller=True,
        requirement_collection="stripe",
        fees={"payer": "application"},
        losses={"payments": "application"},
        stripe_dashboard={"type": "express"},
    )
    box.edit(account, controller=controller, **own)
    _refresh(box, account)
    return account


def _currency_of(country: str) -> str:
    return {"GB": "gbp", "CH": "chf", "US": "usd", "CA": "cad"}.get(country, "eur")


def _refresh(box: Box, account: Json) -> None:
    """Bring the v1 view in line with what is missing."""
    state = status(account)
    due = [REQUIREMENTS[name] for name in account["_missing"]]
    reason = "requirements.past_due" if due else None
    if account["_rejected"]:
        reason = "rejected.other"
    elif account["_verifying"]:
        reason = "requirements.pending_verification"
    needs = part(
        "account",
        "Requirements",
        alternatives=[],
        currently_due=due,
        eventually_due=due,
        past_due=due,
        pending_verification=["individual.verification.document"] if account["_verifying"] else [],
        errors=[],
        disabled_reason=reason,
    )
    box.edit(
        account,
        capabilities={"transfers": _V1_STATUS.get(state, "inactive")},
        charges_enabled=False,
        payouts_enabled=state == "active",
        details_submitted=account["details_submitted"] or not account["_missing"],
        requirements=needs,
    )


def change(box: Box, account: Json, **changes: object) -> Json:
    """Change what an account has provided and tell every event that follows from it."""
    before, missing = status(account), list(account["_missing"])
    box.edit(account, **changes)
    _refresh(box, account)
    box.emit("account.updated", account)
    identifier = account["id"]
    if account["_missing"] != missing:
        emit_v2(box, "v2.core.account[requirements].updated", identifier)
        emit_v2(box, "v2.core.account[identity].updated", identifier)
    if status(account) != before:
        kind = "v2.core.account[configuration.recipient].capability_status_updated"
        emit_v2(box, kind, identifier, {"updated_capability": _CAPABILITY})
    return account


# -- v2 ------------------------------------------------------------------------------------


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
        transfers = {"status": status(account), "status_details": _details(account)}
        balance: Json = {"stripe_transfers": transfers, "payouts": dict(transfers)}
        recipient: Json = {"bank_accounts": None, "cards": None, "stripe_balance": balance}
        told["configuration"] = {
            "customer": None,
            "merchant": None,
            "recipient": {"applied": True, "capabilities": recipient},
        }
    if "identity" in wanted:
        told["identity"] = part(
            "v2.core.account",
            "Identity",
            country=account["country"],
            entity_type=v2.get("entity_type"),
        )
    if "defaults" in wanted:
        told["defaults"] = part(
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
    if "requirements" in wanted:
        told["requirements"] = _requirements(account)
    if "future_requirements" in wanted:
        told["future_requirements"] = {"alternatives": [], "entries": [], "summary": None}
    return of_kind("v2.core.account", **told)


def _details(account: Json) -> list[Json]:
    code, resolution = {
        "active": (None, None),
        "pending": ("requirements_pending_verification", "no_resolution"),
        "restricted": ("requirements_past_due", "provide_info"),
        "rejected": ("rejected_other", "contact_stripe"),
        "unsupported": ("unsupported_country", "no_resolution"),
    }[status(account)]
    return [{"code": code, "resolution": resolution}] if code else []


def _requirements(account: Json) -> Json:
    entries = [_entry(name, "user") for name in account["_missing"]]
    if account["_verifying"]:
        entries.append(_entry("identity.individual.documents.primary_verification", "stripe"))
    deadline = {"status": "past_due", "time": None}
    summary = {"minimum_deadline": deadline} if account["_missing"] else None
    return {"alternatives": [], "entries": entries, "summary": summary}


def _entry(description: str, awaiting: str) -> Json:
    due = "past_due" if awaiting == "user" else "currently_due"
    restricted = {
        "capability": _CAPABILITY,
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


def _inner(params: Json, *path: str) -> Json:
    """A nested parameter as a dict, empty when it is absent."""
    value: object = params
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _take_v2(account: Json, params: Json) -> Json:
    """What a v2 create or update says, as changes to the kept account."""
    v2 = dict(account["_v2"])
    for name in ("display_name", "dashboard"):
        if name in params:
            v2[name] = params[name]
    identity, defaults = _inner(params, "identity"), _inner(params, "defaults")
    if "entity_type" in identity:
        v2["entity_type"] = identity["entity_type"]
    if "locales" in defaults:
        v2["locales"] = defaults["locales"]
    for name in ("fees_collector", "losses_collector"):
        v2[name] = _inner(defaults, "responsibilities").get(name, v2.get(name, "application"))
    changes: Json = {"_v2": v2}
    wanted = _inner(params, "configuration", "recipient", "capabilities", "stripe_balance")
    if "requested" in _inner(wanted, "stripe_transfers"):
        changes["_requested"] = bool(wanted["stripe_transfers"]["requested"])
    if "contact_email" in params:
        changes["email"] = params["contact_email"]
    if "metadata" in params:
        changes["metadata"] = merged(account["metadata"], params["metadata"])
    given = _inner(identity, "individual")
    provided = {f"identity.individual.{name}" for name in given}
    changes["_missing"] = [name for name in account["_missing"] if name not in provided]
    return changes


@operation("POST", "/v2/core/accounts", "v2.core.account.created")
def create_v2(box: Box, call: Call) -> Json:
    """Create a recipient account."""
    country = str(_inner(call.params, "identity").get("country") or box.settings.country).upper()
    recipient = _inner(call.params, "configuration", "recipient")
    if not recipient:
        raise Refused("The sandbox supports the recipient configuration.", param="configuration")
    account = make(box, country=country, email=call.text("contact_email"), requested=False)
    box.edit(account, **_take_v2(account, call.params))
    _refresh(box, account)
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
    rows = rows[: call.integer("limit", 20)]
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
    change(box, account, **_take_v2(account, call.params))
    emit_v2(box, "v2.core.account.updated", account["id"])
    if _inner(call.params, "configuration", "recipient"):
        emit_v2(box, "v2.core.account[configuration.recipient].updated", account["id"])
    return _view(account, call.params.get("include"))


@operation("POST", "/v2/core/accounts/{id}/close", "v2.core.account.closed")
def close_v2(box: Box, call: Call) -> Json:
    """Close an account whose balance is empty."""
    account = box.get(call.ids["id"], "account")
    totals = [t for t in box.store.of_kind("_balance") if t["account"] == account["id"]]
    if any(t["available"] + t["pending"] for t in totals):
        raise Refused("An account with a balance cannot be closed.", code="non_zero_balance")
    change(box, account, _closed=True)
    emit_v2(box, "v2.core.account.closed", account["id"])
    return _view(account, None)


@operation("POST", "/v2/core/account_links")
def create_link_v2(box: Box, call: Call) -> Json:
    """Make a link to the hosted onboarding page; it works once and for five minutes."""
    case = _inner(call.params, "use_case")
    details = _inner(case, str(case.get("type")))
    account = box.get(str(call.text("account")), "account", param="account")
    link = _link(box, account, details.get("refresh_url"), details.get("return_url"), v2=True)
    options = _inner(details, "collection_options")
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


def _link(box: Box, account: Json, refresh: object, back: object, *, v2: bool) -> Json:
    token = box.store.identifier("link")
    return box.store.put(
        {
            "id": token,
            "_kind": "_account_link",
            "account": account["id"],
            "refresh_url": refresh,
            "return_url": back,
            "expires": box.now() + LINK_SECONDS,
            "used": False,
            "v2": v2,
            "url": f"{box.settings.base_url}/setup/e/{account['id']}/{token}",
        }
    )


# -- v1 ------------------------------------------------------------------------------------


@operation("POST", "/v1/accounts", "account.updated")
def create(box: Box, call: Call) -> Json:
    """Create an account the v1 way."""
    capabilities = call.params.get("capabilities") or {}
    transfers = capabilities.get("transfers", {}) if isinstance(capabilities, dict) else {}
    agreement = _inner(call.params, "tos_acceptance").get("service_agreement")
    account = make(
        box,
        country=(call.text("country") or box.settings.country).upper(),
        email=call.text("email"),
        requested=transfers.get("requested") in (True, "true"),
        metadata=call.metadata(),
        business_type=call.text("business_type"),
        type=call.text("type") or "none",
        _recipient_agreement=agreement == "recipient",
    )
    return account


@operation("GET", "/v1/accounts/{account}")
def retrieve(box: Box, call: Call) -> Json:
    """Get an account as v1 shows it, also one made through v2."""
    return box.get(call.ids["account"], "account")


@operation("GET", "/v1/accounts")
def index(box: Box, call: Call) -> Json:
    """List accounts."""
    return page(box, Call(call.params, call.ids, box.PLATFORM, call.path), "account")


@operation("POST", "/v1/accounts/{account}", "account.updated")
def update(box: Box, call: Call) -> Json:
    """Change an account's email or metadata."""
    account = box.get(call.ids["account"], "account")
    changes: Json = {}
    if "email" in call.params:
        changes["email"] = call.text("email")
    if "metadata" in call.params:
        changes["metadata"] = merged(account["metadata"], call.params["metadata"])
    return change(box, account, **changes)


@operation("POST", "/v1/account_links")
def create_link(box: Box, call: Call) -> Json:
    """Make a link to the hosted onboarding page; it works once and for five minutes."""
    account = box.get(str(call.text("account")), "account", param="account")
    urls = (call.text("refresh_url"), call.text("return_url"))
    link = _link(box, account, *urls, v2=False)
    return of_kind(
        "account_link", created=box.now(), expires_at=link["expires"], url=link["url"]
    )


@operation("POST", "/v1/accounts/{account}/login_links")
def create_login_link(box: Box, call: Call) -> Json:
    """Make a link to an account's own page."""
    account = box.get(call.ids["account"], "account")
    if not account["details_submitted"]:
        raise Refused(
            "Cannot create a login link for an account that has not completed onboarding.",
        )
    url = f"{box.settings.base_url}/express/{account['id']}"
    return of_kind("login_link", created=box.now(), url=url)


def summary(account: Json) -> Json:
    """What the sandbox's own pages show of an account."""
    return public(account) | {"status": status(account), "missing": account["_missing"]}
