"""Whatever is sent to a form or an address of a page, a page answers: never a fault."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.routing import Route

from marketplace import app
from marketplace.accounts.service import sessions
from tests.marketplace.developers import hostile

if TYPE_CHECKING:
    from tests.marketplace.developers.world import World

ROUTES = {
    route.name: (method, route)
    for route in app.routes()
    if isinstance(route, Route) and not route.name.startswith("api.")
    for method in sorted((route.methods or set()) - {"HEAD"})
}
# Field names of our forms, so that hostile values reach the code behind them.
NAMES = """
name email password current token intent locale theme next days scopes role kind jurisdiction
legal_name display_name legal_form registration_number tax_status vat_number address_line1 postcode
town subdivision representative_name headline_fr headline_en text_fr text_en skills-0-code
skills-0-level skills-0-years tools languages-0-code languages-0-level country region city currency
engagement hourly_rate project_min packages-0-name_fr packages-0-price time_zone hours_week cell
coverage assistant business_id language title scope starts_on ends_on rate price weekly_cap
first_week period periods includes milestones-0-title milestones-0-price milestones-0-due_on
milestones-0-criteria notice_days trial_days review_days signing_order reason lock_version
file_sha256 consent typed_name code sha256 note links criteria worked_on minutes task add remove
action party_id funding back slug note step notes party score-A-0 query rhythm paused
""".split()
ASKED = "q page per_page sort near within_km lat lang kind status side cursor funding next token to area assistant rate_min covers".split()  # fmt: skip
PLAIN = st.sampled_from([*hostile.STRINGS, *hostile.DATES, "0", "1", "-5", "99999999999999999999",
                         "1,50", "yes", "fr", "EUR", "FR", "hourly", "project", "2026-12-07"])  # fmt: skip
FOREIGN = ["00000000-0000-0000-0000-000000000000", "nothing", "%00", "é", "9" * 30]
BROKEN = [
    (b"\xff\xfe=\x80", "application/x-www-form-urlencoded"),
    (b"a" * 50_000, "application/x-www-form-urlencoded"),
    (b"&".join([b"x=1"] * 1200), "application/x-www-form-urlencoded"),
    (b"--b\r\n", "multipart/form-data; boundary=b"),
    (b"nothing", "multipart/form-data"),
    (b'--b\r\nContent-Disposition: form-data; name="title"; filename="a"\r\n\r\nx\r\n--b--\r\n',
     "multipart/form-data; boundary=b"),
    ((b'--b\r\nContent-Disposition: form-data; name="file"; filename="a\\0.pdf"\r\n'
     b"Content-Type: x\r\n\r\n%PDF\r\n--b--\r\n"), "multipart/form-data; boundary=b"),
    ((b'--b\r\nContent-Disposition: form-data; name="photo"; filename="a.png"\r\n\r\n\x89PNG\r\n'
     b"--b--\r\n"), "multipart/form-data; boundary=b"),
    (b"{}", "application/json"),
]  # fmt: skip


def address(route: Route, world: World, draw: Any) -> str:
    """The route's address with known or foreign values in it."""
    path = route.path
    for name in route.param_convertors:
        known = ["fr", "en"] if name == "lang" else world.values.get(name, [])
        value = draw(st.sampled_from([*known, *known, *FOREIGN] if name != "lang" else known))
        for form in (f"{{{name}}}", f"{{{name}:uuid}}", f"{{{name}:int}}", "{lang:lang}"):
            if form.strip("{}").partition(":")[0] == name:
                path = path.replace(form, value if value == "%00" else quote(value))
    asked = draw(st.dictionaries(st.sampled_from(ASKED), PLAIN, max_size=3))
    asked = {name: value[:2000] for name, value in asked.items()}
    return path + ("?" + urlencode(asked, errors="replace") if asked else "")


def form(draw: Any) -> tuple[bytes, str]:
    """A body for a form: hostile values under real names, or no form at all."""
    if draw(st.integers(0, 4)) == 0:
        return draw(st.sampled_from(BROKEN))  # type: ignore[no-any-return]
    sent = draw(st.lists(st.tuples(st.sampled_from(NAMES), PLAIN), max_size=25))
    fields = urlencode(sent, errors="surrogatepass").encode()[:900_000]
    return fields, "application/x-www-form-urlencoded"


@pytest.mark.parametrize("name", sorted(ROUTES))
@settings(
    max_examples=8,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
async def test_a_page_answers_whatever_is_sent(
    world: World, name: str, data: st.DataObject
) -> None:
    method, route = ROUTES[name]
    target = address(route, world, data.draw)
    content, media = form(data.draw) if method == "POST" else (b"", "")
    await world.rejoin()
    for who in (None, *world.people.values()):
        session = ""
        if who is not None:
            session = await sessions.open_session(who.id, ip="127.0.0.1", agent="test")
        async with world.client("", session=session) as client:
            headers = {"content-type": media} if media else {}
            answer = await client.request(method, target, content=content, headers=headers)
        assert answer.status_code < 500 or answer.status_code == 503, answer.text
        assert "Traceback" not in answer.text
