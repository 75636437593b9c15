"""What the commands of the command line do; cli.py names them. Each imports what it needs itself.

Each gives its exit status.
"""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from marketplace.core.roles import role_of
from marketplace.core.settings import settings
from marketplace.runtime.failures import CannotStart
from marketplace.runtime.progress import Progress

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

Arguments = argparse.Namespace
USAGE = 2
STILL_HELD = (
    "Still held: Stripe knows of money that this backup does not, or the other way round. What was "
    "decided after it would be decided, and paid, again. Once you have looked at each: --anyway."
)
NAME_SOMEBODY = "Name the person: python -m marketplace.cli operator grant you@example.org"
NO_ACCOUNT = (
    "No account has confirmed the address {email}: sign up on the site and follow the link of its "
    "mail first."
)


def up(chosen: Arguments) -> int:
    """Start everything and keep it running."""
    from marketplace.runtime import up as whole

    return whole.run(chosen)


def web(chosen: Arguments) -> int:
    """One web process, for machines where something else supervises."""
    from marketplace.runtime import serve

    return serve.main(["--host", chosen.host, "--port", str(chosen.port)])


def worker(_chosen: Arguments) -> int:
    """One job worker, for machines where something else supervises."""
    from marketplace import worker as jobs

    jobs.main()
    return 0


async def migrate(_chosen: Arguments) -> int:
    """Bring the database to this code's schema."""
    from marketplace.core import migrate as runner

    try:
        applied = await runner.migrate(
            settings().database_owner_url or settings().database_url,
            lambda name, done, total: print(f"{done}/{total} {name}"),
            application=role_of(settings().database_url),
            patience_seconds=60,  # after a reboot the server may come later than we
        )
    except runner.CannotMigrate as error:
        raise CannotStart(str(error)) from error
    print(f"{applied} applied")
    return 0


async def seed(chosen: Arguments) -> int:
    """Fill the database with the demo, or with a large directory of assistants."""
    from marketplace.core import once
    from marketplace.demo import service

    if settings().production:
        msg = "RELAIS_ENV=production: the demo and its known passwords are refused here."
        raise CannotStart(msg)
    async with _connected():
        with Progress() as progress:
            if chosen.assistants:
                await service.seed_directory(chosen.assistants, progress)
            elif not await once.is_done("demo"):
                await service.seed(progress)
                await once.mark_done("demo")
    return 0


async def reindex(_chosen: Arguments) -> int:
    """Build the search index anew beside the old one, then swap."""
    from marketplace.core.db import close_db, init_db
    from marketplace.directory import service

    await init_db()  # no more of the application: its other parts take longer to come than this
    try:
        with Progress() as progress:
            await service.reindex(progress)
    finally:
        await close_db()
    return 0


async def reconcile(_chosen: Arguments) -> int:
    """Compare the ledger with Stripe and print every difference; 1 when there is one."""
    from payments import reconcile as book

    async with _connected():
        with Progress() as progress:

            async def look() -> book.Report:
                return await book.reconcile(lambda count: progress(count, count, "balance lines"))

            report = await book.twice(look)
    for difference in report.differences:
        print(f"{difference.source}: Stripe {difference.stripe}, books {difference.books}")
    print(f"{report.lines_count} lines, {len(report.differences)} differences")
    return 0 if report.clean else 1


async def sweep(_chosen: Arguments) -> int:
    """Read Stripe's lists for news that never arrived; what was missed is applied by the worker."""
    from payments import sweep as lists

    async with _connected():
        with Progress() as progress:
            done = await lists.sweep(lambda count: progress(count, count, "events and lines"))
    print(f"{done.events_read} events and {done.lines_read} lines since {done.since:%Y-%m-%d}")
    print(f"{done.missed_events + done.missed_lines} missed, {done.fees_booked} fees booked")
    return 0


async def resume(chosen: Arguments) -> int:
    """Let a restored instance work: hear what Stripe did since the backup, then run its jobs."""
    from marketplace.admin.service import resuming
    from marketplace.core import held

    async with _connected():
        if await held.since() is None:
            print("Nothing is held here.")
            return 0
        with Progress() as progress:
            report = await resuming.catch_up(lambda count: progress(count, count, "lines"))
        for difference in report.differences:
            print(f"{difference.source}: Stripe {difference.stripe}, books {difference.books}")
        if not report.clean and not chosen.anyway:
            print(STILL_HELD)
            return 1
        doubted = await resuming.resume(report)
    print(f"Resumed. {doubted} movements of money are looked for at Stripe before they are sent.")
    return 0


async def operator(chosen: Arguments) -> int:
    """Who runs this instance: list, or grant and revoke it by the e-mail address of an account."""
    from marketplace.accounts import queries
    from marketplace.accounts.service import operators
    from marketplace.core.db import close_db, init_db
    from marketplace.core.errors import NotFound
    from marketplace.web import templates  # noqa: F401 - what mails are written with

    if chosen.action != "list" and not chosen.email:
        raise CannotStart(NAME_SOMEBODY)
    await init_db()
    try:
        if chosen.action != "list":
            await operators.name_operator(chosen.email, on=chosen.action == "grant")
        named = await queries.operators()
        safe = [await queries.has_second_factor(one.id) for one in named]
    except NotFound as error:
        raise CannotStart(NO_ACCOUNT.format(email=chosen.email)) from error
    finally:
        await close_db()
    for one, factor in zip(named, safe, strict=True):
        print(f"{one.email}{'' if factor else ': no second factor yet'}")
    if not named:
        print("Nobody is an operator: disputes and alerts reach no one.")
    return 0


def rates(chosen: Arguments) -> int:
    """Read exchange rates from the ECB's daily table, an address or a file; 2 when it is none."""
    from marketplace.directory.service import exchange

    _stay_in(chosen)
    return _say(exchange.refresh(chosen.source))


def seal(chosen: Arguments) -> int:
    """Make, rotate, revoke or show the keys that seal contracts: make|rotate|revoke|renew|show."""
    from marketplace.sealing.service import commands

    _stay_in(chosen)
    return _say(commands.run(chosen.action, chosen.serial, chosen.public))


def verify(chosen: Arguments) -> int:
    """Check a sealed contract with the authority's certificate alone; 0 sound, 1 not, 2 no file."""
    from marketplace.sealing.service import commands

    return _say(commands.verified(chosen.file, chosen.ca, chosen.crl, chosen.lang))


def _say(answer: tuple[int, list[str]]) -> int:
    status, lines = answer
    print("\n".join(lines), file=sys.stderr if status == USAGE else sys.stdout)
    return status


def _stay_in(chosen: Arguments) -> None:
    """Use a data folder without joining what runs there."""
    if chosen.data is not None:
        os.environ["RELAIS_DATA_DIR"] = str(chosen.data)
        settings.cache_clear()


def execute(chosen: Arguments) -> int:
    """Run another program with the settings of the running instance, such as deploy/backup."""
    if not chosen.program:
        msg = "Name the program: python -m marketplace.cli exec deploy/backup FOLDER"
        raise CannotStart(msg)
    # The instance may know it from .env alone, which no program of another kind reads.
    os.environ["RELAIS_BACKUP_DAYS"] = str(settings().backup_days)
    try:
        os.execvp(chosen.program[0], chosen.program)  # noqa: S606 - the person's own command
    except OSError as error:
        msg = f"{chosen.program[0]}: {error.strerror}."
        raise CannotStart(msg) from error


@asynccontextmanager
async def _connected() -> AsyncIterator[None]:
    """The application's resources without HTTP: database, reactions, every feature's own."""
    from marketplace import app

    application = app.create_app()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(application.router.lifespan_context(application))
        yield
