"""The page with two phones, used as a newcomer uses it, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, TryPage
from tests.support.demo import Demo


@pytest.mark.parametrize("how", ["tap", "write"])
def test_a_report_is_answered_with_number_priority_deadline_and_hotline(opened: TryPage, how: str) -> None:
    if how == "tap":
        opened.tap_sentence("所有坐席都登不上系统了")
    else:
        opened.write("我们呼叫中心所有坐席都登录不了，客户电话全打不进来")
    answer = opened.last()
    for words in ("工单号 T1", "优先等级1", "今天 12:00 前", "400-818-1110", "010-62283281"):
        expect(answer).to_contain_text(words)
    expect(opened.card()).to_contain_text("青禾保险客服中心（常规级，每天 09:00–17:00）")
    expect(opened.customer.locator("textarea")).to_have_value("")


def test_support_confirms_and_the_customer_is_told(reported: TryPage) -> None:
    reported.choose("确认1", reported.card())
    expect(reported.last()).to_contain_text("李工确认为优先等级1")
    expect(reported.card()).to_have_count(1)
    expect(reported.card()).to_contain_text("已更新 10:00")
    expect(reported.staff.locator(".note")).to_have_text("T1 李工：优先等级1 ↑")
    reported.choose("同意", reported.last())
    expect(reported.last()).to_contain_text("双方已确认：优先等级1")
    expect(reported.tickets).to_contain_text("双方已确认")
    expect(reported.tickets.locator("dd")).to_have_text(
        [re.compile("^优先等级1所有、.*合同 2.1 优先等级1"), "优先等级1", "优先等级1李工"]
    )


def test_whoever_presses_an_old_button_is_told_who_was_first(
    reported: TryPage, page: Page, page_faults: list[str]
) -> None:
    second = TryPage(page.context.new_page(), reported.url)
    second.open()
    second.page.get_by_label("王工").check()
    expect(second.card()).to_be_visible()
    second.page.route("**/try/api/feed*", lambda route: route.abort())  # this phone has lost its network
    reported.choose("确认1", reported.card())
    expect(reported.last()).to_contain_text("李工确认为优先等级1")
    second.choose("确认2", second.card())
    expect(reported.last(reported.staff)).to_contain_text("李工已于 10:00 确认 T1 为优先等级1")
    second.page.close()
    assert page_faults == []


def test_the_second_person_confirms_by_a_phrase_and_is_told_who_was_first(reported: TryPage) -> None:
    reported.choose("确认1", reported.card())
    reported.page.get_by_label("王工").check()
    reported.staff.locator(".phrases").get_by_text("确认 T1 2").click()
    expect(reported.staff.locator(".mine").last).to_contain_text("确认 T1 2")
    expect(reported.last(reported.staff)).to_contain_text("李工已于 10:00 确认 T1 为优先等级1")
    expect(reported.staff.locator(".theirs .name").first).to_have_text("李工")


def test_a_customer_objects_and_both_see_the_disagreement(reported: TryPage) -> None:
    reported.choose("确认1", reported.card())
    reported.choose("有异议", reported.last())
    expect(reported.last()).to_contain_text("有异议（现按优先等级1计时）")
    reported.choose("部分受影响", reported.last())
    expect(reported.last()).to_contain_text("与您不一致")
    expect(reported.tickets).to_contain_text("有分歧，按较严计时")
    expect(reported.card()).to_contain_text("有分歧")


def test_a_ticket_is_asked_about_solved_closed_and_rated(reported: TryPage) -> None:
    reported.customer.locator(".phrases").get_by_text("查进度").click()
    expect(reported.last()).to_contain_text("待工程师响应")
    reported.write("解决 T1 已重启登录服务", reported.staff)
    expect(reported.last()).to_contain_text("请问恢复了吗？")
    expect(reported.tickets.locator(".timer")).to_have_attribute("data-state", "met")
    reported.choose("已恢复", reported.last())
    expect(reported.last()).to_contain_text("请为这次服务打分")
    reported.choose("5分", reported.last())
    expect(reported.last()).to_contain_text("5 分已记录")
    expect(reported.tickets).to_contain_text("已关闭")
    expect(reported.card()).to_contain_text("已关闭")


def test_an_engineers_words_reach_the_customer_and_stop_the_clock(reported: TryPage, demo: Demo) -> None:
    timer = reported.tickets.locator(".timer")
    expect(timer.locator(".left")).to_have_text(re.compile(r"^0[12]:[0-5]\d:[0-5]\d$"))
    demo.wait(minutes=30)
    reported.choose("确认1", reported.card())
    reported.choose("回复客户", reported.card())
    expect(reported.last(reported.staff)).to_contain_text("请发送要对客户说的话")
    reported.write("十分钟内给您回电", reported.staff)
    expect(reported.last()).to_contain_text("李工（工单 T1）：十分钟内给您回电")
    expect(timer).to_contain_text("10:30 已响应")
    expect(timer).to_contain_text("提前 1 小时 30 分钟")


def test_the_deadline_is_shown_with_its_counting(opened: TryPage, demo: Demo) -> None:
    demo.wait(hours=6)
    opened.write("有两个坐席登录不上，其他人都正常")
    receipt = opened.tickets.locator(".receipt li")
    expect(receipt).to_have_text(
        [
            "2026年3月2日（周一）16:00 报障，常规级服务，4 小时内响应，只计服务时段（每天 09:00–17:00）",
            "3月2日（周一）16:00–17:00 计 1 小时，累计 1 小时",
            "3月3日（周二）09:00–12:00 计 3 小时，累计 4 小时",
            "响应截止：3月3日（周二）12:00",
        ]
    )
    expect(opened.tickets.locator(".hint")).to_have_text(re.compile("距响应期限 3月3日.*12:00"))


def test_a_diamond_customer_is_owed_an_answer_at_once(opened: TryPage) -> None:
    opened.page.get_by_label("云帆航空").check()
    expect(opened.customer.locator(".subtitle")).to_contain_text("钻石级")
    opened.write("系统崩溃了，全部坐席都登不上")
    expect(opened.tickets.locator(".hint")).to_have_text("应立即响应，已等待")


def test_customers_have_each_their_own_chat(reported: TryPage) -> None:
    reported.page.get_by_label("远山银行").check()
    expect(reported.customer.locator(".chat article")).to_have_count(0)
    expect(reported.tickets).to_contain_text("还没有工单")
    reported.page.get_by_label("新访客").check()
    reported.write("系统崩溃了")
    expect(reported.last()).to_contain_text("绑定")
    expect(reported.tickets).to_contain_text("还没有绑定合同")
    reported.page.get_by_label("青禾保险").check()
    expect(reported.last()).to_contain_text("工单号 T1")


def test_a_fault_told_in_fragments_and_a_picture_is_one_ticket(opened: TryPage) -> None:
    opened.tap_sentence("在吗 / 系统 / 登不上了")
    expect(opened.customer.locator(".mine img")).to_be_visible()
    expect(opened.card()).to_contain_text("附件 1 个")
    expect(opened.staff.locator(".card")).to_have_count(1)
    expect(opened.understanding.locator(".sentence")).to_have_text("系统，登不上了")
    expect(opened.understanding.locator(".source")).to_contain_text("连起来看")


def test_the_picture_button_sends_a_picture(opened: TryPage) -> None:
    opened.page.get_by_role("button", name="发送一张截图").click()
    expect(opened.customer.locator(".mine img")).to_have_attribute("alt", re.compile("截图"))
    expect(opened.card()).to_contain_text("优先级不明")


MARKUP = '<img src=x onerror="document.title=1"><script>document.title=2</script><b>系统崩溃了</b>'


def test_markup_in_a_message_is_shown_as_text_everywhere(opened: TryPage, page: Page) -> None:
    opened.write(MARKUP)
    expect(opened.card()).to_contain_text(MARKUP)
    expect(opened.customer.locator(".mine .text")).to_have_text(MARKUP)
    expect(opened.understanding.locator(".sentence")).to_have_text(MARKUP)
    expect(opened.tickets.locator(".summary")).to_contain_text("<img src=x")
    opened.write(f"回复 T1 {MARKUP}", opened.staff)
    expect(opened.last()).to_contain_text(MARKUP)
    assert page.locator("main :is(script, b, img[src=x])").count() == 0
    assert page.title() == "试用 · BasicCall 维护热线"


def test_what_was_understood_is_marked_in_the_words(reported: TryPage) -> None:
    box = reported.understanding
    expect(box.locator(".sentence")).to_have_text("所有坐席都登不上系统了，电话全打不进来")
    expect(box.locator(".sentence mark[data-group=scope]").first).to_have_text("所有")
    expect(box.locator(".sentence mark[data-group=symptom].counted").first).to_have_text("登不上")
    expect(box.locator(".label")).to_have_text("优先等级1")
    expect(box.locator(".verdict")).to_contain_text("合同 2.1 优先等级1")
    expect(box.locator(".facts")).to_contain_text("分词")


def test_what_is_being_written_is_understood_before_it_is_sent(reported: TryPage) -> None:
    box = reported.customer.locator("textarea")
    sentence = reported.understanding.locator(".sentence")
    box.fill("🙏如果系统崩溃了算几级？")
    expect(reported.understanding.locator(".source")).to_have_text("正在输入")
    expect(reported.understanding.locator(".label")).to_have_text("不是故障报修")
    expect(sentence.locator("mark[data-group=mood]").first).to_have_text("如果")
    box.fill("今天没有掉线")
    expect(sentence.locator("mark[data-group=negation]")).to_have_text("没有")
    box.fill("")
    expect(reported.understanding.locator(".source")).to_have_text("客户刚才说")


def test_the_page_says_when_the_service_is_gone_and_keeps_what_was_written(
    reported: TryPage, demo: Demo, page_faults: list[str]
) -> None:
    demo.stop()
    expect(reported.page.locator("#trouble")).to_be_visible()
    reported.write("还有人在吗")
    expect(reported.customer.locator(".failure")).to_have_text("没有发出去，请再试一次。")
    expect(reported.customer.locator("textarea")).to_have_value("还有人在吗")
    assert page_faults
    assert all("ERR_CONNECTION_REFUSED" in fault or "ERR_" in fault for fault in page_faults)
    page_faults.clear()


def test_every_request_stays_on_this_machine(page: Page, opened: TryPage) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    opened.tap_sentence("所有坐席都登不上系统了")
    expect(opened.card()).to_be_visible()
    assert len(asked) > 10
    assert [url for url in asked if not url.startswith(f"{opened.url}/try")] == []


def test_nothing_is_wider_than_the_screen(reported: TryPage, page: Page) -> None:
    reported.write("很长的一句" * 60 + "https://example.org/" + "a" * 300)
    reported.choose("确认1", reported.card())
    expect(reported.staff.locator(".note").last).to_be_visible()
    expect(reported.customer.locator(".mine")).to_have_count(2)
    for width in (320, 360, 414, 760, 900, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 740})
        for view in ("客户", "工程师", "看懂了什么"):
            button = page.locator(".views").get_by_role("button", name=view)
            if button.is_visible():
                button.click()
            too_wide = page.evaluate(TOO_WIDE)
            assert too_wide == [], (width, view)


TOO_WIDE = """[...document.querySelectorAll("html, .chat, .insight > div")]
    .filter((box) => box.scrollWidth > box.clientWidth).map((box) => box.className || box.tagName)"""


def test_on_a_phone_one_part_is_shown_at_a_time_and_news_are_counted(opened: TryPage, page: Page) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    views = page.locator(".views")
    expect(opened.customer).to_be_visible()
    expect(opened.staff).to_be_hidden()
    opened.write("所有坐席都登不上系统了")
    expect(views.locator(".badge")).to_have_text("1")
    send = opened.customer.get_by_role("button", name="发送", exact=True)
    box = send.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= PHONE["height"]
    views.get_by_role("button", name="工程师").click()
    expect(opened.card()).to_be_visible()
    expect(views.locator(".badge")).to_be_hidden()
    opened.choose("确认1", opened.card())
    views.get_by_role("button", name="看懂了什么").click()
    expect(opened.tickets.locator(".timer")).to_be_visible()
    views.get_by_role("button", name="客户").click()
    expect(opened.last()).to_contain_text("李工确认为优先等级1")
