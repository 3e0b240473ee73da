"""The contract's figures as data: response and arrival times, entitlements, fees, penalty.

Every table cites its clause. What the contract leaves open, and we read, is marked [ours]: it is never shown
to a customer as a term of their contract. A new edition of the contract gets a new ``TABLES_VERSION``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType as Frozen

from bot.desk.terms import Level, Place, Priority, Purchase, Scheme, Zone

TABLES_VERSION = "2021-01"

HOTLINE_NUMBERS = ("400-818-1110", "010-62283281")  # contract 2.2.1

# Contract 1, response time, in minutes of the level's service hours. Diamond has no figure.
RESPONSE_MINUTES: Mapping[Level, Mapping[Priority, int]] = Frozen(
    {
        Level.REGULAR: Frozen({Priority.ONE: 120, Priority.TWO: 240}),
        Level.ENHANCED: Frozen({Priority.ONE: 60, Priority.TWO: 120}),
        Level.DIAMOND: Frozen({}),
    }
)

# Contract 1, on-site service of the enhanced level, in minutes. Beijing beyond the ring is not mentioned.
ONSITE_MINUTES: Mapping[Zone, int] = Frozen({Zone.INSIDE: 120, Zone.AWAY: 720})
ONSITE_TARGET_BEYOND_MINUTES = 720  # [ours]

SERVICE_HOURS = (time(9), time(17))  # [ours] which eight hours of 7×8
OFFICE_HOURS = (time(9), time(18))  # [ours] of the customer's working days
UNTAKEN_ALARM_MINUTES = 10  # [ours] a diamond fault that nobody takes

# [ours] in minutes: where the contract gives no deadline it is answered all the same; nobody outside is told
INTERNAL_RESPONSE_MINUTES: Mapping[Priority, int] = RESPONSE_MINUTES[Level.REGULAR]

PAYMENT_WORKING_DAYS = 5  # contract 3.2

PENALTY_RATE_PER_DAY = Decimal("0.001")  # contract 5.1
PENALTY_LIMIT = Decimal("0.20")  # contract 5.1: the contract ends when the penalty exceeds it


class Service(StrEnum):
    """The rows of the table of levels (contract 1)."""

    RESPONSE = "response"
    REMOTE = "remote"
    ONSITE = "onsite"
    REMOTE_INSPECTION = "remote_inspection"
    ONSITE_INSPECTION = "onsite_inspection"
    TRAINING = "training"
    UPGRADE = "upgrade"
    HARDWARE_CHECK = "hardware_check"
    HARDWARE_UPKEEP = "hardware_upkeep"
    NEW_FEATURES = "new_features"


SERVICE_NAMES: Mapping[Service, str] = Frozen(
    {
        Service.RESPONSE: "响应时间",
        Service.REMOTE: "远程服务",
        Service.ONSITE: "现场服务",
        Service.REMOTE_INSPECTION: "远程巡检",
        Service.ONSITE_INSPECTION: "现场巡检",
        Service.TRAINING: "现场培训",
        Service.UPGRADE: "系统软件升级",
        Service.HARDWARE_CHECK: "硬件检测",
        Service.HARDWARE_UPKEEP: "硬件维护",
        Service.NEW_FEATURES: "新功能介绍及试用",
    }
)
LEVEL_NAMES: Mapping[Level, str] = Frozen(
    {Level.REGULAR: "常规级", Level.ENHANCED: "增强级", Level.DIAMOND: "钻石级"}
)


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What a level gets of a service; ``per_year`` counts visits or reports where there is a number."""

    given: bool
    text: str
    per_year: int | None = None
    needs_permission: bool = False


def _yes(text: str, per_year: int | None = None, *, needs_permission: bool = False) -> Entitlement:
    return Entitlement(True, text, per_year, needs_permission)


_AS_REQUIRED = _yes("按贵方要求")
_VENDOR_HARDWARE = _yes("协助检测、维修由我方提供的硬件")
_UPKEEP = _yes("相关硬件的基本维护，含合同清单所列硬件")
_UPGRADE = _yes("定期免费升级，经贵方许可后安装", needs_permission=True)  # permission: contract 2.6

# Contract 1, the table of levels.
ENTITLEMENTS: Mapping[Level, Mapping[Service, Entitlement]] = Frozen(
    {
        Level.REGULAR: Frozen(
            {
                Service.RESPONSE: _yes("优先等级1 两小时内响应，优先等级2 四小时内响应"),
                Service.REMOTE: _yes("7×8 小时"),
                Service.ONSITE: Entitlement(False, "不含现场服务"),
                Service.REMOTE_INSPECTION: _yes("每年 2 次，提供 2 份巡检报告", 2),
                Service.ONSITE_INSPECTION: Entitlement(False, "不含现场巡检"),
                Service.TRAINING: Entitlement(False, "不含现场培训"),
                Service.UPGRADE: Entitlement(False, "不含系统软件升级；软件故障提供旁路办法"),
                Service.HARDWARE_CHECK: Entitlement(False, "不含硬件检测"),
                Service.HARDWARE_UPKEEP: Entitlement(False, "不含硬件维护"),
                Service.NEW_FEATURES: _yes("定期介绍新功能"),
            }
        ),
        Level.ENHANCED: Frozen(
            {
                Service.RESPONSE: _yes("优先等级1 一小时内响应，优先等级2 两小时内响应"),
                Service.REMOTE: _yes("7×24 小时"),
                Service.ONSITE: _yes("判断不能远程解决后，北京五环以内 2 小时到场，外地 12 小时到场"),
                Service.REMOTE_INSPECTION: _yes("每年 2 次，需贵方许可", 2, needs_permission=True),
                Service.ONSITE_INSPECTION: _yes("每年 2 次", 2),
                Service.TRAINING: _yes("每年 2 次", 2),
                Service.UPGRADE: _UPGRADE,
                Service.HARDWARE_CHECK: _VENDOR_HARDWARE,
                Service.HARDWARE_UPKEEP: _UPKEEP,
                Service.NEW_FEATURES: _yes(
                    "定期介绍新功能；购买前优先试用新模块，视软件运行情况享受优惠价格"
                ),
            }
        ),
        Level.DIAMOND: Frozen(
            {
                Service.RESPONSE: _yes("贵方工作日内专职工程师驻场"),
                Service.REMOTE: _yes("平台的全部故障、配置和日常维护实时处理解决"),
                Service.ONSITE: _yes("实时"),
                Service.REMOTE_INSPECTION: _AS_REQUIRED,
                Service.ONSITE_INSPECTION: _AS_REQUIRED,
                Service.TRAINING: _AS_REQUIRED,
                Service.UPGRADE: _UPGRADE,
                Service.HARDWARE_CHECK: _VENDOR_HARDWARE,
                Service.HARDWARE_UPKEEP: _UPKEEP,
                Service.NEW_FEATURES: _yes("定期介绍新产品和新功能；优先试用并享受优惠价格"),
            }
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Fee:
    """A cell of a fee table: ``rate`` of the contract price, at least ``floor`` CNY."""

    rate: Decimal
    floor: Decimal


def _row(*cells: tuple[str, int]) -> Mapping[tuple[Scheme, Place], Fee]:
    columns = [(scheme, place) for scheme in Scheme for place in Place]
    fees = [Fee(Decimal(rate), Decimal(floor)) for rate, floor in cells]
    return Frozen(dict(zip(columns, fees, strict=True)))


# Contract 3. Columns: board local, board elsewhere, switch local, switch elsewhere.
FEES: Mapping[Purchase, Mapping[Level, Mapping[tuple[Scheme, Place], Fee]]] = Frozen(
    {
        Purchase.CONTINUOUS: Frozen(
            {
                Level.REGULAR: _row(("0.15", 12000), ("0.20", 18000), ("0.15", 18000), ("0.20", 25000)),
                Level.ENHANCED: _row(("0.20", 18000), ("0.25", 25000), ("0.20", 25000), ("0.25", 35000)),
            }
        ),
        Purchase.LAPSED: Frozen(
            {
                Level.REGULAR: _row(("0.20", 18000), ("0.25", 25000), ("0.20", 25000), ("0.25", 35000)),
                Level.ENHANCED: _row(("0.25", 28000), ("0.30", 35000), ("0.25", 35000), ("0.30", 45000)),
            }
        ),
    }
)

# Contract 3: diamond, CNY a man-month, renewed without a break; after a break the contract has no figure.
MAN_MONTH_FEES: Mapping[tuple[Scheme, Place], Decimal] = Frozen(
    {
        (Scheme.BOARD, Place.LOCAL): Decimal(20000),
        (Scheme.BOARD, Place.ELSEWHERE): Decimal(35000),
        (Scheme.SWITCH, Place.LOCAL): Decimal(30000),
        (Scheme.SWITCH, Place.ELSEWHERE): Decimal(50000),
    }
)
