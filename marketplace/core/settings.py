"""Owns every setting, read once from the environment; never reads anything else.

A wrong value stops the start with the variable's name, what is wrong and how to mend it
(`explain`). `.env.example` documents each one; a test holds the two together.
"""

from __future__ import annotations

from email.utils import parseaddr
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    AliasChoices,
    BaseModel,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from payments.money import HELD_CURRENCIES

DEVELOPMENT_SECRET = "development-only-secret-change-me"  # noqa: S105 - refused in production


class OidcProvider(BaseModel):
    """One OpenID Connect provider people may sign in with (OpenID Connect Discovery 1.0)."""

    name: str = Field(pattern=r"^[a-z0-9-]{1,32}$")
    label: str
    issuer: str
    client_id: str
    client_secret: str
    scopes: str = "openid email profile"


def _named(variable: str, fallback: str | None = None) -> AliasChoices:
    return AliasChoices(variable, *([fallback] if fallback else []))


class Settings(BaseSettings):
    """The whole configuration. Times in seconds, sizes in bytes, rates in basis points."""

    model_config = SettingsConfigDict(
        env_prefix="RELAIS_", env_file=".env", extra="ignore", populate_by_name=True, frozen=True
    )

    env: Literal["development", "production", "test"] = "development"
    data_dir: Path = Path("var")
    base_url: str = "http://127.0.0.1:8000"
    behind: str = Field("127.0.0.1", pattern=r"^[^*]+$")
    secret_key: str = DEVELOPMENT_SECRET
    former_secret_keys: Annotated[list[str], NoDecode] = Field(default_factory=list)
    site_name: str = "Relais"
    demo: bool = True
    backup_days: int = Field(30, ge=1, le=3650)

    database_url: str = Field("", validation_alias=_named("DATABASE_URL"))
    database_owner_url: str = Field("", validation_alias=_named("DATABASE_OWNER_URL"))
    database_pool: int = Field(10, ge=2, le=200)

    meili_url: str = Field("", validation_alias=_named("MEILI_URL"))
    meili_master_key: str = Field("", validation_alias=_named("MEILI_MASTER_KEY"))
    meili_search_key: str = Field("", validation_alias=_named("MEILI_SEARCH_KEY"))
    meili_index: str = "assistants"

    stripe_secret_key: str = Field("", validation_alias=_named("STRIPE_SECRET_KEY"))
    stripe_api_base: str = Field("", validation_alias=_named("STRIPE_API_BASE"))
    stripe_webhook_secrets: Annotated[list[str], NoDecode] = Field(
        default_factory=list, validation_alias=_named("STRIPE_WEBHOOK_SECRETS")
    )

    smtp_url: str = Field("", validation_alias=_named("SMTP_URL"))
    smtp_plain: bool = False
    mail_from: str = "Relais <bonjour@relais.example>"
    oidc_providers: list[OidcProvider] = Field(default_factory=list)

    platform_jurisdiction: str = Field("FR", pattern=r"^[A-Z]{2}(-[A-Z]{2,3})?$")
    platform_tax_status: str = "vat_registered"
    platform_vat_number: str = Field("", pattern=r"^([A-Z]{2}[A-Z0-9]{2,13})?$")
    platform_registration_number: str = ""
    vies_url: str = Field("", pattern=r"^(https?://.+[^/])?$")
    sirene_url: str = Field("", pattern=r"^(https?://.+[^/])?$")
    sirene_key: str = ""

    seal_dir: str = ""
    seal_key: str = ""
    seal_pin: str = ""
    seal_level: Literal["B-B", "B-T", "B-LTA"] = "B-B"
    tsa_url: str = ""
    tsa_ca: str = ""

    client_fee_bps: int = Field(500, ge=0, le=3000)
    assistant_fee_bps: int = Field(500, ge=0, le=3000)
    tip_fee_bps: int = Field(0, ge=0, le=3000)
    settlement_currencies: Annotated[list[str], NoDecode] = Field(
        default_factory=lambda: list(HELD_CURRENCIES)
    )

    platform_legal_name: str = ""
    platform_legal_form: str = ""
    platform_address: str = ""
    platform_postcode: str = ""
    platform_town: str = ""
    invoice_platform: Literal["", "file_drop"] = ""
    contact_email: str = Field("", pattern=r"^([^@\s]+@[^@\s]+)?$")
    contact_phone: str = ""
    publication_director: str = ""
    hosting: str = ""
    legal_dir: str = ""

    hold_warn_days: int = Field(60, ge=1, le=88)
    hold_refuse_days: int = Field(75, ge=1, le=89)
    hold_stop_days: int = Field(85, ge=1, le=90)
    session_days: int = Field(30, ge=1, le=365)

    week_edit_hour: int = Field(12, ge=0, le=23)
    week_review_days: int = Field(4, ge=1, le=7)
    week_look_days: int = Field(3, ge=1, le=14)
    week_prefund_days: int = Field(1, ge=0, le=3)
    week_grace_days: int = Field(2, ge=1, le=6)
    idle_days: int = Field(30, ge=7, le=180)
    contest_answer_days: int = Field(5, ge=1, le=30)
    security_hold_days: int = Field(5, ge=0, le=30)
    security_hold_releases: int = Field(3, ge=0, le=20)
    reminder_days: Annotated[list[int], NoDecode] = Field(default_factory=lambda: [3, 1])
    trial_days_max: int = Field(10, ge=1, le=60)
    trial_hours_max: int = Field(20, ge=1, le=60)

    @field_validator("base_url")
    @classmethod
    def _an_origin(cls, value: str) -> str:
        """Links are this address and a path, so it ends in no slash and has no path of its own."""
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            msg = "name scheme and host, such as https://relais.example"
            raise ValueError(msg)
        if parts.path.strip("/") or parts.query or parts.fragment:
            msg = "name scheme and host alone: Relais has its host for itself"
            raise ValueError(msg)
        return f"{parts.scheme}://{parts.netloc}"

    @field_validator("settlement_currencies", mode="before")
    @classmethod
    def _currencies(cls, value: object) -> object:
        named = value.upper().split(",") if isinstance(value, str) else value
        return [each.strip() for each in named] if isinstance(named, list) else named

    @field_validator("settlement_currencies")
    @classmethod
    def _held(cls, value: list[str]) -> list[str]:
        if not value or set(value) - set(HELD_CURRENCIES):
            msg = f"name currencies of {','.join(HELD_CURRENCIES)}, such as EUR,CHF"
            raise ValueError(msg)
        return value

    @field_validator("reminder_days", mode="before")
    @classmethod
    def _days(cls, value: object) -> object:
        return value.split(",") if isinstance(value, str) else value

    @field_validator("reminder_days")
    @classmethod
    def _falling(cls, value: list[int]) -> list[int]:
        if (
            not value
            or min(value) < 1
            or max(value) > 30
            or sorted(set(value), reverse=True) != value
        ):
            msg = "name falling numbers of days up to 30, such as 3,1"
            raise ValueError(msg)
        return value

    @model_validator(mode="before")
    @classmethod
    def _split_secrets(cls, values: dict[str, object]) -> dict[str, object]:
        for key in ("STRIPE_WEBHOOK_SECRETS", "stripe_webhook_secrets", "former_secret_keys"):
            raw = values.get(key)
            if isinstance(raw, str):
                values[key] = [part.strip() for part in raw.split(",") if part.strip()]
        return values

    @model_validator(mode="after")
    def _production_is_strict(self) -> Settings:
        if self.env != "production":
            return self
        if self.secret_key == DEVELOPMENT_SECRET or len(self.secret_key) < 32:
            msg = "RELAIS_SECRET_KEY: production needs its own secret of at least 32 characters"
            raise ValueError(msg)
        if not self.stripe_secret_key or self.stripe_api_base:
            msg = (
                "STRIPE_SECRET_KEY: production needs a real Stripe key and no STRIPE_API_BASE "
                "(the local sandbox is refused)"
            )
            raise ValueError(msg)
        if not self.stripe_webhook_secrets:
            msg = "STRIPE_WEBHOOK_SECRETS: production needs the signing secret of its endpoint"
            raise ValueError(msg)
        if not self.smtp_url:
            msg = "SMTP_URL: production needs a mail server, for example smtp://user:pass@host:587"
            raise ValueError(msg)
        domain = parseaddr(self.mail_from)[1].partition("@")[2]
        if not domain or domain.endswith(".example"):  # none exists there (RFC 2606, 2)
            msg = "RELAIS_MAIL_FROM: production needs a sender of your own domain"
            raise ValueError(msg)
        if not self.base_url.startswith("https://"):
            msg = "RELAIS_BASE_URL: production needs an https:// address"
            raise ValueError(msg)
        if not self.platform_legal_name or not self.contact_email:
            msg = (
                "RELAIS_PLATFORM_LEGAL_NAME and RELAIS_CONTACT_EMAIL: production needs to say who "
                "runs it and how to reach them"
            )
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _stamped_by_someone(self) -> Settings:
        if self.seal_level != "B-B" and not self.tsa_url:
            msg = f"RELAIS_TSA_URL: a seal of level {self.seal_level} needs a time-stamp authority"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _limits_in_order(self) -> Settings:
        if not self.hold_warn_days < self.hold_refuse_days < self.hold_stop_days:
            msg = "RELAIS_HOLD_WARN_DAYS < RELAIS_HOLD_REFUSE_DAYS < RELAIS_HOLD_STOP_DAYS"
            raise ValueError(msg)
        return self

    @property
    def production(self) -> bool:
        """Whether demo logins, the sandbox and development pages are refused."""
        return self.env == "production"

    @property
    def real_money(self) -> bool:
        """Whether Stripe moves money; its test keys begin with sk_test_ or rk_test_."""
        return self.production and "_test_" not in self.stripe_secret_key[:8]

    @property
    def demo_logins(self) -> bool:
        """Whether the demo may be seeded and its logins shown."""
        return self.demo and not self.production

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies carry Secure and the __Host- prefix."""
        return self.base_url.startswith("https://")


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The process's settings. Tests that change the environment call `settings.cache_clear()`."""
    return Settings()


def explain(error: ValidationError) -> str:
    """One line per wrong setting: its variable, the value's problem and where to read more."""
    lines = []
    for problem in error.errors(include_url=False, include_input=False):
        where = ".".join(str(part) for part in problem["loc"])
        field = Settings.model_fields.get(where)
        variable = where.upper() if where.isupper() else f"RELAIS_{where.upper()}"
        if field is not None and isinstance(field.validation_alias, AliasChoices):
            variable = str(field.validation_alias.choices[0])
        text = problem["msg"].removeprefix("Value error, ")
        prefix = f"{variable}: " if where else ""
        lines.append(f"{prefix}{text}. See .env.example.")
    return "\n".join(lines)
