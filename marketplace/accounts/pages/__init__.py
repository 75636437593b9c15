"""The account's pages: ways in, OpenID visits, a person's own settings."""

from marketplace.accounts.pages import authenticator, entry, openid, recovery, security, settings
from marketplace.web.routing import Pages

pages = Pages("accounts")
for part in (entry, recovery, openid, settings, security, authenticator):
    pages.routes += part.pages.routes
