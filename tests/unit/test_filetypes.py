"""What of customers' files is sent on to support: judged by content and by name."""

from __future__ import annotations

import io
import zipfile

import pytest

from bot.delivery.screening import screen

PNG = b"\x89PNG\r\n\x1a\n...."
LOG = "2026-03-02 10:00 IVR 进程退出\n".encode()
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def zipped(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "<w/>")
    return made.getvalue()


def office(part: str) -> bytes:
    return zipped("[Content_Types].xml", part)


def ole(*streams: str) -> bytes:
    return OLE + b"".join(b"\0\0" + stream.encode("utf-16-le") for stream in streams)


@pytest.mark.parametrize(
    ("content", "name", "suffix"),
    [
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "", ".jpg"),
        (PNG, "", ".png"),
        (PNG, "screen", ".png"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "IMG_20260301.JPG", ".webp"),
        (b"RIFF\0\0\0\0WAVEfmt ", "call.wav", ".wav"),
        (b"OggS\0\x02", "", ".ogg"),
        (b"#!AMR\n\x3c", "1.amr", ".amr"),
        (b"\0\0\0\x18ftypmp42", "screen.mp4", ".mp4"),
        (b"\0\0\0\x18ftypM4A ", "", ".m4a"),
        (b"%PDF-1.7", "报告.pdf", ".pdf"),
        (office("word/document.xml"), "a.docx", ".docx"),
        (office("xl/workbook.xml"), "a.xlsx", ".xlsx"),
        (office("ppt/presentation.xml"), "a.pptx", ".pptx"),
        (ole("Root Entry", "WordDocument"), "a.wps", ".doc"),
        (ole("Root Entry", "Workbook"), "a.xls", ".xls"),
        (zipped("logs/agent.log"), "logs.zip", ".zip"),
        (b"\x1f\x8b\x08", "logs.tar.gz", ".gz"),
        (LOG, "ivr.log", ".txt"),
        (LOG, "ivr.log.2026-03-02", ".txt"),
        (LOG, "messages.1", ".txt"),
        ("座席登录失败\r\n".encode("gb18030"), "", ".txt"),
        ("座席登录失败\r\n".encode("utf-16"), "a.txt", ".txt"),
        (b"\x1b[31mERROR\x1b[0m trunk down\n", "", ".txt"),
    ],
)
def test_what_support_needs_is_sent_on_with_the_ending_of_its_content(
    content: bytes, name: str, suffix: str
) -> None:
    found = screen(content, name)
    assert (found.suffix, found.withheld) == (suffix, None)


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (b"MZ\x90\0\x03\0\0\0", "setup.exe", "program"),
        (b"\x7fELF\x02\x01\x01\0", "core", "program"),
        (b"#!/bin/sh\nrm -rf /\n", "log.txt", "program"),
        (b"  <!DOCTYPE html><script>", "", "program"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "program"),
        (b"<?php echo 1;", "a.txt", "program"),
        (b"@echo off\r\ndel *.*", "a.txt", "program"),
        (b"del *.*\r\n", "fix.bat", "name"),
        (b"del *.*\r\n", "fix.BAT. ", "name"),
        (b"del *.*\r\n", "fix.bat.1", "name"),
        (b"del *.*\r\n", ".bat", "name"),
        (b'MsgBox "hi"', "log.vbs", "name"),
        (b"Get-Process", "log.ps1", "name"),
        (b"<?xml version='1.0'?><svg onload='x()'/>", "a.svg", "name"),
        (LOG, "log.txt.lnk", "name"),
        (PNG, "screen.scr", "name"),
        (PNG, "report.docx", "name"),
        (ole("Root Entry", "MsiPatchHeaders"), "report.doc", "program"),
        (ole("Root Entry", "WordDocument", "_VBA_PROJECT"), "report.doc", "macros"),
        (zipped("META-INF/MANIFEST.MF", "Main.class"), "logs.zip", "program"),
        (zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "a.docx", "macros"),
        (b"", "", "unknown"),
        (b"text\0with NUL", "a.txt", "unknown"),
        (bytes(range(256)), "", "unknown"),
    ],
)
def test_what_could_do_harm_or_is_on_no_list_is_kept_only(content: bytes, name: str, why: str) -> None:
    found = screen(content, name)
    assert (found.suffix, found.withheld) == (".bin", why)
