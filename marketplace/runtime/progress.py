"""Owns how a long command shows how far it is; never what it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Progress:
    """A progress bar on a terminal, a line per step of ten percent elsewhere.

    A total of 0 is a step that cannot be counted: its label alone is shown while it lasts.
    """

    def __init__(self) -> None:
        from rich import progress
        from rich.console import Console

        columns = (
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
        )
        self._bar = progress.Progress(*columns, console=Console(), transient=False)
        self._task = self._bar.add_task("", total=None)
        self._tenth = (-1, "")

    def __enter__(self) -> Callable[[int, int, str], None]:
        if self._bar.console.is_terminal:
            self._bar.start()
        return self._show

    def __exit__(self, *_: object) -> None:
        if self._bar.console.is_terminal:
            self._bar.stop()

    def _show(self, done: int, total: int, label: str) -> None:
        if self._bar.console.is_terminal:
            if total:
                self._bar.update(self._task, completed=done, total=total)
            self._bar.update(self._task, description=label)
            return
        tenth = (done * 10 // max(total, 1), label)
        if tenth != self._tenth:
            self._tenth = tenth
            print(f"{label} {done}/{total}" if total else label, flush=True)
