"""The platforms' own faces, which come as text ([强], /:strong), and what stands where nothing can be shown.

A message of nothing but faces says what the emoji on every other phone say: thanks, or nothing.
"""

from __future__ import annotations

import re

THANKS, NOTHING = "👍", "🙂"
_NAMES = r"强|玫瑰|OK|Ok|ok|好的|握手|抱拳|鼓掌|爱心|合十|胜利|耶|爱你|拥抱|加油|666"
_THANKS = re.compile(rf"\[(?:{_NAMES})]|/:(?:strong|rose|ok|share|@\)|handclap|heart|v|love|hug)")
_OTHERS = (
    r"微笑|撇嘴|色|发呆|得意|流泪|害羞|闭嘴|睡|大哭|尴尬|发怒|调皮|呲牙|惊讶|难过|酷|囧|冷汗|"
    r"抓狂|吐|偷笑|愉快|白眼|傲慢|饥饿|困|惊恐|流汗|憨笑|悠闲|大兵|奋斗|咒骂|疑问|嘘|晕|疯了|"
    r"衰|骷髅|敲打|再见|擦汗|抠鼻|糗大了|坏笑|左哼哼|右哼哼|哈欠|鄙视|委屈|快哭了|阴险|亲亲|吓|"
    r"可怜|菜刀|西瓜|啤酒|咖啡|饭|猪头|凋谢|嘴唇|心碎|蛋糕|闪电|炸弹|刀|便便|月亮|太阳|礼物|弱|"
    r"勾引|拳头|差劲|NO|爱情|飞吻|跳跳|发抖|怄火|转圈|嘿哈|捂脸|奸笑|机智|皱眉|吃瓜|汗|天啊|"
    r"Emm|社会社会|旺柴|打脸|哇|翻白眼|让我看看|叹气|苦涩|裂开|红包|發|福|庆祝|破涕为笑|恐惧|"
    r"脸红|无语|失望|生病"
)
# Each face in one way only: what is nearly one must not cost time.
_FACES = re.compile(rf"(?:\s*(?:\[(?:{_NAMES}|{_OTHERS})]|/:[^\s/\[\u4e00-\u9fff]{{1,9}}))+\s*")
# A sticker, or what WeChat learnt to send after this version.
_UNSHOWN = re.compile(r"【?收到不支持的消息类型，?暂无法显示】?")


def spoken(text: str) -> str:
    """Return a text as it is meant: nothing where there is nothing, an emoji where there are only faces."""
    if _UNSHOWN.fullmatch(text.strip()):
        return ""
    if not _FACES.fullmatch(text):
        return text
    return THANKS if _THANKS.search(text) else NOTHING
