"""Bodies of HTTP answers: unpacked piece by piece, within a limit, and whole or an error."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator

from weftline.errors import ConnectError, UnreadableBodyError

PIECE = 256 * 1024
_PLAIN = ("", "identity")


class BodyReader:
    """Pieces of one body as they come from the wire to what they say; at most ``limit`` bytes.

    ``where`` names the place in errors. A body packed to grow without end (a "bomb") is not unpacked past the limit,
    nor more than a piece at once.
    """

    def __init__(self, encoding: str, limit: int, setting: str, where: Callable[[], str]) -> None:
        codings = [name for part in encoding.lower().split(",") if (name := part.strip()) not in _PLAIN]
        if codings not in ([], ["gzip"], ["x-gzip"], ["deflate"]):
            raise UnreadableBodyError(
                f"the answer of {where()} is packed as '{encoding[:80]}', which was not asked for",
                hint="see the Accept-Encoding header of the endpoint, if it sets one",
            )
        self._coding = codings[0] if codings else ""
        self._inner: zlib._Decompress | None = None
        self._limit, self._setting, self._where = limit, setting, where
        self._size = 0

    def expect(self, length: int | None) -> None:
        """What the head says of the length: too much is refused before it is read."""
        if length is not None and length > self._limit:
            raise self._too_large()

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """What a piece says; :class:`UnreadableBodyError` past the limit, or when it is not packed as promised."""
        for plain in self._unpacked(piece) if self._coding else (piece,):
            self._size += len(plain)
            if self._size > self._limit:
                raise self._too_large()
            if plain:
                yield plain

    def close(self) -> None:
        """At the end: :class:`ConnectError` when it came too early, which only the packing tells."""
        if self._inner is not None and not self._inner.eof:
            raise ConnectError(
                f"the answer of {self._where()} breaks off in the middle of its {self._coding}",
                hint="see that nothing on the way (a proxy, a cache) cuts answers short",
            )

    def _unpacked(self, piece: bytes) -> Iterator[bytes]:
        try:
            plain = b""
            while piece or len(plain) == PIECE:  # a full piece may be followed by more of the same bytes
                if self._inner is not None and self._inner.eof:
                    piece = piece.lstrip(b"\0")  # padding of archivers
                    if not piece:
                        return
                    self._inner = None  # gzip may have several members, one behind the other
                if self._inner is None:
                    self._inner = zlib.decompressobj(self._window(piece[0]))
                plain = self._inner.decompress(piece, PIECE)
                yield plain
                piece = self._inner.unused_data if self._inner.eof else self._inner.unconsumed_tail
        except zlib.error as error:
            raise UnreadableBodyError(
                f"the answer of {self._where()} is said to be {self._coding}, but is not: {error}",
                hint="the application or a proxy before it sets a wrong Content-Encoding",
            ) from None

    def _window(self, first: int) -> int:
        if self._coding != "deflate":
            return 16 + zlib.MAX_WBITS
        # Some send what the name says, without the header that the standard means.
        return zlib.MAX_WBITS if first & 0x0F == 8 else -zlib.MAX_WBITS

    def _too_large(self) -> UnreadableBodyError:
        return UnreadableBodyError(
            f"the answer of {self._where()} is larger than {self._limit:,} bytes",
            hint=f"ask for less at once, or raise the transport's {self._setting}",
        )
