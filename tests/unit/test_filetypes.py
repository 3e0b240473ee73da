"""What is kept of what customers send: judged by the content alone."""

from __future__ import annotations

import io
import zipfile

import pytest

from bot.delivery.filetypes import file_type


def office(folder: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(f"{folder}/document.xml", "<w/>")
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "suffix"),
    [
        (b"\xff\xd8\xff\xe0\0\x10JFIF", ".jpg"),
        (b"\x89PNG\r\n\x1a\n....", ".png"),
        (b"RIFF\0\0\0\0WEBPVP8 ", ".webp"),
        (b"RIFF\0\0\0\0WAVEfmt ", ".wav"),
        (b"OggS\0\x02", ".ogg"),
        (b"#!AMR\n\x3c", ".amr"),
        (b"\0\0\0\x18ftypmp42", ".mp4"),
        (b"\0\0\0\x18ftypM4A ", ".m4a"),
        (b"%PDF-1.7", ".pdf"),
        (office("word"), ".docx"),
        (office("xl"), ".xlsx"),
        (office("logs"), ".zip"),
        ("2026-03-02 10:00 IVR 进程退出\n".encode(), ".txt"),
        ("座席登录失败\r\n".encode("gb18030"), ".txt"),
        (b"\x1b[31mERROR\x1b[0m trunk down\n", ".txt"),
    ],
)
def test_what_support_needs_is_kept(content: bytes, suffix: str) -> None:
    found = file_type(content)
    assert found is not None
    assert found.suffix == suffix


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\0\x03\0\0\0",
        b"\x7fELF\x02\x01\x01\0",
        b"#!/bin/sh\nrm -rf /\n",
        b"  <!DOCTYPE html><script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<?php echo 1;",
        b"",
        b"text\0with NUL",
        bytes(range(256)),
    ],
)
def test_programs_pages_and_the_unknown_are_not(content: bytes) -> None:
    assert file_type(content) is None
