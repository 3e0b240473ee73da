"""The demo's page in a real browser, spoken of as its two phones."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import ConsoleMessage, Locator, Page, expect

from tests.support.demo import Demo

WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}

expect.set_options(timeout=30_000)  # the machine may be busy; an answer comes in a fraction of a second


class TryPage:
    """The page `/try`: what a visitor sees of it and does to it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.customer = page.locator("#customer-phone")
        self.staff = page.locator("#staff-phone")
        self.understanding = page.locator("#understanding")
        self.tickets = page.locator("#tickets")

    def open(self) -> None:
        """Open the page and wait until it can be used."""
        self.page.goto(f"{self.url}/try")
        expect(self.page.locator(".sentence-button").first).to_be_attached()

    def tap_sentence(self, words: str) -> None:
        """Tap a sample sentence."""
        self.page.locator(".sentence-button", has_text=words).click()

    def write(self, text: str, phone: Locator | None = None) -> None:
        """Write into a phone (the customer's) and press Enter."""
        box = (phone or self.customer).locator("textarea")
        box.fill(text)
        box.press("Enter")

    def last(self, phone: Locator | None = None) -> Locator:
        """Return the bot's newest message on a phone (the customer's)."""
        return (phone or self.customer).locator(".bot").last

    def card(self, number: str = "T1") -> Locator:
        """Return a ticket's card on support's phone."""
        return self.staff.locator(".bot:has(.card)", has_text=f"【{number}】")

    def choose(self, label: str, within: Locator) -> None:
        """Tap a button under a message."""
        within.get_by_role("button", name=label, exact=True).click()


@pytest.fixture
def opened(page: Page, demo: Demo, page_faults: list[str]) -> Iterator[TryPage]:
    """Open the page on a wide screen; what the browser complains about fails the test."""

    def complain(message: ConsoleMessage) -> None:
        if message.type == "error":
            page_faults.append(f"console: {message.text}")

    page.on("console", complain)
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    found = TryPage(page, demo.url)
    found.open()
    yield found
    page.remove_listener("console", complain)  # the service ends before the page, which then says so


@pytest.fixture
def reported(opened: TryPage) -> TryPage:
    """The page after a report of priority 1 by the regular customer."""
    opened.tap_sentence("所有坐席都登不上系统了")
    expect(opened.card()).to_be_visible()
    return opened
