"""Looking names up without holding up anybody else."""

import asyncio
import socket
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from ipaddress import ip_address
from typing import Final

import httpcore2

from cronjobs_core.domain.addresses import IPAddress, literal_address

Lookup = Callable[[str], Iterable[str]]

THREADS: Final = 16


def system_lookup(host: str) -> list[str]:
    """Every address the system knows for `host`; raises OSError where there is none. Blocks."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class Resolver:
    """Resolves in threads of its own, each name at most once at a time.

    The loop's default threads are shared with other work, and a system lookup can hang for half
    a minute: here a name that hangs holds one thread, however many runs wait for it.
    """

    def __init__(self, lookup: Lookup = system_lookup) -> None:
        self._lookup = lookup
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="dns")
        self._running: dict[str, asyncio.Future[list[IPAddress]]] = {}

    async def resolve(self, host: str) -> list[IPAddress]:
        """The addresses of `host`, each once, in the resolver's order; at least one.

        An address in digits, in any spelling the system takes, is read and not looked up. Raises
        httpcore2.ConnectError, with its cause, for a name that cannot be resolved.
        """
        literal = literal_address(host)
        if literal is not None:
            return [literal]
        try:
            # Shielded: one run that gives up must not end the lookup of the others.
            return await asyncio.shield(self._lookup_of(host))
        except (OSError, ValueError) as error:  # ValueError: no name at all, such as "a..b"
            raise httpcore2.ConnectError("the host name could not be resolved") from error

    def _lookup_of(self, host: str) -> asyncio.Future[list[IPAddress]]:
        running = self._running.get(host)
        if running is None:
            loop = asyncio.get_running_loop()
            running = loop.run_in_executor(self._threads, self._addresses, host)
            self._running[host] = running
            running.add_done_callback(partial(self._forget, host))
        return running

    def _addresses(self, host: str) -> list[IPAddress]:
        addresses = [ip_address(text) for text in dict.fromkeys(self._lookup(host))]
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "no address")
        return addresses

    def _forget(self, host: str, finished: asyncio.Future[list[IPAddress]]) -> None:
        del self._running[host]
        if not finished.cancelled():
            finished.exception()  # nobody may be left to see it

    def close(self) -> None:
        """Take no more lookups; those that are running end by themselves."""
        self._threads.shutdown(wait=False, cancel_futures=True)
