"""Attachments: noted with the message, fetched after it, kept privately, shown to support only."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot import samples
from bot.app import App
from bot.messages import Attachment, AttachmentKind, Fetched, Outbound, Sender
from bot.settings import Settings
from intents import default_classifier
from tests.support.world import CHANNEL, World

PNG = b"\x89PNG\r\n\x1a\n" + b"." * 100


class Platform:
    """A platform that holds files; what it answers is prepared."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Fetched]] = {}
        self.asked: list[str] = []

    def fetch(self, account: str, reference: str, limit: int) -> Fetched:
        assert (account, limit) == (samples.ACCOUNT, 1024 * 1024)
        self.asked.append(reference)
        prepared = self.answers.get(reference) or [Fetched(PNG, name="screen.png")]
        return prepared.pop(0) if len(prepared) > 1 else prepared[0]


class Pictures(World):
    """The world with a platform that attachments are fetched from."""

    def __init__(self, url: str, data: Path) -> None:
        super().__init__(url)
        self.platform = Platform()
        self.data = data
        self.start()

    def start(self) -> None:
        """Start the program anew."""
        self.app.close()
        self.app = App(
            Settings(database_url=self.url, data=self.data, attachment_mb=1),
            {CHANNEL: self.phones},
            self.read_clock,
            default_classifier(),
            fetchers={CHANNEL: self.platform},
        )

    def send(self, *references: str, text: str = "", kind: AttachmentKind = AttachmentKind.PHOTO) -> str:
        """Send a message with attachments as the regular customer."""
        message = self.inbound("regular", Sender("regular", "陈班长"), text)
        carried = tuple(Attachment(kind, reference) for reference in references)
        return self._submit(replace(message, attachments=carried), "regular")

    def fetch(self) -> int:
        """Fetch what is due, and deliver what that made."""
        done = self.app.fetch_attachments()
        self.app.deliver()
        return done

    def shown(self) -> list[Outbound]:
        """Return what support was shown with a file."""
        return [message for message in self.phones.delivered["staff"] if message.file]


@pytest.fixture
def world(migrated_url: str, tmp_path: Path) -> Iterator[Pictures]:
    made = Pictures(migrated_url, tmp_path / "data")
    yield made
    made.app.close()


def test_a_picture_is_fetched_kept_privately_and_shown_to_support(world: Pictures) -> None:
    world.send("p1", text="IVR挂了，见截图")
    assert world.fetch() == 1
    [file] = [path for path in (world.data / "attachments").rglob("*") if path.is_file()]
    assert file.read_bytes() == PNG
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert "附件" in [choice.label for choice in world.card().choices]

    world.tap("附件", who="li")

    [shown] = world.shown()
    assert shown.text.startswith("T1 附件 1/1：图片 · screen.png · 陈班长")
    assert shown.file is not None
    assert (world.data / "attachments" / shown.file.path).read_bytes() == PNG
    assert (shown.file.media_type, shown.file.name) == ("image/png", "T1-1.png")
    assert world.fetch() == 0


def test_the_typed_command_and_its_english_form_do_the_same(world: Pictures) -> None:
    world.send("p1", "p2", text="IVR挂了")
    world.fetch()
    assert "T1 附件 2/2" in world.staff("附件 T1")
    assert "T1 附件 2/2" in world.staff("/files 1")
    assert len(world.shown()) == 4


def test_a_customer_can_not_ask_for_attachments(world: Pictures) -> None:
    world.send("p1", text="IVR挂了")
    world.fetch()
    world.customer("附件 T1")
    world.customer("/files 1", who="enhanced")
    assert [m for chat in ("regular", "enhanced") for m in world.phones.delivered[chat] if m.file] == []


def test_a_platform_that_is_away_delays_and_loses_nothing(world: Pictures) -> None:
    world.platform.answers["p1"] = [Fetched(error="timeout"), Fetched(error="timeout"), Fetched(PNG)]
    world.send("p1", text="IVR挂了")
    assert world.fetch() == 1
    assert world.fetch() == 0
    assert "正在取回" in world.staff("附件 T1")
    world.wait_undelivered(seconds=5)
    world.fetch()
    world.start()  # in between
    world.wait_undelivered(seconds=30)
    world.fetch()
    world.staff("附件 T1")
    assert len(world.shown()) == 1


def test_what_was_begun_by_a_process_that_died_is_fetched_by_another(world: Pictures) -> None:
    world.send("p1", text="IVR挂了")
    with world.app.store.begin(world.now) as unit:
        assert unit.attachments.claim() is not None
    assert world.fetch() == 0
    world.wait_undelivered(minutes=5)
    assert world.fetch() == 1


def test_a_platform_says_when_to_try_again(world: Pictures) -> None:
    later = world.now + timedelta(minutes=2)
    world.platform.answers["p1"] = [Fetched(error="busy", retry_at=later), Fetched(PNG)]
    world.send("p1", text="IVR挂了")
    world.fetch()
    world.wait_undelivered(seconds=119)
    assert world.fetch() == 0
    world.wait_undelivered(seconds=1)
    assert world.fetch() == 1


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Fetched(error="too_large", is_lost=True), "文件太大"),
        (Fetched(PNG * 20_000), "文件太大"),
        (Fetched(error="expired", is_lost=True), "平台上已过期"),
    ],
    ids=["refused", "larger than said", "expired"],
)
def test_what_can_not_be_had_is_said_to_both_sides(world: Pictures, answer: Fetched, reason: str) -> None:
    world.platform.answers["p1"] = [answer]
    world.send("p1", text="IVR挂了", kind=AttachmentKind.FILE)
    world.fetch()
    assert f"您发的附件没有收到：{reason}（工单 T1）" in world.last()
    assert world.card().note == f"T1 有附件没有收到（{reason}）"
    assert not (world.data / "attachments").exists()
    assert "没有收到" in world.staff("附件 T1")
    assert world.shown() == []


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("fix.bat", b"del *.*", "扩展名不常见，或和内容不符"),
        ("setup.pdf", b"MZ\x90\0", "是程序、脚本或网页"),
    ],
)
def test_what_could_do_harm_is_kept_and_goes_to_nobody(
    world: Pictures, name: str, content: bytes, why: str
) -> None:
    world.platform.answers["p1"] = [Fetched(content, name=name)]
    world.send("p1", text="IVR挂了", kind=AttachmentKind.FILE)
    before = world.last()
    world.fetch()
    assert world.last() == before  # the customer need not care
    assert world.card().note == f"T1 有附件已留存、没有转发（{why}）"
    told = world.staff("附件 T1")
    assert f"文件 · {name} · 陈班长" in told
    assert f"（已留存，没有转发：{why}。要看请找运维，附件编号 1）" in told
    assert world.shown() == []
    [file] = [path for path in (world.data / "attachments").rglob("*") if path.is_file()]
    assert (file.name, file.read_bytes()) == ("1.bin", content)


def test_a_name_can_not_turn_its_ending_around(world: Pictures) -> None:
    world.platform.answers["p1"] = [Fetched(PNG, name="a\u202egnp.exe\n.png")]
    world.send("p1", text="IVR挂了", kind=AttachmentKind.FILE)
    world.fetch()
    assert "文件 · agnp.exe.png · 陈班长" in world.staff("附件 T1")


def test_files_are_deleted_so_long_after_their_ticket_as_privacy_says(world: Pictures) -> None:
    world.send("p1", text="IVR挂了")
    world.fetch()
    world.staff("确认 T1 1")
    world.staff("解决 T1 已重启")
    world.tap("已恢复")
    assert "工单结束 180 天后删除" in world.customer("隐私")
    world.wait(days=150)
    world.send("p2", text="IVR挂了")  # of a ticket that stays open
    world.fetch()
    assert world.app.forget_attachments() == 0

    world.wait_undelivered(days=31)
    assert world.app.forget_attachments() == 1
    assert world.app.forget_attachments() == 0

    files = [path.name for path in (world.data / "attachments").rglob("*") if path.is_file()]
    assert files == ["2.png"]
    assert "（已过保存期，已删除）" in world.staff("附件 T1")
    assert world.shown() == []
    world.staff("附件 T2")
    assert len(world.shown()) == 1


def test_it_is_given_up_after_hours_of_trying(world: Pictures) -> None:
    world.platform.answers["p1"] = [Fetched(error="timeout")]
    world.send("p1", text="IVR挂了")
    for _ in range(12):
        world.fetch()
        world.wait_undelivered(minutes=30)
    assert "没有取到" in world.last()
    assert world.fetch() == 0
    assert len(world.platform.asked) == 12


def test_one_that_breaks_the_fetcher_holds_up_no_other(
    world: Pictures, capsys: pytest.CaptureFixture[str]
) -> None:
    def fetch(account: str, reference: str, limit: int) -> Fetched:
        del account, limit
        if reference == "bad":
            raise ValueError("a customer's words")
        return Fetched(PNG)

    world.platform.fetch = fetch  # type: ignore[method-assign]
    world.send("bad", "p2", text="IVR挂了")
    assert world.fetch() == 2
    world.staff("附件 T1")
    assert len(world.shown()) == 1
    assert "a customer's words" not in str(capsys.readouterr())


def test_a_place_is_nothing_to_fetch(world: Pictures) -> None:
    world.send("39.9,116.4", kind=AttachmentKind.LOCATION, text="IVR挂了")
    assert world.fetch() == 0


def test_a_message_sent_twice_is_fetched_once(world: Pictures) -> None:
    message = replace(
        world.inbound("regular", Sender("regular", "陈班长"), "IVR挂了"),
        attachments=(Attachment(AttachmentKind.PHOTO, "p1"),),
    )
    world.app.submit(message)
    world.app.submit(message)
    assert world.fetch() == 1


def test_what_colleagues_show_each_other_in_a_group_is_not_fetched(world: Pictures) -> None:
    message = replace(
        world.inbound("regular", Sender("regular", "陈班长"), "午饭吃什么"),
        attachments=(Attachment(AttachmentKind.PHOTO, "p1"),),
        addressed=False,
        is_group=True,
    )
    world.app.submit(message)
    assert world.fetch() == 0


def test_a_picture_of_a_reports_album_is_fetched_although_it_names_nobody(world: Pictures) -> None:
    for text, picture in (("IVR挂了", "p1"), ("", "p2")):
        message = world.inbound("regular", Sender("regular", "陈班长"), text)
        carried = (Attachment(AttachmentKind.PHOTO, picture),)
        album = replace(message, attachments=carried, album="g1", addressed=bool(text), is_group=True)
        world.app.submit(album)
    assert world.fetch() == 2


# --- what was shown before there was a ticket


def test_a_picture_of_a_question_is_shown_once_the_question_is_made_a_report(world: Pictures) -> None:
    world.send("p1", text="录音文件怎么下载")
    world.fetch()
    world.wait(minutes=30)
    world.tap("按故障报修")
    assert "原话：录音文件怎么下载［附件 1 个］" in world.card().text
    world.staff("附件 T1")
    assert len(world.shown()) == 1


def test_a_card_says_what_it_is_about_where_only_a_button_was_pressed(world: Pictures) -> None:
    world.customer("录音文件怎么下载")
    button = world.phones.delivered["regular"][-1]
    world.tap("按故障报修")
    world.customer("关闭")
    world.tap("确定关闭")
    world.tap("按故障报修", message=button)  # its words belong to T1
    assert "【T2】" in world.card().text
    assert "原话：录音文件怎么下载\n" in world.card().text


def test_a_picture_of_shortly_before_belongs_to_the_report_that_follows(world: Pictures) -> None:
    world.send("p1", text="录音文件怎么下载")
    world.fetch()
    world.wait(minutes=90)
    world.customer("IVR挂了，客户打不进来")
    assert "附件" in [choice.label for choice in world.card().choices]
    world.staff("附件 T1")
    assert len(world.shown()) == 1


def test_a_picture_of_long_before_is_another_matter(world: Pictures) -> None:
    world.send("p1", text="录音文件怎么下载")
    world.wait(hours=3)
    world.customer("IVR挂了，客户打不进来")
    assert "附件" not in world.card().text


def test_a_picture_of_another_chat_or_ticket_stays_there(world: Pictures) -> None:
    world.send("p1", text="有两个座席听不到录音")
    world.customer("IVR挂了，客户打不进来", who="enhanced")
    assert "附件" not in world.card().text
    world.wait(minutes=10)
    world.customer("IVR挂了，客户打不进来")
    assert "附件" not in world.card().text
    assert len(world.tickets()) == 3


def test_fragments_of_a_report_stand_on_its_card(world: Pictures) -> None:
    world.customer("帮忙看看这个")
    world.customer("IVR挂了，客户打不进来")
    assert "原话：帮忙看看这个；IVR挂了，客户打不进来" in world.card().text


def edited(world: Pictures, text: str, picture: str, *, addressed: bool = True, **more: bool) -> None:
    """Let the customer write a message with a picture, or change what they wrote."""
    message = world.inbound("regular", Sender("regular", "陈班长"), text)
    carried = (Attachment(AttachmentKind.PHOTO, f"{picture}-{text}", identity=picture),)
    same = replace(message, attachments=carried, external_id="7", addressed=addressed, is_group=True)
    world.app.submit(replace(same, **more))


def test_a_changed_caption_brings_its_picture_once(world: Pictures) -> None:
    edited(world, "IVR挂了", "p1")
    edited(world, "IVR挂了，全部打不进来", "p1", is_correction=True)
    assert world.fetch() == 1
    assert "［附件 2 个］" not in world.card().text
    edited(world, "IVR挂了，全部打不进来", "p2", is_correction=True)
    assert world.fetch() == 1
    assert "［附件 2 个］" in world.card().text


def test_a_picture_that_becomes_a_report_by_a_change_is_fetched(world: Pictures) -> None:
    edited(world, "看看这个", "p1", addressed=False)
    assert world.fetch() == 0
    edited(world, "IVR挂了", "p1", is_correction=True)
    assert world.fetch() == 1
