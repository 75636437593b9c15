"""The pages of parties: their identity, their team, invitations to it."""

from marketplace.parties.pages import identity, team
from marketplace.web.routing import Pages

pages = Pages("parties")
for part in (identity, team):
    pages.routes += part.pages.routes
