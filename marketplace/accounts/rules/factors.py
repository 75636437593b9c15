"""Owns what is refused about second factors, and what a passkey may be used for."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Final

from marketplace.core.errors import Conflict, Invalid
from marketplace.core.i18n import _

RECOVERY_CODES: Final = 8
FRESH: Final = timedelta(minutes=10)  # how long a log-in proves that its person is still there
SET_UP_LIFE: Final = timedelta(minutes=10)  # how long an app's secret waits for its first code
PASSKEYS_MAX: Final = 10


class AuthenticatorWrong(Invalid):
    """Neither a fresh code of the app nor an unused recovery code."""

    message = _("This is not a code that the app shows now, or it was used already.")

    def __init__(self) -> None:
        super().__init__({"code": self.message})


class LogInAgain(Invalid):
    """Nothing else proves who sits at the browser: no password, no second factor, an old log-in."""

    message = _("First log in again with your provider: this shows that it is really you.")

    def __init__(self) -> None:
        super().__init__({"form": self.message})


class AuthenticatorThere(Conflict):
    """An app is set up already: it has to be turned off first."""

    message = _("An app is set up already. Turn it off first.")


class AuthenticatorLate(Invalid):
    """No secret waits here any more: it was another session's, or too long ago."""

    message = _("That took too long. Please begin again.")

    def __init__(self) -> None:
        super().__init__({"form": self.message})


class NoFactor(Conflict):
    """There is nothing that recovery codes could replace."""

    message = _("Set up an app or a passkey first: recovery codes replace it.")


class Proves(StrEnum):
    """What the answer of a passkey is good for; one made for another purpose is refused."""

    ADD = "add"
    ACCOUNT = "account"
    SIGN = "sign"
    LOG_IN = "log_in"


class PasskeyWrong(Invalid):
    """Not an answer of this person's device to what it was asked here, now and for this."""

    message = _("The passkey did not answer as it should. Please try again.")

    def __init__(self) -> None:
        super().__init__({"passkey": self.message})


class TooManyPasskeys(Conflict):
    """The person holds as many passkeys as one may."""

    message = _("You have reached the number of passkeys one person may hold. Remove one first.")


class FactorNeeded(Conflict):
    """The first step of logging in is done; this ticket and the second factor do the rest."""

    message = _("Give your second factor.")

    def __init__(self, ticket: str) -> None:
        super().__init__()
        self.ticket = ticket
