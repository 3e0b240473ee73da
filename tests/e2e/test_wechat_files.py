"""Customers' pictures, speech and films, shown to support in WeChat as far as it takes them."""

from __future__ import annotations

import base64

import pytest

from tests.support.wechat import P1, WechatWorld

SEND = "message/custom/send"
GOES_WELL = {"endpoint": SEND, "slow": 0}
PNG = b"\x89PNG\r\n\x1a\n" + b"." * 100


def attached(wechat: WechatWorld, kind: str, content: bytes, media_type: str) -> None:
    """Let a customer report a fault and send something with it."""
    wechat.bind()
    wechat.says(P1)
    kept = {"content": base64.b64encode(content).decode(), "type": media_type, "name": "x"}
    wechat.platform(media={"m1": kept})
    wechat.sends(f"<MsgType>{kind}</MsgType><PicUrl>http://p.example</PicUrl><MediaId>m1</MediaId>")
    wechat.app.fetch_attachments()
    wechat.says(f"加入 {wechat.joining_code('王敏')}", who="wang")
    wechat.deliver_after(seconds=6)


def test_support_gets_a_customers_picture_in_wechat(wechat: WechatWorld) -> None:
    attached(wechat, "image", PNG, "image/png")

    assert wechat.says("附件 T1", who="wang") is None  # no picture fits into the passive answer
    wechat.deliver_after(seconds=6)

    text, picture = wechat.sent("wang")[-2:]
    assert text["text"]["content"].startswith("T1 附件 1/1：图片")
    assert picture["msgtype"] == "image"
    assert picture["image"]["media_id"].startswith("uploaded-")


def test_a_picture_whose_upload_fails_is_sent_once_with_its_text(wechat: WechatWorld) -> None:
    attached(wechat, "image", PNG, "image/png")
    faults = [{"endpoint": "media/upload", "html": True}, GOES_WELL, {"endpoint": SEND, "code": -1}]
    wechat.platform(faults=faults)

    wechat.says("附件 T1", who="wang")
    for _ in range(3):
        wechat.deliver_after(seconds=10)

    kinds = [sent["msgtype"] for sent in wechat.sent("wang")]
    assert kinds == ["text", "image"]


FILM = b"\0\0\0\x18ftypmp42" + b"." * 100


def test_support_gets_a_customers_film_in_wechat(wechat: WechatWorld) -> None:
    attached(wechat, "video", FILM, "video")
    [kept] = wechat.kept_files()
    assert kept.read_bytes() == FILM

    wechat.says("附件 T1", who="wang")
    wechat.deliver_after(seconds=6)

    text, film = wechat.sent("wang")[-2:]
    assert text["text"]["content"].startswith("T1 附件 1/1：视频")
    assert film["msgtype"] == "video"


@pytest.mark.parametrize("code", [40007, 41234], ids=["known", "unknown"])
def test_of_a_film_that_is_refused_support_is_told_where_it_is(wechat: WechatWorld, code: int) -> None:
    attached(wechat, "video", FILM, "video")
    [kept] = wechat.kept_files()
    wechat.platform(faults=[GOES_WELL, {"endpoint": SEND, "code": code}])

    wechat.says("附件 T1", who="wang")
    wechat.deliver_after(seconds=6)

    text, pointer = wechat.texts("wang")[-2:]
    assert text.startswith("T1 附件 1/1：视频")
    assert f"在企业微信或 Telegram 里发同样的命令，或向管理员要 {kept.parent.name}/{kept.name}" in pointer


def test_of_a_film_of_another_kind_support_is_told_where_it_is(wechat: WechatWorld) -> None:
    attached(wechat, "video", b"\0\0\0\x14ftypqt  " + b"." * 100, "video")

    wechat.says("附件 T1", who="wang")
    wechat.deliver_after(seconds=6)

    assert "向管理员要" in wechat.texts("wang")[-1]


def test_where_only_answers_go_support_is_told_in_them_where_a_picture_is(wechat: WechatWorld) -> None:
    attached(wechat, "image", PNG, "image/png")
    wechat.platform(is_verified=False)
    wechat.staff("认领 T1")

    wechat.says("附件 T1", who="wang")
    wechat.deliver_after(seconds=6)
    answer = wechat.says("附件 T1", who="wang") or ""

    assert "T1 附件 1/1：图片" in answer
    assert "向管理员要" in answer
