"""Made-up customers, contracts and staff, for `demo`, `chat` on an empty store and `serve --demo`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.desk.calendar import SHANGHAI
from bot.desk.contract import Terms
from bot.desk.terms import Level, Place, Role, Scheme, Zone
from bot.messages import Address, Sender
from bot.store import tables as t
from bot.store.store import Store

ACCOUNT = "demo"


@dataclass(frozen=True, slots=True)
class SampleCustomer:
    """A made-up customer and the person who writes for them."""

    key: str
    name: str
    person: str
    phone: str
    level: Level
    zone: Zone
    scheme: Scheme
    place: Place
    price: Decimal
    agreed_fee: Decimal
    man_months: int | None = None


CUSTOMERS = (
    SampleCustomer(
        key="regular",
        name="青禾保险客服中心",
        person="陈班长",
        phone="010-5550-0101",
        level=Level.REGULAR,
        zone=Zone.INSIDE,
        scheme=Scheme.SWITCH,
        place=Place.LOCAL,
        price=Decimal(120000),
        agreed_fee=Decimal(18000),
    ),
    SampleCustomer(
        key="enhanced",
        name="远山银行信用卡中心",
        person="林主管",
        phone="021-5550-0102",
        level=Level.ENHANCED,
        zone=Zone.AWAY,
        scheme=Scheme.SWITCH,
        place=Place.ELSEWHERE,
        price=Decimal(200000),
        agreed_fee=Decimal(50000),
    ),
    SampleCustomer(
        key="diamond",
        name="云帆航空呼叫中心",
        person="何经理",
        phone="010-5550-0103",
        level=Level.DIAMOND,
        zone=Zone.INSIDE,
        scheme=Scheme.BOARD,
        place=Place.LOCAL,
        price=Decimal(300000),
        agreed_fee=Decimal(240000),
        man_months=12,
    ),
)
VISITOR = Sender("visitor", "新访客")  # writes from a chat that no contract is bound to
STAFF = (
    (Sender("li", "李工"), Role.ENGINEER),
    (Sender("wang", "王工"), Role.ENGINEER),
    (Sender("zhao", "赵主管"), Role.LEAD),
)
STAFF_CHAT = "staff"


def address(channel: str, chat: str) -> Address:
    """Return the address of a sample chat on a channel."""
    return Address(channel, ACCOUNT, chat)


def is_empty(store: Store) -> bool:
    """Whether the store holds no customer yet."""
    with store.read() as session:
        return not session.scalar(select(func.count()).select_from(t.CustomerRow))


def load(store: Store, now: datetime, channel: str, *, staff: bool = True) -> None:
    """Put the samples into the store, with chats on ``channel``; what is there already stays."""
    with store.begin(now) as unit:
        for sample in CUSTOMERS:
            customer_id = _customer(unit.session, sample, now)
            person = Sender(sample.key, sample.person)
            _contact(unit.session, channel, person, Role.CUSTOMER, customer_id, sample.phone)
            add_chat(unit.session, address(channel, sample.key), "private", customer_id)
        _contact(unit.session, channel, VISITOR, Role.CUSTOMER, None, None)
        add_chat(unit.session, address(channel, VISITOR.user), "private", None)
        if staff:
            add_staff(unit.session, channel)


def add_staff(session: Session, channel: str) -> None:
    """Put the sample staff and their chat on ``channel``."""
    for person, role in STAFF:
        _contact(session, channel, person, role, None, None)
    add_chat(session, address(channel, STAFF_CHAT), "staff", None)


def add_chat(session: Session, place: Address, kind: str, customer_id: int | None) -> int:
    """Return the id of the chat, which is made when it is new."""
    key = {"channel": place.channel, "account": place.account, "chat": place.chat}
    row = session.scalars(select(t.ChatRow).filter_by(**key)).first()
    if row is None:
        row = t.ChatRow(**key, kind=kind, customer_id=customer_id, state={})
        session.add(row)
        session.flush()
    return row.id


def terms(sample: SampleCustomer, today: date) -> Terms:
    """Return a year's contract that has run for 100 days."""
    starts_on = today - timedelta(days=100)
    return Terms(
        contract_number=f"DEMO-{sample.key.upper()}",
        customer_name=sample.name,
        level=sample.level,
        zone=sample.zone,
        scheme=sample.scheme,
        place=sample.place,
        price=sample.price,
        agreed_fee=sample.agreed_fee,
        man_months=sample.man_months,
        signed_on=starts_on - timedelta(days=10),
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=365),
        paid_on=starts_on - timedelta(days=5),
        signed_page="示例",
    )


def _customer(session: Session, sample: SampleCustomer, now: datetime) -> int:
    row = session.scalars(select(t.CustomerRow).filter_by(name=sample.name)).first()
    if row is not None:
        return row.id
    row = t.CustomerRow(name=sample.name)
    session.add(row)
    session.flush()
    made = terms(sample, now.astimezone(SHANGHAI).date())
    session.add(
        t.ContractRow(
            customer_id=row.id,
            number=made.contract_number,
            version=made.version,
            starts_on=made.starts_on,
            ends_on=made.ends_on,
            terms=made.to_dict(),
            created_at=now,
        )
    )
    return row.id


def _contact(
    session: Session, channel: str, person: Sender, role: Role, customer_id: int | None, phone: str | None
) -> None:
    key = {"channel": channel, "account": ACCOUNT, "user": person.user}
    if session.scalars(select(t.ContactRow).filter_by(**key)).first() is None:
        session.add(
            t.ContactRow(
                **key,
                name=person.name,
                role=role.value,
                customer_id=customer_id,
                phone=phone,
                bind_failures=0,
            )
        )
