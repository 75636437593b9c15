"""What a password's hash costs whoever guesses; other tests hash cheaply."""

from __future__ import annotations

from argon2 import PasswordHasher

from marketplace.accounts.service import passwords
from tests.fixtures.application import CHEAP


def test_a_hash_costs_what_rfc_9106_recommends() -> None:
    made = PasswordHasher.from_parameters(passwords.COST).hash("correct horse battery")
    assert made.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_hash_of_less_is_outdated() -> None:
    assert PasswordHasher.from_parameters(passwords.COST).check_needs_rehash(CHEAP.hash("x"))
