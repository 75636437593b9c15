"""The demo: deterministic, plausible, complete, and never doubled by a second seeding."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from marketplace.contracts.models import Contract
from marketplace.contracts.rules.states import Kind, Status
from marketplace.core.settings import settings
from marketplace.demo import service
from marketplace.demo.rules import ASSISTANTS, LOGINS, MIX, STAR, draw_assistant, vat_number
from marketplace.directory import service as directory
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.profiles import queries as profiles
from marketplace.profiles.models import Profile
from marketplace.profiles.rules import publishing as ready
from marketplace.runtime import sandbox
from payments import statements
from payments.reconcile import reconcile
from search import taxonomy
from tests.fixtures.services import sandbox_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fixtures.application import RunJobs


def test_the_same_number_is_the_same_assistant_everywhere() -> None:
    assert [draw_assistant(number) for number in (7, 299, 4711)] == [
        draw_assistant(number) for number in (7, 299, 4711)
    ]


def test_three_hundred_assistants_live_where_the_mix_says_and_are_well_formed() -> None:
    drawn = [draw_assistant(number) for number in range(ASSISTANTS)]
    assert len(drawn) == 300
    assert Counter(each.jurisdiction for each in drawn) == MIX
    assert len({each.slug for each in drawn}) == len({each.email for each in drawn}) == 300
    assert len({each.text["fr"] for each in drawn}) > 250
    away = [each.available_in for each in drawn if (each.available_in or 0) > 7]
    assert 0.1 < len(away) / len(drawn) < 0.3  # "available within a week" leaves some out
    for each in drawn:
        assert (each.legal_form == "portage") == (each.tax_status == "portage")
        assert all(taxonomy.is_skill(code) for code, _level, _years in each.skills)
        assert all(taxonomy.is_tool(code) for code in each.tools)
        assert each.city.country == each.jurisdiction[:2]
        if each.registration:
            jurisdictions.check_registration(each.jurisdiction, each.registration, each.legal_form)
        number = vat_number(each.jurisdiction, each.tax_status, each.registration)
        assert not number or jurisdictions.check_vat(each.jurisdiction, number) == number
        spoken = dict(each.languages)
        translated = [code.split("-")[1:] for code, *_ in each.skills if "translation-" in code]
        assert all(spoken[one] >= "C1" for pair in translated for one in pair)
        for text in each.text.values():  # one length of experience each
            assert len(re.findall(r"\w+ (?:ans|years)\b", text)) <= 1
    assert drawn[STAR].city.name("fr") in LOGINS[1][0]


@pytest.fixture
def own_sandbox(
    data_dir: Path, tmp_path: Path, web_port: int, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """A Stripe of this test alone: reconciling finds what other tests did in the shared one."""
    with sandbox_in(tmp_path, web_port) as server:
        monkeypatch.setenv("STRIPE_API_BASE", server.url)
        monkeypatch.setenv("STRIPE_SECRET_KEY", sandbox.api_key(tmp_path))
        monkeypatch.setenv("STRIPE_WEBHOOK_SECRETS", sandbox.webhook_secret(tmp_path))
        settings.cache_clear()
        yield
    settings.cache_clear()


@pytest.mark.usefixtures("search_engine", "own_sandbox", "application")
async def test_the_seeded_demo_holds_every_kind_in_every_state_and_adds_up(
    run_jobs: RunJobs,
) -> None:
    heard: list[str] = []
    await service.seed(lambda _done, _total, label: heard.append(label))
    await run_jobs()
    steps = dict.fromkeys(label.partition(":")[0] for label in heard)
    assert list(steps) == ["Assistants", "Businesses", "Search index", "Contracts"]
    contracts = await Contract.all()
    states = {(contract.kind, contract.status) for contract in contracts}
    missing = {(kind, status) for kind in Kind for status in Status} - states
    # Hours have no last week: an hourly contract ends by somebody's wish, not by completion.
    assert missing == {(Kind.HOURLY, Status.COMPLETED)}
    for contract in contracts:
        found = await statements.contract_statement(str(contract.id))
        if found is not None:
            parts = found.released + found.refunded + found.held + found.disputed
            assert parts == found.funded
    report = await reconcile(lambda *_: None)
    assert report.clean
    lacking = [
        one.slug for one in await profiles.published() if ready.missing(profiles.contents(one))
    ]
    assert not lacking, "who is public may change their profile"
    before = (await Profile.all().count(), len(contracts))
    await service.seed(lambda *_: None)
    assert (await Profile.all().count(), await Contract.all().count()) == before
    admin = directory.administration()
    assert admin is not None
    assert [one async for page in directory.differences(admin) for one in page] == []
