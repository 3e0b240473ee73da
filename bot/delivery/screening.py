"""Which files of customers are sent on to support: by content and by name, both by lists.

What is on neither list is kept, for whoever looks into it on the server, and goes to nobody's device.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.delivery.filetypes import Family, FileType, Harmful, file_type

NAME = "name"  # the reason: the name does not go with the content, or is on no list
KEPT_AS = ("application/octet-stream", ".bin")  # what is not sent on

_EXTENSIONS: Mapping[Family, str] = {
    Family.IMAGE: "jpg jpeg jpe jfif png gif bmp webp heic heif",
    Family.MEDIA: "mp4 m4v m4a mov 3gp avi webm mkv ogg oga opus amr silk slk mp3 wav aac",
    Family.PDF: "pdf",
    Family.OFFICE: "doc docx xls xlsx ppt pptx wps et dps",
    Family.ARCHIVE: "zip gz tgz 7z rar",
    Family.CAPTURE: "pcap pcapng cap",
    Family.TEXT: "txt log csv tsv md json xml yaml yml ini conf cfg properties out err trc trace lst rpt sip",
}
# What a rotated log bears behind its name: agent.log.2026-03-01, messages.1
_ROTATED = re.compile(r"(?:[._-]\d[\d._-]*)+$")


@dataclass(frozen=True, slots=True)
class Screened:
    """A file as it is kept.

    Attributes:
        withheld: why it is not sent on; None: it is.
    """

    media_type: str
    suffix: str
    withheld: str | None = None


def screen(content: bytes, name: str) -> Screened:
    """Judge a file; ``name`` is the sender's, empty where the platform knows none."""
    found = file_type(content)
    if isinstance(found, Harmful):
        return Screened(*KEPT_AS, found.value)
    if not _goes_with(name, found):
        return Screened(*KEPT_AS, NAME)
    return Screened(found.media_type, found.suffix)


def _goes_with(name: str, found: FileType) -> bool:
    _, dot, extension = _ROTATED.sub("", name.strip().rstrip(". ")).rpartition(".")
    return not dot or extension.lower() in _EXTENSIONS[found.family].split()
