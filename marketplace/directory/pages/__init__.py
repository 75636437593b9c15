"""Owns the directory's HTML routes; never a decision. Routes stand here, their parts beside."""

from __future__ import annotations

from marketplace.directory.pages.compare import compare
from marketplace.directory.pages.listing import by_city, by_skill, search, suggest, suggest_towns
from marketplace.directory.pages.profile import show
from marketplace.directory.pages.reasons import ranking, ranking_in_french
from marketplace.web.guards import public
from marketplace.web.routing import Pages

pages = Pages("directory")

pages.get("/assistants", guard=public)(search)
pages.get("/assistants/suggest", guard=public)(suggest)
pages.get("/assistants/towns", guard=public)(suggest_towns)
pages.get("/assistants/compare", guard=public)(compare)
pages.get("/assistants/skill/{code}", guard=public)(by_skill)
pages.get("/assistants/city/{slug}", guard=public)(by_city)
pages.get("/ranking", guard=public)(ranking)
pages.get("/classement", guard=public)(ranking_in_french)
pages.get("/assistants/{slug}", guard=public)(show)

__all__ = ["pages"]
