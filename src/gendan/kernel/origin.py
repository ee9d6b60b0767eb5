"""Where a request comes from: the address that the audit keeps and that limits count by."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest

REMEMBERED = 4096


def address_of(request: HttpRequest) -> str | None:
    """The address of who asks; behind proxies the one that the outermost of them saw, since it alone can be trusted.

    None where there is no address, as behind a Unix socket.
    """
    hops: int = settings.TRUSTED_PROXIES
    if hops:
        told = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(told) >= hops and (address := _valid(told[-hops].strip())) is not None:
            return address
    return _valid(request.META.get("REMOTE_ADDR", ""))


@lru_cache(maxsize=REMEMBERED)
def _valid(text: str) -> str | None:
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None)  # how a socket for both families writes IPv4
    return str(mapped or found)
