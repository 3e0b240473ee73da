"""What customers hear they can try or collect meanwhile fits what failed, for every part of the platform."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from bot.dialogue.reading import Report
from bot.dialogue.self_help import self_help
from bot.dialogue.turn import Turn
from intents import default_classifier


def told(text: str) -> str:
    turn = SimpleNamespace(office=SimpleNamespace(classifier=default_classifier()))
    report = SimpleNamespace(verdict=default_classifier().classify(text))
    return self_help(cast("Turn", turn), cast("Report", report)) or ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("应用服务器蓝屏了", "指示灯"),
        ("数据库连不上", "磁盘剩余空间"),
        ("CTI服务挂了", "CTI Link"),
        ("语音网关离线", "交换机指示灯"),
        ("E1板卡告警", "交换机指示灯"),
        ("中继全断了", "用手机拨打热线"),
        ("400打不通", "用手机和座机各拨打一次"),
        ("坐席桌面白屏", "重新签入"),
        ("小王的软电话登不上", "换一台电脑"),
        ("话机没有拨号音", "插拔话机网线"),
        ("耳机没声音", "静音开关"),
        ("三方会议加不进来", "当时按了什么"),
        ("录音播放不了", "有问题的录音"),
        ("昨天的录音没了", "不要导入、清理或覆盖"),
        ("IVR按键没反应", "走到哪一步"),
        ("彩铃没声音", "走到哪一步"),
        ("排队不分配", "技能组"),
        ("外呼任务不动了", "任务名称"),
        ("大屏不刷新", "监控或监听的画面"),
        ("监控状态不对", "业务是否正常"),
        ("报表导不出来", "认为正确的结果"),
        ("CRM接口报错", "接口返回的报错"),
        ("弹屏弹出来是别的客户", "来电号码"),
        ("密码一直提示错误", "需要的功能"),
        ("升级后录音听不了", "录音"),
        ("客户资料泄露了", "停用涉及的账号"),
        ("网页很卡", "要等几秒"),
        ("接起来没声音", "哪一方听不到"),
    ],
)
def test_what_to_try_meanwhile_fits_what_failed(text: str, words: str) -> None:
    assert words in told(text)


def test_nobody_is_sent_to_another_device_when_all_are_affected() -> None:
    assert "换一" not in told("所有话机都没声音")
    assert "插拔" not in told("所有话机都没声音")
