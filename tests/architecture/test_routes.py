"""Every route has a guard; nothing is reachable by having been forgotten."""

from __future__ import annotations

import re

from starlette.routing import Mount, Route

from marketplace import app
from marketplace.profiles.rules.publishing import TAKEN
from marketplace.web import guards
from tests.architecture.tree import ROOT

# Reached by browsers for files and by Stripe with a signature of its own.
UNGUARDED = {"/static", "/webhooks/stripe"}
GUARDS = {
    *(
        guards.public,
        guards.always,
        guards.unasked,
        guards.signed_in,
        guards.in_person,
        guards.operator,
        guards.development,
        guards.monitor,
    )
}


def test_every_route_has_a_guard() -> None:
    open_doors = [
        route.path
        for route in app.routes()
        if isinstance(route, Route | Mount)
        and route.path not in UNGUARDED
        and getattr(getattr(route, "endpoint", None), "guard", None) not in GUARDS
    ]
    assert not open_doors, f"register these with Pages or Api and a guard: {open_doors}"


def test_no_two_routes_share_method_and_path() -> None:
    seen = [
        (method, route.path)
        for route in app.routes()
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    ]
    twice = {pair for pair in seen if seen.count(pair) > 1}
    assert not twice, f"only the first of each pair is ever reached: {twice}"


def test_no_profile_stands_at_the_address_of_another_page() -> None:
    beside = re.compile(r"/\{lang:lang\}/assistants/(\w+)(?:/\{.+)?|/api/v1/assistants/(\w+)")
    paths = [route.path for route in app.routes() if isinstance(route, Route)]
    found = {each[1] or each[2] for path in paths if (each := beside.fullmatch(path))}
    assert {"compare", "skill"} <= found <= TAKEN, f"a profile may be called so: {found - TAKEN}"


def test_every_changing_api_operation_needs_a_scope_or_is_public() -> None:
    loose = [
        f"{operation.method} {operation.path}"
        for api in app.apis()
        for operation in api.operations
        if operation.guard is not guards.public and not operation.scope
    ]
    assert not loose, f"name the token scope of these operations: {loose}"


# Where a secret may stand in an address: the page that takes it out, the mail programs' own POST.
IN_ADDRESSES = {"web/links.py": 1, "saved_searches/pages.py": 1, "references/pages.py": 1}


def test_no_address_keeps_a_secret() -> None:
    paths = [route.path for route in app.routes() if isinstance(route, Route)]
    assert not [path for path in paths if re.search(r"{\w*(token|secret|key)\b", path)]
    asked = [
        f"{operation.path}?{name}"
        for api in app.apis()
        for operation in api.operations
        if operation.query
        for name in operation.query.model_fields
    ]
    # Nor does it name a person by an address.
    assert not [one for one in asked if re.search(r"token|secret|password|email", one)]
    reading = {
        str(path.relative_to(ROOT / "marketplace")): path.read_text().count(
            'query_params.get("token"'
        )
        for path in (ROOT / "marketplace").rglob("*.py")
    }
    assert {path: count for path, count in reading.items() if count} == IN_ADDRESSES
