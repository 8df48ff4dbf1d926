"""Ways of packing bytes, for tests that read them back."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

BGZIP_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")


def bgzip(data: bytes, block: int = 5000) -> bytes:
    """Blocks with the BC extra field, as bgzip writes them (SAM specification 4.1)."""
    made = b""
    for start in range(0, len(data), block):
        plain = gzip.compress(data[start : start + block], mtime=0)
        size = len(plain) + 8 - 1
        made += plain[:3] + b"\x04" + plain[4:10] + b"\x06\x00BC\x02\x00" + size.to_bytes(2, "little") + plain[10:]
    return made + BGZIP_END


def zip_of(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip with these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def tar_of(files: Mapping[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    """A tar with these files; an empty one that ends with a slash is a folder."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name.rstrip("/"))
            entry.type = tarfile.DIRTYPE if name.endswith("/") else tarfile.REGTYPE
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def written(folder: Path, data: bytes, name: str = "genome.bin") -> Path:
    """Write the bytes to a file."""
    path = folder / name
    path.write_bytes(data)
    return path
