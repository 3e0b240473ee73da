"""The columns of the contract sheet: their names, how a cell is read, and what the template says of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.contract_files import cells
from bot.contract_files.cells import Parser, folded
from bot.desk.terms import Level, Place, Purchase, Scheme, Zone
from bot.errors import BadInput

NUMBER_LIMIT = 64
NAME_LIMIT = 200
PERSONS, PHONES, REMARKS = "contact_persons", "contact_phones", "remarks"
NONE_WORD = "无"  # empties a field that may be empty; an empty cell leaves what is on record

LEVELS = {
    Level.REGULAR: ("常规级", "常规"),
    Level.ENHANCED: ("增强级", "增强"),
    Level.DIAMOND: ("钻石级", "钻石"),
}
SCHEMES = {Scheme.BOARD: ("板卡", "板卡方案"), Scheme.SWITCH: ("交换机", "交换机方案")}
PLACES = {Place.LOCAL: ("本地", "北京本地"), Place.ELSEWHERE: ("外地",)}
ZONES = {
    Zone.INSIDE: ("五环内", "五环以内", "北京五环内", "北京五环以内"),
    Zone.BEYOND: ("五环外", "五环以外", "北京五环外", "北京五环以外"),
    Zone.AWAY: ("外地", "京外"),
}
PURCHASES = {
    Purchase.CONTINUOUS: ("连续", "连续续费", "连续购买"),
    Purchase.LAPSED: ("中断后首次", "中断后首次续费"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        field: the name of the field of `Terms` (or one of the three names above).
        names: Chinese names, the one of the template first.
        choices: the words of a drop-down list.
        can_be_emptied: whether 无 is a value.
    """

    field: str
    names: tuple[str, ...]
    parse: Parser
    note: str
    example: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    can_be_emptied: bool = False

    @property
    def header(self) -> str:
        """The template's header."""
        return f"{self.names[0]}（{self.field}）"


def _choices(names: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(words[0] for words in names)


COLUMNS = (
    Column(
        "contract_number",
        ("合同编号", "合同号"),
        cells.text(NUMBER_LIMIT),
        "每份合同唯一；编号已存在时，空格子保留原值",
        "HT-2021-001",
        required=True,
    ),
    Column(
        "customer_name",
        ("客户名称", "甲方", "客户"),
        cells.text(NAME_LIMIT),
        "甲方全称",
        "示例银行客服中心",
        required=True,
    ),
    Column(
        "level",
        ("服务等级", "等级"),
        cells.choice(LEVELS),
        "常规级、增强级、钻石级",
        "常规级",
        required=True,
        choices=_choices(LEVELS.values()),
    ),
    Column(
        "scheme",
        ("平台方案", "方案"),
        cells.choice(SCHEMES),
        "板卡、交换机",
        "交换机",
        required=True,
        choices=_choices(SCHEMES.values()),
    ),
    Column(
        "place",
        ("费率地区", "本地外地"),
        cells.choice(PLACES),
        "合同费率表的本地、外地",
        "外地",
        required=True,
        choices=_choices(PLACES.values()),
    ),
    Column(
        "zone",
        ("服务地点", "现场服务区域"),
        cells.choice(ZONES),
        "现场服务：五环内、五环外（均指北京）、外地",
        "五环内",
        required=True,
        choices=_choices(ZONES.values()),
    ),
    Column(
        "purchase",
        ("购买方式", "续费方式"),
        cells.choice(PURCHASES),
        "连续（不填即连续）、中断后首次",
        "连续",
        choices=_choices(PURCHASES.values()),
    ),
    Column(
        "price",
        ("合同成交价",),
        cells.amount,
        "平台售价，元；用于核对费用",
        "115,000.00",
        can_be_emptied=True,
    ),
    Column(
        "agreed_fee",
        ("约定费用", "维保费"),
        cells.amount,
        "合同上双方签定的费用，元；与费率表不同也照填",
        "23,000.00",
        required=True,
    ),
    Column("man_months", ("人月",), cells.whole_number, "仅钻石级：月数 × 人数", can_be_emptied=True),
    Column("signed_on", ("签订日期",), cells.day, "付款期限由此计 5 个工作日", "2021-01-15", required=True),
    Column(
        "sealed",
        ("已签章",),
        cells.yes_or_no,
        "双方已签字盖章：是（不填即是）、否",
        "是",
        choices=("是", "否"),
    ),
    Column("starts_on", ("开始日期",), cells.day, "服务期第一天", "2021-01-20", required=True),
    Column("ends_on", ("结束日期",), cells.day, "服务期最后一天（含）", "2022-01-20", required=True),
    Column(
        "paid_on",
        ("付款日期", "到账日期"),
        cells.day,
        "全款到账日；未付不填",
        "2021-01-20",
        can_be_emptied=True,
    ),
    Column(
        "ended_on",
        ("提前终止日期",),
        cells.day,
        "经人工确认的提前终止，从这一天起不再服务",
        can_be_emptied=True,
    ),
    Column(
        "service_hours",
        ("服务时段",),
        cells.hours_of_day,
        "仅常规级：7×8 的八小时，不填为 09:00-17:00",
        "09:00-17:00",
    ),
    Column(
        "response_around_the_clock",
        ("响应全天计时",),
        cells.yes_or_no,
        "响应时限不分昼夜连续计时：是、否（不填即否）",
        "否",
        choices=("是", "否"),
    ),
    Column("office_hours", ("客户工作时间",), cells.hours_of_day, "仅钻石级：不填为 09:00-18:00"),
    Column(
        "office_exceptions",
        ("客户工作日例外",),
        cells.own_days,
        "仅钻石级：2026-10-10=上班;2026-12-25=休息",
        can_be_emptied=True,
    ),
    Column(
        "onsite_agreed_hours",
        ("约定到场小时",),
        cells.number_of_hours,
        "仅增强级五环外：双方约定的到场小时数",
        can_be_emptied=True,
    ),
    Column(
        "hardware",
        ("硬件清单",),
        cells.items,
        "合同清单所列硬件，分号分隔",
        "语音板卡 2 块;录音服务器",
        can_be_emptied=True,
    ),
    Column(
        "permissions",
        ("客户许可",),
        cells.items,
        "客户已许可的事项，分号分隔",
        "远程巡检",
        can_be_emptied=True,
    ),
    Column(
        "signed_page",
        ("签字页编号",),
        cells.text(NAME_LIMIT),
        "签字页存放处；已有合同改条款时必须填新的编号",
        "档案 2021-07 第 3 页",
    ),
    Column(
        PERSONS,
        ("联系人",),
        cells.items,
        "分号分隔，与电话一一对应；填了就替换本合同原有联系人",
        "王经理;李主管",
    ),
    Column(
        PHONES,
        ("联系电话", "电话"),
        cells.phones,
        "分号分隔；同一人两个号码就写两次姓名",
        "13800000000;010-62283281",
    ),
    Column(REMARKS, ("备注",), cells.text(10_000), "不导入"),
)
BY_FIELD = {column.field: column for column in COLUMNS}
_BY_NAME = {folded(name): column for column in COLUMNS for name in (*column.names, column.field)}
_NOISE = {"", "元", "cny", "必填", "选填", "可选", "*", "年-月-日"}


def column_of(header: str) -> Column:
    """Return the column that a header names: in Chinese, by the field's name, or by both.

    Raises:
        BadInput: it names none, or two different ones.
    """
    words = [folded(word) for word in re.split(r"[()（）\[\]【】/\s*:：]+", header)]
    found = {_BY_NAME.get(word) for word in words if word not in _NOISE}
    if len(found) != 1 or (column := found.pop()) is None:
        raise BadInput(f"unknown column {header.strip()!r}")
    return column


def label(name: str) -> str:
    """Return a field's name beside its Chinese one."""
    column = BY_FIELD.get(name)
    return f"{column.names[0]} ({name})" if column else name
