"""The page with two phones by the keyboard alone, and as a screen reader meets it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.conftest import TryPage

FOCUSED = "document.activeElement?.closest('section')?.id + ' ' + document.activeElement?.textContent"


def press_until(page: Page, key: str, focused: str) -> None:
    """Press a key until what has the focus is, in its section, called so."""
    seen = []
    for _ in range(60):
        seen.append(page.evaluate(FOCUSED))
        if seen[-1] == focused:
            return
        page.keyboard.press(key)
    raise AssertionError(f"{focused} was not reached: {seen}")


def test_a_fault_is_reported_confirmed_and_answered_by_the_keyboard_alone(
    opened: TryPage, page: Page
) -> None:
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the link that skips the samples
    expect(opened.customer.locator("textarea")).to_be_focused()
    page.keyboard.type("所有坐席都登不上系统了")
    page.keyboard.press("Enter")
    expect(opened.card()).to_be_visible()
    expect(opened.customer.locator("textarea")).to_be_focused()
    press_until(page, "Shift+Tab", "customer-phone 全部受影响")
    page.keyboard.press("Enter")
    expect(opened.last()).to_contain_text("已记录：全部受影响")
    press_until(page, "Tab", "staff-phone 确认1")
    page.keyboard.press("Space")
    expect(opened.last()).to_contain_text("与您的判断一致")
    # the card has other buttons now: the focus stays on it
    expect(opened.card().get_by_role("button").first).to_be_focused()


def test_a_sentence_is_tapped_and_people_are_changed_by_the_keyboard(opened: TryPage, page: Page) -> None:
    press_until(page, "Tab", "rail 全部坐席所有坐席都登不上系统了，电话全打不进来")
    page.keyboard.press("Enter")
    expect(opened.card()).to_be_visible()
    page.get_by_label("李工").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("王工")).to_be_checked()
    opened.write("认领 T1", opened.staff)
    expect(opened.card()).to_contain_text("负责人：王工")


def test_a_note_leads_to_its_card(reported: TryPage, page: Page) -> None:
    for count in range(3):
        reported.write("催单")
        expect(reported.staff.locator(".note")).to_have_count(count + 1)
    reported.staff.locator(".note button").last.focus()
    page.keyboard.press("Enter")
    expect(reported.card().get_by_role("button").first).to_be_focused()
    expect(reported.card().locator(".lead")).to_be_in_viewport()


def test_shift_and_enter_makes_a_new_line(opened: TryPage, page: Page) -> None:
    box = opened.customer.locator("textarea")
    box.focus()
    page.keyboard.type("系统崩溃了")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("全部坐席都进不去")
    expect(box).to_have_value("系统崩溃了\n全部坐席都进不去")
    page.keyboard.press("Enter")
    expect(opened.customer.locator(".mine .text")).to_have_text("系统崩溃了\n全部坐席都进不去")


def test_an_empty_message_is_not_sent(opened: TryPage, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    opened.write("  \n ")
    opened.write("系统崩溃了")
    expect(opened.card()).to_be_visible()
    assert len([url for url in asked if url.endswith("/send")]) == 1


def test_new_messages_are_announced_and_everything_has_a_name(reported: TryPage, page: Page) -> None:
    for phone, name in ((reported.customer, "客户的聊天"), (reported.staff, "值班群的聊天")):
        log = phone.get_by_role("log", name=name)
        expect(log).to_have_attribute("aria-live", "polite")
        expect(log).to_have_attribute("aria-busy", "false")
    for role in ("button", "textbox", "radio", "meter", "progressbar"):
        for one in page.get_by_role(role).all():  # type: ignore[arg-type]
            assert one.aria_snapshot().startswith(f'- {role} "'), one.aria_snapshot()


def test_the_focus_is_always_seen(reported: TryPage) -> None:
    page = reported.page
    page.keyboard.press("Tab")
    for _ in range(45):
        outline = page.evaluate(
            """() => {
                const at = document.activeElement;
                const shown = at.matches('.people input') ? at.nextElementSibling : at;
                const style = getComputedStyle(shown);
                return [at.outerHTML.slice(0, 80), style.outlineStyle, parseFloat(style.outlineWidth)];
            }"""
        )
        if outline[0].startswith("<body"):
            break
        assert outline[1] != "none", outline
        assert outline[2] >= 2, outline
        page.keyboard.press("Tab")
