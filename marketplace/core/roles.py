"""Owns what the application's own role may do in the database; never creates one.

Web and worker connect as a role that owns nothing: it reads and writes rows, but of the ledger it
may only read, and post through ledger_post. Migrations and restores run as the tables' owner
(DATABASE_OWNER_URL). Where a managed server knows one role only, both are the same, and what keeps
the books is their triggers alone: they refuse the owner's ordinary connection, too.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import unquote, urlsplit

Connection = Any  # asyncpg's connection: the package carries no types

READ_ONLY: Final = ("ledger\\_%", "schema\\_migration")
"""Tables, as LIKE patterns, whose rows the application never writes itself."""

_TABLES: Final = """
SELECT format('%I.%I', schemaname, relname) AS name,
       relname LIKE ANY ($1::text[]) AS read_only
  FROM (SELECT schemaname, tablename AS relname FROM pg_tables
         UNION ALL SELECT schemaname, viewname FROM pg_views) t
 WHERE schemaname = current_schema() ORDER BY 1
"""
_POST: Final = """
SELECT p.oid::regprocedure::text AS signature FROM pg_proc p
 WHERE p.pronamespace = current_schema()::regnamespace AND p.proname = 'ledger_post'
"""


class CannotGrant(Exception):
    """The role of DATABASE_URL cannot be what it should be. The text is shown as it is."""


def role_of(address: str) -> str:
    """The user a postgresql:// address names."""
    return unquote(urlsplit(address).username or "")


async def grant(connection: Connection, role: str) -> None:
    """Give a role what the application needs and take from it what it must not have.

    `connection` is the owner's. Nothing happens when the role is the owner itself. Raises
    CannotGrant when there is no such role or when it could act as the owner all the same.
    """
    if role == await connection.fetchval("SELECT current_user"):
        return
    found = await connection.fetchrow(
        "SELECT rolsuper OR pg_has_role(oid, current_user, 'MEMBER') AS mighty"
        "  FROM pg_roles WHERE rolname = $1",
        role,
    )
    if found is None:
        msg = f"the server has no role {role}, which DATABASE_URL names: create it with LOGIN"
        raise CannotGrant(msg)
    if found["mighty"]:
        msg = f"the role {role} of DATABASE_URL may act as the owner: use one that owns nothing"
        raise CannotGrant(msg)
    who = '"' + role.replace('"', '""') + '"'
    schema = await connection.fetchval("SELECT quote_ident(current_schema())")
    tables = await connection.fetch(_TABLES, list(READ_ONLY))
    readable = [row["name"] for row in tables if row["read_only"]]
    written = [row["name"] for row in tables if not row["read_only"]]
    signature = await connection.fetchval(_POST)
    async with connection.transaction():
        for statement in (
            f"GRANT USAGE ON SCHEMA {schema} TO {who}",
            f"REVOKE ALL ON {', '.join(readable)} FROM {who}",
            f"GRANT SELECT ON {', '.join(readable)} TO {who}",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(written)} TO {who}",
            f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {who}",
            f"GRANT EXECUTE ON FUNCTION {signature} TO {who}",
        ):
            await connection.execute(statement)
