"""Make the README's picture of the page anew: `python -m tests.e2e.screenshot docs/images/try.png`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.e2e.conftest import WIDE, TryPage
from tests.support.browser import FLAGS
from tests.support.demo import Demo
from tests.support.needs import chromium


def take(target: Path) -> None:
    """Play the main job up to the confirmation and take the picture."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        demo = Demo(Path(folder))
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        try:
            context = browser.new_context(locale="zh-CN", viewport=WIDE)  # type: ignore[arg-type]
            page = TryPage(context.new_page(), demo.url)
            page.open()
            page.tap_sentence("所有坐席都登不上系统了")
            expect(page.card()).to_be_visible()
            demo.wait(minutes=2)
            page.choose("确认1", page.card())
            expect(page.last()).to_contain_text("李工确认为优先等级1")
            expect(page.tickets.locator(".timer .left")).to_have_text("01:57:59")
            page.page.mouse.move(0, 0)
            page.page.screenshot(path=target, full_page=True)
        finally:
            browser.close()
            demo.stop()


if __name__ == "__main__":
    take(Path(sys.argv[1]))
