"""`hotline demo`: one scripted story through the real program, readable as a conversation."""

from __future__ import annotations

import itertools
import tempfile
import textwrap
from datetime import datetime, time, timedelta
from pathlib import Path

import click

from bot import clock, log, samples, settings
from bot.app import App
from bot.desk.calendar import SHANGHAI
from bot.desk.roster import Roster, Rotation
from bot.desk.terms import Role
from bot.errors import BadInput, HotlineError
from bot.messages import Inbound, Outbound, Outcome, Receipt, Sender
from bot.store.tables import ContactRow

WECHAT, TELEGRAM = "wechat", "telegram"
PLACES = {WECHAT: "微信", TELEGRAM: "Telegram"}
CHEN, LIN = (samples.CUSTOMERS[0], WECHAT), (samples.CUSTOMERS[1], TELEGRAM)
LI, WANG, ZHAO = (person for person, _ in samples.STAFF)
MANAGER = Sender("qian", "钱经理")
Customer = tuple[samples.SampleCustomer, str]


class Stage:
    """Plays what people write and tap, and prints what they and the bot say."""

    def __init__(self, database_url: str) -> None:
        self.now = datetime.combine(clock.now().astimezone(SHANGHAI).date(), time(10), SHANGHAI)
        self._keys = itertools.count(1)
        self._said: tuple[datetime, str] | None = None
        self._shown: dict[str, list[Outbound]] = {}
        loaded = settings.load(database_url=database_url)
        log.configure(loaded.log, log.IN_A_CONVERSATION)
        self.app = App(loaded, {WECHAT: self, TELEGRAM: self}, lambda: self.now)
        if not samples.is_empty(self.app.store):
            raise BadInput("--db: the demo needs an empty database")
        samples.load(self.app.store, self.now, WECHAT, staff=False)
        samples.load(self.app.store, self.now, TELEGRAM)

    def send(self, message: Outbound) -> Receipt:
        """Print what the program delivers: the demo is its channel."""
        address = message.address
        self._shown.setdefault(address.chat, []).append(message)
        whom = _name(address.chat)
        text = message.note if message.note and message.replaces else message.text
        if (self.now, text) == self._said:  # an alarm goes to several
            click.echo(f"    （同时发给 {whom}）")
            return Receipt(Outcome.SENT, external_id=str(message.id))
        self._said = (self.now, text)
        self._print(f"机器人 → {whom}（{PLACES[address.channel]}）", text)
        if message.choices and text is message.text:
            click.echo("    " + " ".join(f"［{choice.label}］" for choice in message.choices))
        return Receipt(Outcome.SENT, external_id=str(message.id))

    def scene(self, title: str) -> None:
        """Print a heading."""
        click.echo(f"\n—— {title} ——")

    def wait(self, **span: float) -> None:
        """Let time pass and do what it makes due."""
        self.now += timedelta(**span)
        self.app.sweep()
        self.app.deliver()

    def night_shift(self) -> None:
        """Let 王工 be on call, with a private chat like the lead's and the manager's."""
        with self.app.store.begin(self.now) as unit:
            unit.session.add(
                ContactRow(
                    channel=TELEGRAM,
                    account=samples.ACCOUNT,
                    user=MANAGER.user,
                    name=MANAGER.name,
                    role=Role.MANAGER.value,
                    bind_failures=0,
                )
            )
            for person in (WANG, ZHAO, MANAGER):
                samples.add_chat(unit.session, samples.address(TELEGRAM, person.user), "private", None)
            turns = Rotation("值班", (WANG.name, LI.name), 7, self.now.date() - timedelta(days=1))
            unit.roster.replace(Roster((turns,)), "demo")

    def until(self, clock_time: time) -> None:
        """Let the day pass until a time of day in Shanghai."""
        self.now = datetime.combine(self.now.date(), clock_time, SHANGHAI)
        self.wait()

    def says(self, customer: Customer, text: str) -> None:
        """A customer writes."""
        sample, channel = customer
        self._play(channel, sample.key, Sender(sample.key, sample.person), text=text)

    def taps(self, customer: Customer, label: str) -> None:
        """A customer taps a choice of the latest message that has it."""
        sample, channel = customer
        self._play(channel, sample.key, Sender(sample.key, sample.person), label=label)

    def staff(self, person: Sender, text: str) -> None:
        """Staff write in their chat."""
        self._play(TELEGRAM, samples.STAFF_CHAT, person, text=text)

    def staff_taps(self, person: Sender, label: str) -> None:
        """Staff tap a choice of the latest card that has it."""
        self._play(TELEGRAM, samples.STAFF_CHAT, person, label=label)

    def _play(self, channel: str, chat: str, person: Sender, *, text: str = "", label: str = "") -> None:
        where = "值班群" if chat == samples.STAFF_CHAT else PLACES[channel]
        self._print(f"{person.name}（{where}）", text or f"［点了“{label}”］")
        choice = self._choice(chat, label) if label else None
        address = samples.address(channel, chat)
        key = f"demo-{next(self._keys)}"
        self.app.submit(Inbound(address, person, key, sent_at=self.now, text=text, choice=choice))
        self.app.deliver()

    def _choice(self, chat: str, label: str) -> str:
        for message in reversed(self._shown[chat]):
            for choice in message.choices:
                if choice.label == label:
                    return choice.id
        raise HotlineError(f"the demo expected a choice {label}")

    def _print(self, who: str, text: str) -> None:
        click.echo(f"\n{self.now:%H:%M}  {who}")
        click.echo(textwrap.indent(text, "    "))


def _name(chat: str) -> str:
    customers = {sample.key: sample.person for sample in samples.CUSTOMERS}
    staff = {person.user: f"{person.name}（私聊）" for person in (LI, WANG, ZHAO, MANAGER)}
    return {**customers, **staff, samples.STAFF_CHAT: "值班群"}[chat]


def story(stage: Stage) -> None:
    """Play the story: a P1, a P2 with an objection, a close with a rating, on-site work, an escalation."""
    chen, lin = CHEN[0], LIN[0]
    stage.scene(f"一、{chen.name}（常规级，每天 09:00–17:00）在微信报修")
    stage.says(CHEN, "所有坐席都登不上系统了，电话全打不进来")
    stage.wait(minutes=2)
    stage.staff_taps(LI, "确认1")
    stage.wait(minutes=1)
    stage.taps(CHEN, "全部受影响")
    stage.says(CHEN, "为什么")

    stage.scene(f"二、{lin.name}（增强级，全天 24 小时）在 Telegram 报修，对优先级有异议")
    stage.wait(minutes=5)
    stage.says(LIN, "有两个座席听不到录音")
    stage.wait(minutes=3)
    stage.staff_taps(WANG, "确认2")
    stage.wait(minutes=2)
    stage.taps(LIN, "有异议")
    stage.taps(LIN, "全部受影响")
    stage.wait(minutes=4)
    stage.staff(ZHAO, "改级 T2 1 与林主管通话，全部录音受影响")

    stage.scene("三、处理、旁路办法、恢复、评分")
    stage.staff(LI, "认领 T1")
    stage.wait(minutes=6)
    stage.staff(LI, "回复 T1 登录服务器磁盘满了，正在清理，约 20 分钟")
    stage.wait(minutes=18)
    stage.staff(LI, "解决 T1 磁盘已清理，登录恢复")
    stage.wait(minutes=3)
    stage.taps(CHEN, "已恢复")
    stage.says(CHEN, "5")
    stage.says(LIN, "查进度")
    stage.staff(ZHAO, "待办")

    stage.scene("四、等客户时双方同意暂停；远程不能解决，约定到场时间")
    stage.staff(WANG, "暂停 T2 请林主管重启录音服务器")
    stage.taps(LIN, "同意暂停")
    stage.wait(minutes=15)
    stage.says(LIN, "录音服务器重启了，还是听不到录音")
    stage.staff(WANG, "不能远程 T2 录音服务器硬盘损坏，要到现场更换")
    stage.staff(WANG, "约定 T2 到场 15:00")
    stage.taps(LIN, "同意")
    stage.staff(WANG, "下次进展 T2 15:30")
    stage.staff(WANG, "知道了 T2 到场")
    stage.until(time(14, 50))
    stage.staff(WANG, "到场 T2")
    stage.says(LIN, "为什么")

    stage.scene("五、晚上没有人响应：提醒、超期、逐级上报")
    stage.staff(ZHAO, "回复 T2 录音服务已恢复写入，补录正在核对")
    stage.staff(ZHAO, "解决 T2 录音已恢复")
    stage.taps(LIN, "已恢复")
    stage.night_shift()
    stage.until(time(22))
    stage.says(LIN, "外呼任务全部停了，一个电话都打不出去")
    stage.wait(minutes=2)
    stage.staff(WANG, "确认 T3 1")
    stage.wait(minutes=3)
    for _ in range(17):
        stage.wait(minutes=5)
    stage.staff(WANG, "响应 T3 林主管，外呼服务已重启，正在观察")
    stage.staff(WANG, "值班")


@click.command()
@click.option(
    "--db", "database_url", metavar="URL", help="an empty database; default: a temporary SQLite file"
)
def demo(database_url: str | None) -> None:
    """Play a scripted story through the real program."""
    with tempfile.TemporaryDirectory(prefix="hotline-demo-") as folder:
        stage = Stage(database_url or f"sqlite:///{Path(folder, 'demo.db')}")
        try:
            story(stage)
        finally:
            stage.app.close()
