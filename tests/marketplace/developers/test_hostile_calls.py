"""Whatever is sent to the API, it answers as documented: never a fault, never another shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import httpx
import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.developers.queries import document
from tests.marketplace.developers import hostile

if TYPE_CHECKING:
    from tests.marketplace.developers.world import World

DOCUMENT = document.document()
COMPONENTS = DOCUMENT["components"]["schemas"]
CALLS = {
    operation["operationId"]: (method, path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
CALLERS = ("anonymous", "business", "assistant", "operator")
EXAMPLES = 8
FOREIGN = ["not-a-uuid", "00000000-0000-0000-0000-000000000000", "%00", "x" * 3000, "é", "-1",
           "99999999999999999999"]  # fmt: skip


def checked(answer: httpx.Response, operation: dict[str, Any]) -> None:
    """The answer is one the description promises, in the shape it promises."""
    assert answer.status_code < 500 or answer.status_code == 503, answer.text
    assert "Traceback" not in answer.text
    assert str(answer.status_code) in operation["responses"], (answer.status_code, answer.text)
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        schema: dict[str, Any] = COMPONENTS["Problem"]
        assert answer.json()["status"] == answer.status_code
    else:
        content = operation["responses"][str(answer.status_code)].get("content", {})
        if "application/json" not in content:
            return
        schema = content["application/json"]["schema"]
    whole = {**schema, "components": {"schemas": COMPONENTS}}
    jsonschema.Draft202012Validator(
        whole, format_checker=jsonschema.FormatChecker(["uuid", "date", "date-time"])
    ).validate(answer.json())


def address(path: str, operation: dict[str, Any], world: World, draw: Any) -> str:
    """The operation's address with known or foreign values in it."""
    asked = {}
    for parameter in operation["parameters"]:
        name = parameter["name"]
        if parameter["in"] == "path":
            known = world.values.get(name, [])
            value = draw(st.sampled_from([*known, *known, *FOREIGN]))
            path = path.replace("{" + name + "}", value if value == "%00" else quote(value))
        elif parameter["in"] == "query" and draw(st.booleans()):
            meant = hostile.values(parameter["schema"], COMPONENTS)
            asked[name] = draw(meant | hostile.LEAVES)
    return path + ("?" + urlencode(asked, doseq=True, errors="replace") if asked else "")


@pytest.mark.parametrize("name", sorted(CALLS))
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
async def test_an_operation_answers_as_documented_whatever_is_sent(
    world: World, name: str, data: st.DataObject
) -> None:
    method, path, operation = CALLS[name]
    target = address(path, operation, world, data.draw)[:60_000]
    content, media = b"", ""
    taken = operation.get("requestBody", {}).get("content", {})
    if "application/json" in taken:
        content, media = data.draw(hostile.bodies(taken["application/json"]["schema"], COMPONENTS))
    elif taken:
        content, media = data.draw(st.binary(max_size=200)), next(iter(taken))
    headers = {"content-type": media} if media else {}
    if method != "get" and data.draw(st.booleans()):
        headers["idempotency-key"] = data.draw(st.text("abcé\x80 ", max_size=8)).strip() or "k"
    await world.rejoin()
    for who in CALLERS:
        async with world.client(who) as client:
            sent = {key.encode(): value.encode("latin-1") for key, value in headers.items()}
            answer = await client.request(method, target, content=content, headers=sent)
            checked(answer, operation)
