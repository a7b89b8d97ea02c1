"""The outbound policy: which addresses may be called."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from dataclasses import dataclass

from weftline.errors import ConnectError, OutboundRefusedError

# Cloud metadata services answer credentials to whoever asks; never useful to a connector.
_METADATA = {ipaddress.ip_address("169.254.169.254"), ipaddress.ip_address("fd00:ec2::254")}
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class OutboundPolicy:
    """Private, loopback and link-local addresses are refused unless allowed; metadata addresses always."""

    allow_private: bool = False

    def check(self, host: str, address: str) -> None:
        """Raise :class:`OutboundRefusedError` if this resolved address of ``host`` may not be called."""
        ip = ipaddress.ip_address(address.partition("%")[0])
        if isinstance(ip, ipaddress.IPv6Address):
            ip = _inner(ip)
        if ip in _METADATA or ip.is_multicast or ip.is_unspecified:
            raise OutboundRefusedError(f"'{host}' resolves to {ip}, which is never called")
        if not self.allow_private and not ip.is_global:
            raise OutboundRefusedError(
                f"'{host}' resolves to the private address {ip}",
                hint="an operator may allow private addresses with WEFTLINE_ALLOW_PRIVATE_ADDRESSES=true",
            )


async def checked_address(policy: OutboundPolicy, host: str, port: int) -> str:
    """An address of ``host`` to connect to, for transports that bring their own sockets: every one that the name
    resolves to is held against the policy. Connect to what is returned, not to the name, which may change meanwhile.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise ConnectError(
            f"no connection to {host}:{port}: the name is unknown ({error.strerror or error})",
            hint="see that the host's name is right",
            context={"unsent": True},
        ) from None
    addresses = [str(item[4][0]) for item in found]
    for address in addresses:
        policy.check(host, address)
    return addresses[0]


def _inner(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The IPv4 address that an IPv6 address only carries, since that is where the packet ends."""
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip
