"""Owns where a request came from: its address, and the network that limits count by; never a limit.

Whoever has one IPv6 address has the 2^64 of its /64 (RFC 6177, RFC 7421), so a limit by address
would be none. Evidence keeps the whole address.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from starlette.requests import Request

IPV6_PREFIX: Final = 64


def address(request: Request) -> str:
    """The address the request came from, "" when unknown (a Unix socket)."""
    return request.client.host if request.client else ""


def network_of(address: str) -> str:
    """What stands for an address in the key of a limit: IPv4 as it is, of IPv6 its /64."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, IPV6_PREFIX), strict=False))


def network(request: Request) -> str:
    """The network the request came from, "" when unknown."""
    return network_of(address(request))
