"""Connected accounts: what they have provided, their v1 view, and links to onboarding.

Never collects anything: the hosted onboarding page (or `/_sandbox/onboard`) does.
"""

from __future__ import annotations

from payments.sandbox.box import Box
from payments.sandbox.clock import MINUTE
from payments.sandbox.errors import Refused
from payments.sandbox.events import emit_v2, public
from payments.sandbox.operations import Call, merged, operation, page
from payments.sandbox.regions import PAYABLE
from payments.sandbox.resources import payouts
from payments.sandbox.skeleton import Json, of_kind, part

LINK_SECONDS = 5 * MINUTE
OWN = "acct_1SandboxPlatform"
# requirement (v2 wording) -> the same in v1 wording
REQUIREMENTS = {
    "identity.individual.given_name": "individual.first_name",
    "identity.individual.surname": "individual.last_name",
    "identity.individual.date_of_birth": "individual.dob.day",
    "identity.attestations.terms_of_service.account": "tos_acceptance.date",
    "configuration.recipient.default_outbound_destination": "external_account",
}
CAPABILITY = "stripe_balance.stripe_transfers"
_V1_STATUS = {"active": "active", "pending": "pending"}


def status(account: Json) -> str:
    """The state of the capability to receive transfers, in v2 words."""
    if account["_closed"] or account["_rejected"]:
        return "rejected"
    if account["country"] not in PAYABLE:
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
        _later=[],
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
    refresh(box, account)
    return account


def _currency_of(country: str) -> str:
    return {"GB": "gbp", "CH": "chf", "US": "usd", "CA": "cad"}.get(country, "eur")


def refresh(box: Box, account: Json) -> None:
    """Bring the v1 view in line with what is missing."""
    state = status(account)
    due = [REQUIREMENTS[name] for name in account["_missing"]]
    later = [REQUIREMENTS[name] for name in account.get("_later", [])]
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
        eventually_due=[*due, *later],
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


def _wanted(account: Json) -> list[list[str]]:
    return [list(account["_missing"]), list(account.get("_later", []))]


def change(box: Box, account: Json, **changes: object) -> Json:
    """Change what an account has provided and tell every event that follows from it."""
    before, wanted = status(account), _wanted(account)
    box.edit(account, **changes)
    refresh(box, account)
    box.emit("account.updated", account)
    identifier = account["id"]
    if _wanted(account) != wanted:
        emit_v2(box, "v2.core.account[requirements].updated", identifier)
        emit_v2(box, "v2.core.account[identity].updated", identifier)
    if status(account) != before:
        kind = "v2.core.account[configuration.recipient].capability_status_updated"
        emit_v2(box, kind, identifier, {"updated_capability": CAPABILITY})
    return account


@operation("POST", "/v1/accounts", "account.updated")
def create(box: Box, call: Call) -> Json:
    """Create an account the v1 way."""
    capabilities = call.params.get("capabilities") or {}
    transfers = capabilities.get("transfers", {}) if isinstance(capabilities, dict) else {}
    agreement = inner(call.params, "tos_acceptance").get("service_agreement")
    return make(
        box,
        country=(call.text("country") or box.settings.country).upper(),
        email=call.text("email"),
        requested=transfers.get("requested") in (True, "true"),
        metadata=call.metadata(),
        business_type=call.text("business_type"),
        type=call.text("type") or "none",
        _recipient_agreement=agreement == "recipient",
    )


@operation("GET", "/v1/accounts/{account}")
def retrieve(box: Box, call: Call) -> Json:
    """Get an account as v1 shows it, also one made through v2."""
    return box.get(call.ids["account"], "account")


@operation("GET", "/v1/account")
def retrieve_own(box: Box, call: Call) -> Json:
    """Get the account that asks, with its payout schedule."""
    if call.account != box.PLATFORM:
        return box.get(call.account, "account")
    planned = {"delay_days": 2, **payouts.schedule(box, box.PLATFORM)}
    schedule = part("account", "Settings", "Payouts", "Schedule", **planned)
    return of_kind(
        "account",
        id=OWN,
        country=box.settings.country,
        default_currency=box.settings.currency,
        type="standard",
        details_submitted=True,
        charges_enabled=True,
        payouts_enabled=True,
        settings=part(
            "account",
            "Settings",
            payouts=part("account", "Settings", "Payouts", schedule=schedule),
        ),
    )


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
    link = make_link(box, account, *urls, v2=False)
    return of_kind("account_link", created=box.now(), expires_at=link["expires"], url=link["url"])


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
    return dict(public(account)) | {"status": status(account), "missing": account["_missing"]}


def make_link(box: Box, account: Json, refresh: object, back: object, *, v2: bool) -> Json:
    """A kept link to the onboarding page: where to go after it and when it is too old."""
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


def inner(params: Json, *path: str) -> Json:
    """A nested parameter as a dict, empty when it is absent."""
    value: object = params
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}
