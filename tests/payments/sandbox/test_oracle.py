"""The oracle: it knows the installed package and notices what does not fit."""

from __future__ import annotations

import copy
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stripe._encode import _api_encode

from payments.sandbox import eventtypes, oracle, schema
from payments.sandbox.operations import TABLE
from payments.sandbox.skeleton import SHAPES, of_kind, skeleton
from payments.sandbox.wire import decode
from tests.payments.sandbox.conftest import LocalStripe


def test_it_finds_hundreds_of_operations_and_events() -> None:
    assert len(schema.operations()) > 600
    assert "payment_intent.succeeded" in eventtypes.event_types()
    assert "v1.payment_intent.succeeded" in eventtypes.thin_events()
    assert "v2.core.account.created" in eventtypes.thin_events()


def test_every_operation_the_sandbox_supports_is_one_of_stripes() -> None:
    unknown = [key for key in TABLE if schema.operation(*key) is None]
    assert unknown == []


def test_every_event_an_operation_names_is_one_of_stripes() -> None:
    named = {event for supported in TABLE.values() for event in supported.events}
    assert named <= eventtypes.event_types() | set(eventtypes.thin_events())


def test_a_literal_path_wins_over_a_templated_one() -> None:
    found = schema.match("GET", "/v1/charges/search")
    assert found is not None
    assert found.name == "ChargeService.search"
    assert schema.match("GET", "/v1/nothing") is None


@pytest.mark.parametrize("kind", sorted(SHAPES))
def test_an_empty_object_of_each_kind_has_every_field_and_fits(kind: str) -> None:
    made = of_kind(kind)
    problems = oracle.check_object(SHAPES[kind], made)
    assert set(made) == set(schema.fields(SHAPES[kind])) - {"deleted"}
    assert [p for p in problems if "unknown" in p or "missing" in p] == []


def test_an_invented_field_is_not_even_built() -> None:
    assert "colour" not in skeleton(SHAPES["charge"], colour="red")


def real_objects(stripe_local: LocalStripe) -> list[tuple[str, dict[str, Any]]]:
    account = stripe_local.account()
    paid = stripe_local.pay(10_000)
    charge = paid.latest_charge.id
    client = stripe_local.client.v1
    sent = client.transfers.create(
        {
            "amount": 100,
            "currency": "eur",
            "destination": account,
            "source_transaction": charge,
        }
    )
    return [
        ("payment_intent", client.payment_intents.retrieve(paid.id).to_dict()),
        ("charge", client.charges.retrieve(charge).to_dict()),
        ("transfer", sent.to_dict()),
        ("refund", client.refunds.create({"charge": charge, "amount": 100}).to_dict()),
        ("checkout.session", stripe_local.session().to_dict()),
        ("balance", client.balance.retrieve().to_dict()),
    ]


def test_real_answers_fit_and_every_mutation_of_them_is_noticed(
    stripe_local: LocalStripe,
) -> None:
    for kind, found in real_objects(stripe_local):
        shape = SHAPES[kind]
        assert oracle.check_object(shape, found) == []
        for name, value in found.items():
            wrong = copy.deepcopy(found)
            if isinstance(value, bool | int | str):
                wrong[name] = [value]
                assert oracle.check_object(shape, wrong), (kind, name)
        assert oracle.check_object(shape, found | {"invented": 1})
        required = [
            name
            for name, (annotation, _) in schema.fields(shape).items()
            if schema.name_of(getattr(annotation, "value", annotation)) != "Optional"
        ]
        for name in required:
            lacking = {k: v for k, v in found.items() if k != name}
            if name in found:
                assert oracle.check_object(shape, lacking), (kind, name)


def test_a_value_outside_an_enum_is_noticed_although_the_enum_is_open() -> None:
    made = of_kind("payment_intent", status="half_paid")
    assert any(
        "status" in problem for problem in oracle.check_object(SHAPES["payment_intent"], made)
    )


@pytest.mark.parametrize(
    ("params", "problem"),
    [
        ({"amount": "100", "currency": "eur"}, None),
        ({"amount": "1.5", "currency": "eur"}, "expected int"),
        ({"amount": "100", "currency": "eur", "confirm": "perhaps"}, "expected bool"),
        ({"amount": "100", "currency": "eur", "metadata": {"a": "b"}}, None),
        ({"amount": "100", "currency": "eur", "metadata": "b"}, "expected"),
        ({"amount": "100", "currency": "eur", "capture_method": "later"}, "not in"),
        ({"amount": "100", "currency": "eur", "payment_method_types": ["card"]}, "unknown"),
        ({"currency": "eur"}, "missing"),
    ],
)
def test_a_request_is_judged_as_stripe_would(params: Any, problem: str | None) -> None:
    operation = schema.match("POST", "/v1/payment_intents")
    assert operation is not None
    problems = oracle.check_request(operation, params)
    assert (problems == []) if problem is None else (problem in problems[0])


def test_forms_are_decoded_as_the_client_encodes_them() -> None:
    text = "a[b][0][c]=1&a[b][1][c]=2&metadata[0]=x&metadata[k]=y&e[]=p&e[]=q&t="
    assert decode(text) == {
        "a": {"b": [{"c": "1"}, {"c": "2"}]},
        "metadata": {"0": "x", "k": "y"},
        "e": ["p", "q"],
        "t": "",
    }


names = st.text("abcxyz_", min_size=1, max_size=6)
trees = st.recursive(
    st.text(max_size=8),
    lambda inner: (
        st.dictionaries(names, inner, min_size=1, max_size=3)
        | st.lists(inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(names.filter(lambda name: name != "metadata"), trees, max_size=4))
def test_whatever_the_client_encodes_is_decoded_to_the_same(params: dict[str, Any]) -> None:
    assert decode(urlencode(list(_api_encode(params)))) == params
