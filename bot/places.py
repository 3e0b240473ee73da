"""What the channels ask of the store: chats that move, and the chats in which support works."""

from __future__ import annotations

from bot.clock import Clock
from bot.delivery.receiving import chat_id
from bot.dialogue import notify, told
from bot.messages import Address, Unread
from bot.store import places, unread
from bot.store.store import Store, UnitOfWork


class StorePlaces:
    """See `bot.channels.telegram.ports.Places`."""

    def __init__(self, store: Store, now: Clock) -> None:
        self._store = store
        self._now = now

    def moved(self, old: Address, new: Address) -> None:
        """Give a chat its new id; support is told, once."""

        def move(unit: UnitOfWork) -> None:
            if (chat := places.move(unit.session, old, new)) is not None:
                name = unit.customers.get(chat.customer_id).name if chat.customer_id else "未绑定"
                where = "值班群" if chat.kind == "staff" else f"{name}的群"
                notify.staff_line(unit, f"{where}已升级为超级群，消息照常收发。")

        self._store.transact(move, self._now())

    def support(self, channel: str, account: str) -> list[str]:
        """Return the platform's ids of the chats in which support works, members' own among them."""
        with self._store.read() as session:
            return places.support(session, channel, account)

    def make_staff(self, place: Address) -> bool:
        """Make a chat support's; False where it is a customer's."""

        def make(unit: UnitOfWork) -> bool:
            chat = unit.chats.get(chat_id(unit.session, place, "group"))
            if chat.customer_id is not None:
                return False
            unit.chats.make_staff(chat.id)
            return True

        return self._store.transact(make, self._now())

    def keep_unread(self, update: Unread) -> None:
        """Keep an update that can't be read; support is told, once."""

        def keep(unit: UnitOfWork) -> None:
            if (number := unread.keep(unit.session, update, unit.now)) is not None:
                told.unread(unit, number)

        self._store.transact(keep, self._now())
