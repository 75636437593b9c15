"""The rules about passwords, addresses and paths, which need no database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.accounts import rules

ADDRESS, NAME = "lea.roussel@studio.example", "Léa Roussel"


@pytest.mark.parametrize(
    "password",
    [
        *("short", "", "123456789"),
        *("password123", "P@ssw0rd2024", "motdepasse!", "Azertyuiop1", "1234567890", "bonjour1789"),
        *("aaaaaaaaaaaa", "abcabcabcabc", "abcdefghijkl", "0987654321", "qwertyuiop", "azertyuiop"),
        *("lea.roussel1", "LeaRoussel75", "lea.roussel@studio.example", "roussel2024"),
        "x" * 201,
    ],
)
def test_a_password_that_is_guessed_early_is_refused(password: str) -> None:
    assert rules.password_problem(password, email=ADDRESS, name=NAME)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "sept chats gris",
        "kR7#vbq2Lp",
        "ma voisine Léa chante",
        "žluťoučký kůň",
    ],
)
def test_a_few_words_or_random_signs_are_a_good_password(password: str) -> None:
    assert rules.password_problem(password, email=ADDRESS, name=NAME) is None


@given(st.text(max_size=300), st.emails(), st.text(max_size=60))
def test_judging_a_password_never_fails(password: str, email: str, name: str) -> None:
    problem = rules.password_problem(password, email=email, name=name)
    assert problem is None or len(problem) > 10


@pytest.mark.parametrize(
    "target",
    [
        *("//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", ""),
        *("/\t/evil.example", "/a\nb", "javascript:alert(1)", "evil.example", " /fr/account"),
    ],
)
def test_only_paths_of_this_site_are_followed(target: str) -> None:
    assert rules.safe_next(target, "/fr/") == "/fr/"


def test_no_path_grows_into_a_header_that_proxies_refuse() -> None:
    longest = "/" + "a" * (rules.NEXT_MAX - 1)
    assert rules.safe_next(longest, "/fr/") == longest
    assert rules.safe_next(longest + "a", "/fr/") == "/fr/"


def test_a_local_path_keeps_its_query() -> None:
    assert (
        rules.safe_next("/fr/assistants?q=caf%C3%A9&page=2", "/")
        == "/fr/assistants?q=caf%C3%A9&page=2"
    )


@given(st.text())
def test_whatever_is_followed_starts_with_one_slash(target: str) -> None:
    chosen = rules.safe_next(target, "/fr/")
    assert chosen.startswith("/")
    assert not chosen.startswith(("//", "/\\"))


@given(st.emails())
def test_an_address_has_one_spelling(address: str) -> None:
    once = rules.normal_email(f" {address.upper()} ")
    assert rules.normal_email(once) == once == rules.normal_email(address)


def test_every_scope_can_be_explained() -> None:
    assert set(rules.SCOPE_LABELS) == set(rules.Scope)


def test_a_browser_is_named_as_people_know_it() -> None:
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    assert rules.device_name(firefox) == "Firefox · Linux"
    assert rules.device_name("") == ""
