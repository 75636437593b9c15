"""The writes about accounts, one module a noun. Imported whole, so that their jobs are known."""

from marketplace.accounts.service import identities, recovery, signup, upkeep  # noqa: F401
