"""A setting that would break what people get is refused at the start, or mended."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from marketplace.core.settings import Settings

STRICT = {
    "env": "production", "secret_key": "s" * 40, "STRIPE_SECRET_KEY": "sk_live_x",
    "STRIPE_WEBHOOK_SECRETS": "whsec_x", "STRIPE_API_BASE": "", "SMTP_URL": "smtp://localhost",
    "mail_from": "Aide Express <bonjour@aide-express.fr>", "base_url": "https://aide-express.fr",
    "platform_legal_name": "Aide Express SARL", "contact_email": "a@aide-express.fr",
}  # fmt: skip


def given(**more: str) -> Settings:
    return Settings(_env_file=None, **{**STRICT, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize("sender", [
    "Relais <bonjour@relais.example>", "bonjour", "", "Aide Express <bonjour@aide.example>",
])  # fmt: skip
def test_production_sends_from_a_domain_that_exists(sender: str) -> None:
    with pytest.raises(ValidationError, match="RELAIS_MAIL_FROM: production needs"):
        given(mail_from=sender)
    assert given(env="development", mail_from=sender).mail_from == sender


def test_the_default_sender_is_refused_in_production() -> None:
    with pytest.raises(ValidationError, match="RELAIS_MAIL_FROM: production needs"):
        given(mail_from=str(Settings.model_fields["mail_from"].default))


def test_links_are_the_base_address_and_a_path() -> None:
    assert given(base_url="https://aide-express.fr/").base_url == "https://aide-express.fr"
    own = given(env="development", base_url="http://[::1]:8000//").base_url
    assert own == "http://[::1]:8000"


@pytest.mark.parametrize("address", [
    "https://aide-express.fr/relais", "https://aide-express.fr/?a=b", "https://aide-express.fr#x",
    "aide-express.fr", "https://", "", "http://[",
])  # fmt: skip
def test_a_base_address_that_no_link_can_begin_with_is_refused(address: str) -> None:
    with pytest.raises(ValidationError, match="base_url"):
        given(env="development", base_url=address)
