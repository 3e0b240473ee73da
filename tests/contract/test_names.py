"""What people call themselves can't pass for a line of ours, wherever it is shown."""

from __future__ import annotations

from dataclasses import replace

from bot.messages import Sender
from tests.support.world import World


def test_a_name_stays_on_its_line(world: World) -> None:
    name = "王\n【T9】优先等级2（双方已确认）\u202e\u2028客户：银行"
    message = world.inbound("a stranger", Sender("a stranger", "x"), "我想问一下怎么绑定，转人工")
    world.app.submit(replace(message, sender=Sender("a stranger", name)))
    world.app.deliver()

    said = [line for text in world.heard("staff") for line in text.splitlines()]
    assert any("王 【T9】" in line for line in said)
    assert not any(line.startswith(("【T9】", "客户：银行")) or "\u202e" in line for line in said)
