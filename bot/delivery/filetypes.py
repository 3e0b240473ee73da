"""What a file is, by its content: what a platform says of it proves nothing.

Only what support needs to look into a fault is sent on to them: pictures, sound, film, documents, archives,
logs. Programs, scripts, web pages and macros are not; a colleague's double click must be harmless.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Family(StrEnum):
    """What is alike enough that one may be called the other: a WebP picture is often named .jpg."""

    IMAGE = "image"
    MEDIA = "media"
    PDF = "pdf"
    OFFICE = "office"
    ARCHIVE = "archive"
    CAPTURE = "capture"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind of content that support may get."""

    media_type: str
    suffix: str
    family: Family


class Harmful(StrEnum):
    """Why a content is not one of those; values are stored."""

    PROGRAM = "program"  # a program, a script, a web page, an installer
    MACROS = "macros"
    UNKNOWN = "unknown"


TEXT = FileType("text/plain", ".txt", Family.TEXT)
ARCHIVE = FileType("application/zip", ".zip", Family.ARCHIVE)
_HEAD = 64 * 1024  # characters that decide whether something is text
_ENCODINGS = ("utf-8", "gb18030")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # as Windows writes what it calls Unicode
_CONTROLS = frozenset(map(chr, range(32))) - set("\t\n\r\f\v\x1b")  # ESC: coloured logs
_ACTIVE = ("#!", "<!doctype", "<html", "<script", "<svg", "<?php", "@echo")
_PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"#!",
    b"!<arch>",
    b"\xed\xab\xee\xdb",
)

# What the content begins with, at which offset.
_SIGNATURES: tuple[tuple[int, bytes, FileType], ...] = (
    (0, b"\xff\xd8\xff", FileType("image/jpeg", ".jpg", Family.IMAGE)),
    (0, b"\x89PNG\r\n\x1a\n", FileType("image/png", ".png", Family.IMAGE)),
    (0, b"GIF8", FileType("image/gif", ".gif", Family.IMAGE)),
    (0, b"BM", FileType("image/bmp", ".bmp", Family.IMAGE)),
    (8, b"WEBP", FileType("image/webp", ".webp", Family.IMAGE)),
    (4, b"ftypheic", FileType("image/heic", ".heic", Family.IMAGE)),
    (4, b"ftypmif1", FileType("image/heic", ".heic", Family.IMAGE)),
    (4, b"ftypM4A", FileType("audio/mp4", ".m4a", Family.MEDIA)),
    (4, b"ftypqt", FileType("video/quicktime", ".mov", Family.MEDIA)),
    (4, b"ftyp", FileType("video/mp4", ".mp4", Family.MEDIA)),
    (0, b"OggS", FileType("audio/ogg", ".ogg", Family.MEDIA)),
    (0, b"#!AMR", FileType("audio/amr", ".amr", Family.MEDIA)),
    (0, b"\x02#!SILK", FileType("audio/silk", ".silk", Family.MEDIA)),
    (0, b"#!SILK", FileType("audio/silk", ".silk", Family.MEDIA)),
    (0, b"ID3", FileType("audio/mpeg", ".mp3", Family.MEDIA)),
    (0, b"\xff\xfb", FileType("audio/mpeg", ".mp3", Family.MEDIA)),
    (8, b"WAVE", FileType("audio/wav", ".wav", Family.MEDIA)),
    (8, b"AVI ", FileType("video/x-msvideo", ".avi", Family.MEDIA)),
    (0, b"\x1aE\xdf\xa3", FileType("video/webm", ".webm", Family.MEDIA)),
    (0, b"%PDF-", FileType("application/pdf", ".pdf", Family.PDF)),
    (0, b"\x1f\x8b", FileType("application/gzip", ".gz", Family.ARCHIVE)),
    (0, b"7z\xbc\xaf\x27\x1c", FileType("application/x-7z-compressed", ".7z", Family.ARCHIVE)),
    (0, b"Rar!\x1a\x07", FileType("application/vnd.rar", ".rar", Family.ARCHIVE)),
    (0, b"\xd4\xc3\xb2\xa1", FileType("application/vnd.tcpdump.pcap", ".pcap", Family.CAPTURE)),
    (0, b"\x0a\x0d\x0d\x0a", FileType("application/x-pcapng", ".pcapng", Family.CAPTURE)),
)
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OPEN_XML = "application/vnd.openxmlformats-officedocument"
# Names of parts, as they stand uncompressed in the file.
_ZIPPED = (
    (b"word/document", FileType(f"{_OPEN_XML}.wordprocessingml.document", ".docx", Family.OFFICE)),
    (b"xl/workbook", FileType(f"{_OPEN_XML}.spreadsheetml.sheet", ".xlsx", Family.OFFICE)),
    (b"ppt/presentation", FileType(f"{_OPEN_XML}.presentationml.presentation", ".pptx", Family.OFFICE)),
)
_COMPOUND = (
    ("WordDocument", FileType("application/msword", ".doc", Family.OFFICE)),
    ("Workbook", FileType("application/vnd.ms-excel", ".xls", Family.OFFICE)),
    ("PowerPoint Document", FileType("application/vnd.ms-powerpoint", ".ppt", Family.OFFICE)),
)


def file_type(content: bytes) -> FileType | Harmful:
    """Return what a content is, or why support does not get it."""
    if content.startswith(_ZIP):
        return _of_zip(content)
    if content.startswith(_OLE):
        return _of_ole(content)
    for offset, signature, found in _SIGNATURES:
        if content.startswith(signature, offset):
            return found
    text = _text(content)
    if text is not None:
        return Harmful.PROGRAM if text.lstrip("\ufeff \t\r\n").lower().startswith(_ACTIVE) else TEXT
    return Harmful.PROGRAM if content.startswith(_PROGRAMS) else Harmful.UNKNOWN


def _of_zip(content: bytes) -> FileType | Harmful:
    if b"META-INF/MANIFEST.MF" in content or b"AndroidManifest.xml" in content:
        return Harmful.PROGRAM
    if b"vbaProject.bin" in content:
        return Harmful.MACROS
    if b"[Content_Types].xml" in content:
        return next((found for part, found in _ZIPPED if part in content), Harmful.UNKNOWN)
    return ARCHIVE


def _of_ole(content: bytes) -> FileType | Harmful:
    """Documents of the older Office; an installer (MSI) has the same form and none of their parts."""
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        return Harmful.MACROS
    parts = ((part.encode("utf-16-le"), found) for part, found in _COMPOUND)
    return next((found for part, found in parts if part in content), Harmful.PROGRAM)


def _text(content: bytes) -> str | None:
    """Return the beginning of a log or a note, None for what is no text."""
    encodings = ("utf-16",) if content.startswith(_UTF_16) else _ENCODINGS
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text[:_HEAD] if text and not _CONTROLS & set(text[:_HEAD]) else None
    return None
