"""Which computer a request comes from, distinguished without storing anybody's address."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Whoever has one IPv6 address has 2**64 of them.
IPV6_NETWORK_BITS = 64
PRIVATE = b"\xfd"  # first byte of addresses that no computer on the Internet has


def client_of(request: HttpRequest) -> str:
    """A pseudonym of the client's address, in the shape of an IPv6 address.

    The same address always has the same pseudonym, from which nobody can find the address without
    the secret key.
    """
    who = str(_network(_address(request)))
    digest = salted_hmac("recognizer.clients", who, algorithm="sha256").digest()
    return str(ipaddress.IPv6Address(PRIVATE + digest[:15]))


def _address(request: HttpRequest) -> Address | None:
    """The nearest address that is not a trusted proxy: what lies beyond it may be made up."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    nearest = None
    for text in (request.META.get("REMOTE_ADDR", ""), *reversed(forwarded)):
        address = _parsed(text)
        if address is None:
            break
        nearest = address
        if not any(address in network for network in settings.TRUSTED_PROXIES):
            break
    return nearest


def _parsed(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _network(address: Address | None) -> Address | ipaddress.IPv6Network | None:
    if isinstance(address, ipaddress.IPv6Address):
        return ipaddress.IPv6Network((address.packed, IPV6_NETWORK_BITS), strict=False)
    return address
