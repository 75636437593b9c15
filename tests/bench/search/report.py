"""Owns how figures are printed; measures nothing."""

from __future__ import annotations

from typing import Any


def table(part: str, figures: dict[str, Any]) -> str:
    """The figures of a part as text."""
    if part in {"speed", "light"}:
        return _speed(figures)
    return "\n".join(f"  {name:44} {_said(value)}" for name, value in figures.items())


def filled(figures: dict[str, Any]) -> str:
    """What filling the product took, and on what."""
    head = f"{figures['at']}, {figures['machine']}, load {figures['load at the start']}"
    rows = [f"  {name:44} {_said(value)}" for name, value in figures["filled"].items()]
    return "\n".join([head, *rows])


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_said(one)}" for name, one in value.items())
    return str(value)


def _speed(ways: dict[str, Any]) -> str:
    columns = ("per second", "ratio", "p50 ms", "p50 ratio", "p90 ms", "p99 ms")
    lines = [f"  {'':20}" + "".join(f"{name:>12}" for name in columns) + "   cpu ms a request"]
    for name, row in ways.items():
        cells = "".join(f"{row[column]:>12}" for column in columns)
        spent = ", ".join(f"{who} {ms}" for who, ms in row["cpu ms a request"].items())
        lines.append(f"  {name:20}{cells}   {spent}")
    lines.append(f"\n  {'p50 ms of each kind':36}" + "".join(f"{name[:12]:>14}" for name in ways))
    for kind in ways["raw"]["kinds p50 ms"]:
        cells = "".join(f"{row['kinds p50 ms'].get(kind, 0):>14}" for row in ways.values())
        lines.append(f"  {kind:36}{cells}")
    return "\n".join(lines)
