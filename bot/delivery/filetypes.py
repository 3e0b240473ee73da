"""What a file is, by its content: a name and what a platform says of it prove nothing.

Only what support needs to look into a fault is kept: pictures, sound, film, documents, archives, logs.
Programs and web pages are not; a colleague's double click must be harmless.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind of content that is kept."""

    media_type: str
    suffix: str


TEXT = FileType("text/plain", ".txt")
_HEAD = 64 * 1024  # characters that decide whether something is text
_ENCODINGS = ("utf-8", "gb18030")
_CONTROLS = frozenset(map(chr, range(32))) - set("\t\n\r\f\v\x1b")  # ESC: coloured logs
_ACTIVE = ("#!", "<!doctype", "<html", "<script", "<svg", "<?php")

# What the content begins with, at which offset.
_SIGNATURES: tuple[tuple[int, bytes, FileType], ...] = (
    (0, b"\xff\xd8\xff", FileType("image/jpeg", ".jpg")),
    (0, b"\x89PNG\r\n\x1a\n", FileType("image/png", ".png")),
    (0, b"GIF8", FileType("image/gif", ".gif")),
    (0, b"BM", FileType("image/bmp", ".bmp")),
    (8, b"WEBP", FileType("image/webp", ".webp")),
    (4, b"ftypheic", FileType("image/heic", ".heic")),
    (4, b"ftypmif1", FileType("image/heic", ".heic")),
    (4, b"ftypM4A", FileType("audio/mp4", ".m4a")),
    (4, b"ftypqt", FileType("video/quicktime", ".mov")),
    (4, b"ftyp", FileType("video/mp4", ".mp4")),
    (0, b"OggS", FileType("audio/ogg", ".ogg")),
    (0, b"#!AMR", FileType("audio/amr", ".amr")),
    (0, b"\x02#!SILK", FileType("audio/silk", ".silk")),
    (0, b"#!SILK", FileType("audio/silk", ".silk")),
    (0, b"ID3", FileType("audio/mpeg", ".mp3")),
    (0, b"\xff\xfb", FileType("audio/mpeg", ".mp3")),
    (8, b"WAVE", FileType("audio/wav", ".wav")),
    (8, b"AVI ", FileType("video/x-msvideo", ".avi")),
    (0, b"\x1aE\xdf\xa3", FileType("video/webm", ".webm")),
    (0, b"%PDF-", FileType("application/pdf", ".pdf")),
    (0, b"PK\x03\x04", FileType("application/zip", ".zip")),  # office documents too: `_of_zip`
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileType("application/x-ole-storage", ".doc")),
    (0, b"\x1f\x8b", FileType("application/gzip", ".gz")),
    (0, b"7z\xbc\xaf\x27\x1c", FileType("application/x-7z-compressed", ".7z")),
    (0, b"Rar!\x1a\x07", FileType("application/vnd.rar", ".rar")),
    (0, b"\xd4\xc3\xb2\xa1", FileType("application/vnd.tcpdump.pcap", ".pcap")),
    (0, b"\x0a\x0d\x0d\x0a", FileType("application/x-pcapng", ".pcapng")),
)
_OFFICE = {
    b"word/": FileType("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
    b"xl/": FileType("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
    b"ppt/": FileType("application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx"),
}


def file_type(content: bytes) -> FileType | None:
    """Return what a content is, None for what is not kept."""
    for offset, signature, found in _SIGNATURES:
        if content.startswith(signature, offset):
            return _of_zip(content, found) if found.suffix == ".zip" else found
    return TEXT if _is_text(content) else None


def _of_zip(content: bytes, archive: FileType) -> FileType:
    return next((found for folder, found in _OFFICE.items() if folder in content[:_HEAD]), archive)


def _is_text(content: bytes) -> bool:
    """Tell whether a content is a log or a note, and nothing that a program would run."""
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        head = text[:_HEAD].lstrip("\ufeff \t\r\n").lower()
        return bool(text) and not _CONTROLS & set(text[:_HEAD]) and not head.startswith(_ACTIVE)
    return False
