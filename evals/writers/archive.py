"""Office files are zip archives that carry the time of their writing: here that time is taken out."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

__all__ = ["settled"]


def settled(data: bytes) -> bytes:
    """The archive with the same files in the same order, all of them of 1980; an OpenDocument's
    `mimetype` stays uncompressed."""
    buffer = BytesIO()
    with ZipFile(BytesIO(data)) as read, ZipFile(buffer, "w") as written:
        for name in read.namelist():
            info = ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = ZIP_STORED if name == "mimetype" else ZIP_DEFLATED
            written.writestr(info, read.read(name))
    return buffer.getvalue()
