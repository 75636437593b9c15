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
)
from marketplace.web.routing import Pages

pages = Pages("accounts")
for part in (entry, recovery, openid, settings, security, authenticator, passkeys, unsent):
    pages.routes += part.pages.routes
