"""Each thing that a message can be about, and is no fault, gets an answer of its own."""

from __future__ import annotations

from bot.dialogue.answers import ANSWERS
from intents import INTENTS
from tests.support.world import World

#: intent → a message, and words of its answer where no ticket is open.
SAID = {
    "greeting": ("您好，在吗", "这里是 BasicCall 维护热线"),
    "thanks": ("好的辛苦了", "不客气"),
    "howto": ("座席密码怎么改", "这是使用咨询"),
    "status": ("工程师什么时候到现场", "您没有未结的工单。要报修"),
    "urge": ("麻烦快点，在线等", "您没有未结的工单。如果是新的故障"),
    "supplement": ("补充一下，分机号是8012", "您没有处理中的工单，这条已转给值班工程师"),
    "recovered": ("刚才那个问题自己好了", "恢复就好"),
    "object": ("这个级别定低了，请提高优先级", "没有可改的优先级"),
    "fee": ("明年续约大概多少钱", "连续续费"),
    "level": ("我们买的是增强级还是常规级", "优先等级1 两小时内响应"),
    "training": ("新来的座席想安排一次操作培训", "培训需求"),
    "inspection": ("上次的巡检报告能再发一份吗", "巡检需求"),
    "upgrade": ("最近有新版本吗，我们想升级", "升级需求"),
    "backup": ("这个季度的数据备份该做了，怎么安排", "数据备份在您的合同服务内"),
    "ivr_change": ("春节放假，帮忙改一下欢迎语", "IVR 流程调整在您的合同服务内"),
    "hardware_change": ("我们要换一台新服务器，系统得重新安装", "硬件更换后的软件安装支持"),
    "complaint": ("服务太差了，我要投诉", "已转给主管"),
    "human": ("请转人工", "已请值班工程师马上联系您"),
    "other": ("我手机没电了，刚看到", "已转给值班工程师"),
}


def test_every_intent_gets_an_answer_of_its_own(world: World) -> None:
    assert {"fault", *SAID} == set(INTENTS) == {"fault", *ANSWERS}
    answers = [world.customer(text) for text, _ in SAID.values()]
    for answer, (text, words) in zip(answers, SAID.values(), strict=True):
        assert words in answer, f"{text}: {answer}"
    assert len(set(answers)) == len(SAID)
