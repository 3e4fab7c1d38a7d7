"""pure: a packed body -> the whole body, never more than a limit of it in memory; or what is wrong with it."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence

import brotli
import zstandard

LAYERS = 2
"""Codings one over another; servers that pack what is packed already use two."""
_PIECE = 256 * 1024
_ZSTD_PIECE = 256
"""Bytes of input at a time: they unpack to 8 MB at most, for zstandard cannot be told to stop earlier."""
_ZSTD_WINDOW = 8 * 1024 * 1024
"""What RFC 9659 lets a server ask for; the format alone would allow gigabytes."""


class UnpackingError(ValueError):
    """A packed body that cannot be unpacked."""


class BombError(UnpackingError):
    """It unpacks to more than is allowed."""


class TruncatedError(UnpackingError):
    """It ends too early, or is damaged."""


def unpacked(body: bytes, codings: Sequence[str], limit: int) -> bytes:
    """Return what a body holds without its codings (of Content-Encoding, in the order they were applied).

    Raises:
        BombError: more than `limit` bytes, or more than two codings.
        TruncatedError: it is not whole.
    """
    if len(codings) > LAYERS:
        raise BombError(f"{len(codings)} codings one over another")
    for coding in reversed(codings):
        body = _bounded(_UNPACK[coding](body), limit) if body else body
    return body


def known(coding: str) -> bool:
    """Whether a coding can be unpacked here."""
    return coding in _UNPACK


def _bounded(pieces: Iterator[bytes], limit: int) -> bytes:
    kept: list[bytes] = []
    left = limit
    for piece in pieces:
        kept.append(piece)
        left -= len(piece)
        if left < 0:
            raise BombError(f"it unpacks to more than {limit} bytes")
    return b"".join(kept)


def _gzip(body: bytes) -> Iterator[bytes]:
    """The members of a gzip file; what follows them is padding."""
    if not body.startswith(b"\x1f\x8b"):
        raise TruncatedError("it is said to be gzip, and is not")
    while body.startswith(b"\x1f\x8b"):
        member = zlib.decompressobj(wbits=31)
        yield from _inflated(member, body)
        body = member.unused_data


def _deflate(body: bytes) -> Iterator[bytes]:
    """A zlib stream, or a bare one as some servers send it."""
    is_zlib = len(body) > 1 and body[0] & 0x0F == zlib.DEFLATED and int.from_bytes(body[:2], "big") % 31 == 0
    yield from _inflated(zlib.decompressobj(wbits=15 if is_zlib else -15), body)


def _inflated(stream: zlib._Decompress, body: bytes) -> Iterator[bytes]:
    try:
        while body and not stream.eof:
            yield stream.decompress(body, _PIECE)
            body = stream.unconsumed_tail
    except zlib.error as error:
        raise TruncatedError(f"damaged: {error}") from error
    if not stream.eof:
        raise TruncatedError("the packed body ends before its end")


def _brotli(body: bytes) -> Iterator[bytes]:
    stream = brotli.Decompressor()
    try:
        piece = stream.process(body, output_buffer_limit=_PIECE)
        while piece:
            yield piece
            piece = b"" if stream.is_finished() else stream.process(b"", output_buffer_limit=_PIECE)
    except brotli.error as error:
        raise TruncatedError(f"damaged: {error}") from error
    if not stream.is_finished():
        raise TruncatedError("the packed body ends before its end")


def _zstd(body: bytes) -> Iterator[bytes]:
    stream = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj(read_across_frames=False)
    try:
        for start in range(0, len(body), _ZSTD_PIECE):
            if stream.eof:
                break
            yield stream.decompress(body[start : start + _ZSTD_PIECE])
    except zstandard.ZstdError as error:
        raise TruncatedError(f"damaged, or it asks for too much memory: {error}") from error
    if not stream.eof:
        raise TruncatedError("the packed body ends before its end")


_UNPACK: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
