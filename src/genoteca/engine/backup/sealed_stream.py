"""A stream of bytes in one file: as it is, or encrypted under a passphrase.

The first line says which. Encrypted, the key comes from the passphrase by scrypt
(https://www.rfc-editor.org/rfc/rfc7914) and the bytes are cut into chunks of one mebibyte, each under AES-256-GCM
with its own nonce: seven random bytes of the file, the number of the chunk, and whether it is the last one. So a
chunk that is changed, left out, moved or cut off is noticed: the STREAM construction of
https://eprint.iacr.org/2015/189. The first line is authenticated with each.
"""

from __future__ import annotations

import secrets
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from genoteca.errors import InputError

__all__ = ["SealedReader", "SealedWriter", "is_encrypted"]

MAGIC = b"genoteca backup 1 "
PLAIN = MAGIC + b"plain\n"
CHUNK = 1 << 20
TAG = 16
COST = 17
"""Exponent of scrypt's N: 128 MiB of memory and half a second for every guess."""
MOST_COST = 20
LONGEST_LINE = 200


def is_encrypted(file: IO[bytes]) -> bool:
    """Whether a backup asks for a passphrase; the file is read from its beginning.

    Raises:
        InputError: it is no backup.

    """
    file.seek(0)
    line = file.readline(LONGEST_LINE)
    if not line.startswith(MAGIC):
        raise InputError(
            "This file is no backup of Genoteca.",
            title="This is no backup",
            hint="A backup is what `genoteca backup` wrote.",
        )
    return line != PLAIN


class SealedWriter:
    """Takes bytes; `close` writes the end, without which nothing can be restored."""

    def __init__(self, file: IO[bytes], passphrase: str) -> None:
        self._file, self._waiting, self._number = file, bytearray(), 0
        self._prefix, salt = secrets.token_bytes(7), secrets.token_bytes(16)
        self._line = PLAIN
        self._cipher: AESGCM | None = None
        if passphrase:
            self._line = MAGIC + f"scrypt {COST} {salt.hex()} {self._prefix.hex()}\n".encode()
            self._cipher = AESGCM(_key(passphrase, salt, COST))
        file.write(self._line)

    def write(self, data: bytes) -> int:
        """Write some bytes."""
        if self._cipher is None:
            return self._file.write(data)
        self._waiting += data
        while len(self._waiting) > CHUNK:  # the last chunk is known as such only at the end
            self._chunk(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def close(self) -> None:
        """Write the last chunk."""
        if self._cipher is not None:
            self._chunk(bytes(self._waiting), last=True)

    def _chunk(self, data: bytes, *, last: bool) -> None:
        if self._cipher is not None:
            self._file.write(self._cipher.encrypt(_nonce(self._prefix, self._number, last=last), data, self._line))
        self._number += 1


class SealedReader:
    """Gives the bytes back; what cannot be trusted is never given."""

    def __init__(self, file: IO[bytes], passphrase: str) -> None:
        self._file, self._ready, self._number, self._over = file, b"", 0, False
        encrypted = is_encrypted(file)
        file.seek(0)
        self._line = file.readline(LONGEST_LINE)
        self._cipher: AESGCM | None = None
        if encrypted:
            salt, self._prefix, cost = _told(self._line)
            self._cipher = AESGCM(_key(passphrase, salt, cost))
            self._next = file.read(CHUNK + TAG)

    def read(self, size: int = -1) -> bytes:
        """Give up to `size` bytes; fewer only at the end.

        Raises:
            InputError: the passphrase is wrong, or the file was changed or cut off.

        """
        if self._cipher is None:
            return self._file.read(size)
        while not self._over and (size < 0 or len(self._ready) < size):
            self._ready += self._chunk(self._cipher)
        taken = self._ready if size < 0 else self._ready[:size]
        self._ready = self._ready[len(taken) :]
        return taken

    def _chunk(self, cipher: AESGCM) -> bytes:
        data, self._next = self._next, self._file.read(CHUNK + TAG)
        self._over = not self._next
        try:
            plain = cipher.decrypt(_nonce(self._prefix, self._number, last=self._over), data, self._line)
        except InvalidTag as error:
            first = "The passphrase is another one, or the file is damaged."
            later = f"The file is damaged or cut off after {self._number:,} MiB."
            raise InputError(
                later if self._number else first,
                title="This backup cannot be opened",
                hint="" if self._number else "Look at capital letters and the layout of the keyboard, and try again.",
            ) from error
        self._number += 1
        return plain


def _key(passphrase: str, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=1 << cost, r=8, p=1).derive(passphrase.encode("utf-8"))


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])


def _told(line: bytes) -> tuple[bytes, bytes, int]:
    """Read salt, prefix and cost from the first line."""
    try:
        kind, cost, salt, prefix = line.removeprefix(MAGIC).decode("ascii").split()
        told = bytes.fromhex(salt), bytes.fromhex(prefix), int(cost)
    except (ValueError, UnicodeDecodeError) as error:
        raise InputError("The first line of this backup makes no sense.", title="This is no backup") from error
    if kind != "scrypt" or len(told[0]) != 16 or len(told[1]) != 7 or not 10 <= told[2] <= MOST_COST:
        raise InputError("The first line of this backup asks for what no backup asks for.", title="This is no backup")
    return told
