"""What the answers of VIES and Sirene mean: only what is said in as many words counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.jurisdictions.rules import State, read_sirene, read_vies, worth_asking

VIES: list[tuple[int, dict[str, Any], State]] = [
    (200, {"valid": True, "name": "ACME", "requestIdentifier": "W1"}, State.VALID),
    (200, {"isValid": True}, State.VALID),
    (200, {"valid": False, "name": "---"}, State.INVALID),
    (200, {"isValid": False, "userError": "INVALID"}, State.INVALID),
    (200, {"isValid": False, "userError": "MS_UNAVAILABLE"}, State.UNKNOWN),
    (200, {"valid": False, "userError": "TIMEOUT"}, State.UNKNOWN),
    (400, {"errorWrappers": [{"error": "INVALID_INPUT"}]}, State.INVALID),
    (200, {"actionSucceed": False, "errorWrappers": [{"error": "MS_MAX_CONCURRENT_REQ"}]}, State.UNKNOWN),
    (400, {"errorWrappers": [{"error": "INVALID_REQUESTER_INFO"}]}, State.UNKNOWN),
    (500, {"valid": False}, State.UNKNOWN),
    (200, {}, State.UNKNOWN),
    (200, {"valid": "false"}, State.UNKNOWN),
]  # fmt: skip


def unit(state: str, **more: Any) -> dict[str, Any]:
    period = {"dateFin": None, "etatAdministratifUniteLegale": state}
    return {"uniteLegale": {"periodesUniteLegale": [period], **more}}


def place(state: str, of: str = "A") -> dict[str, Any]:
    periods = [
        {"dateFin": None, "etatAdministratifEtablissement": state},
        {"dateFin": "2020-01-01", "etatAdministratifEtablissement": "A"},
    ]
    owner = {"etatAdministratifUniteLegale": of, "nomUniteLegale": "ROUSSEL",
             "prenom1UniteLegale": "LEA"}  # fmt: skip
    return {"etablissement": {"periodesEtablissement": periods, "uniteLegale": owner}}


SIRENE: list[tuple[int, dict[str, Any], State]] = [
    (200, unit("A"), State.VALID),
    (200, unit("C"), State.INACTIVE),
    (200, place("A"), State.VALID),
    (200, place("F"), State.INACTIVE),
    (200, place("A", of="C"), State.INACTIVE),
    (404, {}, State.INVALID),
    (403, unit("A"), State.UNKNOWN),
    (429, {}, State.UNKNOWN),
    (200, {}, State.UNKNOWN),
    (200, {"uniteLegale": {}}, State.UNKNOWN),
]


@pytest.mark.parametrize(("status", "said", "state"), VIES)
def test_vies(status: int, said: dict[str, Any], state: State) -> None:
    answer = read_vies(status, said)
    assert answer.state is state
    assert answer.name != "---"


@pytest.mark.parametrize(("status", "said", "state"), SIRENE)
def test_sirene(status: int, said: dict[str, Any], state: State) -> None:
    assert read_sirene(status, said).state is state


def test_the_name_of_a_person_or_of_a_company() -> None:
    assert read_sirene(200, place("A")).name == "LEA ROUSSEL"
    assert read_sirene(200, unit("A", denominationUniteLegale="DURAND")).name == "DURAND"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
keys = st.sampled_from(
    ["valid", "errorWrappers", "userError", "name", "uniteLegale", "etablissement", "header"]
)


@given(st.sampled_from([200, 404, 500]), st.dictionaries(keys, json_values))
def test_nothing_a_register_says_breaks_the_reading(status: int, said: dict[str, Any]) -> None:
    assert read_vies(status, said).state in State
    assert read_sirene(status, said).state in State


def test_when_a_register_is_asked_again() -> None:
    now = datetime(2026, 11, 28, tzinfo=UTC)

    def due(state: State | None, ago: timedelta, *, wished: bool = False) -> bool:
        return worth_asking(state, now - ago, now, wished=wished)

    assert worth_asking(None, None, now)
    assert not due(State.VALID, timedelta(days=29))
    assert due(State.VALID, timedelta(days=30))
    assert due(State.INVALID, timedelta(days=1))
    assert not due(State.UNKNOWN, timedelta(minutes=59))
    assert due(State.UNKNOWN, timedelta(hours=1))
    assert due(State.INACTIVE, timedelta(minutes=2), wished=True)
    assert not due(State.INACTIVE, timedelta(minutes=1), wished=True)
