"""The account's pages: ways in, OpenID visits, a person's own settings."""

from marketplace.accounts.pages import (
    authenticator,
    entry,
    openid,
    passkeys,
    recovery,
    security,
    settings,
    unsent,
    verifying,
)
from marketplace.web.routing import Pages

pages = Pages("accounts")
for part in (
    entry, verifying, recovery, openid, settings, security, authenticator, passkeys, unsent,
):  # fmt: skip
    pages.routes += part.pages.routes
