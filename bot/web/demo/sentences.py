"""Sentences to tap on the page: each shows something that the rules must get right."""

from __future__ import annotations

from typing import Any, NamedTuple

PHOTO = "[图片]"  # this message is a picture


class Sentence(NamedTuple):
    """What one tap says, in one or several messages, and what it shows."""

    shows: str
    messages: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return JSON types; a picture is None."""
        return {
            "shows": self.shows,
            "messages": [None if said == PHOTO else said for said in self.messages],
        }


GROUPS: tuple[tuple[str, tuple[Sentence, ...]], ...] = (
    (
        "报修",
        (
            Sentence("全部坐席", ("所有坐席都登不上系统了，电话全打不进来",)),
            Sentence("部分坐席", ("有两个坐席登录不上，其他人都正常",)),
            Sentence("错别字", ("系统又奔溃了",)),
            Sentence("拼音、繁体", ("xitong打不開了，大家都進不去",)),
            Sentence("先说没事再说有事", ("录音没问题，就是IVR按键没反应",)),
            Sentence("分几条说，再发截图", ("在吗", "系统", "登不上了", PHOTO)),
        ),
    ),
    (
        "不该当故障的",
        (
            Sentence("否定", ("今天没有掉线，也没有杂音",)),
            Sentence("假设", ("如果系统崩溃了算几级故障？",)),
            Sentence("询问做法", ("录音怎么导出来？",)),
            Sentence("已经恢复", ("刚才登不上，现在已经恢复了，谢谢",)),
            Sentence("别的意思", ("领导刚挂了我电话，我心态崩了",)),
        ),
    ),
)
CUSTOMER_PHRASES = ("查进度", "催单", "为什么", "没恢复", "我的合同", "转人工")
# {n} is the number of the latest open ticket.
STAFF_PHRASES = (
    "待办",
    "确认 T{n} 1",
    "确认 T{n} 2",
    "认领 T{n}",
    "回复 T{n} 已在排查，十分钟内给您回电",
    "解决 T{n} 已重启登录服务，请再试",
)


def to_dict() -> dict[str, Any]:
    """Return everything that can be tapped as JSON types."""
    return {
        "groups": [{"title": title, "sentences": [s.to_dict() for s in group]} for title, group in GROUPS],
        "customer_phrases": list(CUSTOMER_PHRASES),
        "staff_phrases": list(STAFF_PHRASES),
    }
