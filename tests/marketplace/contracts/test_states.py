"""The life of a contract as a table: the whole product of statuses, actions and actors."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.contracts.rules.states import (
    ENDED,
    OPEN,
    STEPS,
    TRANSITIONS,
    TURN,
    Action,
    Actor,
    IllegalStep,
    SigningOrder,
    Status,
    actions_for,
    has_signed,
    may_sign,
    target,
)

REACHABLE_AFTER_SIGNATURE = {Status.ACTIVE, Status.CANCELLED, Status.COMPLETED}


@pytest.mark.parametrize(("source", "goal"), list(product(Status, Status)))
def test_every_pair_of_statuses_is_a_step_or_refused(source: Status, goal: Status) -> None:
    found = [
        (action, actor)
        for action, actor in product(Action, Actor)
        if STEPS.get((source, action, actor)) is goal
    ]
    assert bool(found) == (goal in TRANSITIONS[source])
    for action, actor in found:
        assert target(source, action, actor) is goal
        assert action in actions_for(source, actor)


@pytest.mark.parametrize(("status", "action", "actor"), list(product(Status, Action, Actor)))
def test_a_step_outside_the_table_is_a_conflict(
    status: Status, action: Action, actor: Actor
) -> None:
    if (status, action, actor) in STEPS:
        return
    with pytest.raises(IllegalStep):
        target(status, action, actor)


def test_no_step_leads_back_to_a_draft_or_out_of_an_end() -> None:
    assert all(Status.DRAFT not in goals for goals in TRANSITIONS.values())
    assert {
        Status.COMPLETED, Status.CANCELLED, Status.DECLINED, Status.EXPIRED,
    } == ENDED  # fmt: skip


def test_after_both_signed_only_money_or_an_end_moves_a_contract() -> None:
    assert TRANSITIONS[Status.SIGNED] <= REACHABLE_AFTER_SIGNATURE
    assert not any(actor is not Actor.SYSTEM for status, action, actor in STEPS
                   if action in {Action.ACTIVATE, Action.COMPLETE, Action.EXPIRE})  # fmt: skip


def test_whose_turn_it_is_can_act() -> None:
    for status in OPEN:
        assert Action.SIGN in actions_for(status, TURN[status])
        assert Action.COUNTER in actions_for(status, TURN[status])
        assert Action.COUNTER not in actions_for(status, TURN[status].other)


@given(st.lists(st.tuples(st.sampled_from(Action), st.sampled_from(Actor)), max_size=40))
def test_any_sequence_of_steps_keeps_the_promises(moves: list[tuple[Action, Actor]]) -> None:
    status = Status.DRAFT
    signed: set[Actor] = set()
    for action, actor in moves:
        try:
            after = target(status, action, actor)
        except IllegalStep:
            continue
        assert status not in ENDED
        if action is Action.SIGN:
            signed.add(actor)
        elif action in {Action.SEND, Action.COUNTER}:
            signed.clear()
        status = after
        if status in OPEN:
            assert {side for side in (Actor.BUSINESS, Actor.ASSISTANT)
                    if has_signed(status, side)} == signed  # fmt: skip
        if status in {Status.SIGNED, Status.ACTIVE, Status.COMPLETED}:
            assert signed == {Actor.BUSINESS, Actor.ASSISTANT}


@given(st.sampled_from(Status), st.sampled_from((Actor.BUSINESS, Actor.ASSISTANT)),
       st.sampled_from(SigningOrder))  # fmt: skip
def test_a_set_order_lets_the_second_sign_only_after_the_first(
    status: Status, side: Actor, order: SigningOrder
) -> None:
    if not may_sign(status, side, order):
        return
    first = {SigningOrder.BUSINESS_FIRST: Actor.BUSINESS,
             SigningOrder.ASSISTANT_FIRST: Actor.ASSISTANT}.get(order, side)  # fmt: skip
    assert first is side or has_signed(status, first)
