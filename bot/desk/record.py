"""Frozen dataclasses to JSON types and back, with errors that name the field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import date, time
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from bot.errors import BadInput

T = TypeVar("T")


def names(value: Any) -> list[str]:
    """Return the names of a dataclass's fields, in their order."""
    return [field.name for field in fields(value)]


def to_json(value: Any) -> Any:
    """Return ``value`` in JSON types: dates and times ISO, ``Decimal`` as a string, enums by value.

    A dataclass becomes an object with its fields, in their order.
    """
    if hasattr(value, "__dataclass_fields__"):
        return {name: to_json(getattr(value, name)) for name in names(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, time):
        return value.isoformat("auto" if value.second or value.microsecond else "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        return {to_json(key): to_json(item) for key, item in sorted(value.items())}
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    return value


def from_json(kind: type[T], raw: Mapping[str, Any]) -> T:
    """Return the dataclass ``kind`` that ``raw`` describes.

    Raises:
        BadInput: names every field that is missing, unknown or malformed.
    """
    hints = _hints(cast(Any, kind))
    known = {field.name: field for field in fields(cast(Any, kind))}
    problems = [f"{name}: unknown field" for name in raw if name not in known]
    values: dict[str, Any] = {}
    for name, field in known.items():
        if name in raw:
            try:
                values[name] = _read(hints[name], raw[name])
            except (BadInput, ValueError, TypeError, InvalidOperation) as error:
                problems.append(f"{name}: {_reason(error, raw[name])}")
        elif field.default is MISSING and field.default_factory is MISSING:
            problems.append(f"{name}: missing")
    if problems:
        raise BadInput("; ".join(problems))
    return kind(**values)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _reason(error: Exception, value: object) -> str:
    return str(error) if isinstance(error, BadInput) else f"{value!r} is malformed"


def _read(hint: Any, value: Any) -> Any:
    """Return ``value`` as the type that ``hint`` names."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is UnionType:
        if value is None:
            return None
        return _read(next(arm for arm in inner if arm is not NoneType), value)
    if origin is tuple:
        return _read_tuple(inner, value)
    if origin is not None:  # a Mapping
        return {_read(inner[0], key): _read(inner[1], item) for key, item in dict(value).items()}
    if issubclass(hint, Enum):
        return _read_enum(hint, value)
    return _read_scalar(hint, value)


def _read_tuple(inner: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise BadInput(f"must be a list, not {value!r}")
    if inner[-1] is Ellipsis:
        return tuple(_read(inner[0], item) for item in value)
    if len(value) != len(inner):
        raise BadInput(f"must have {len(inner)} items, not {len(value)}")
    return tuple(_read(hint, item) for hint, item in zip(inner, value, strict=True))


def _read_enum(hint: type[Enum], value: Any) -> Enum:
    try:
        return hint(value)
    except ValueError:
        choices = ", ".join(str(member.value) for member in hint)
        raise BadInput(f"must be one of {choices}, not {value!r}") from None


def _time_of_day(text: str) -> time:
    parsed = time.fromisoformat(text)
    if parsed.tzinfo is not None:
        raise BadInput(f"a time of day carries no zone, it is Asia/Shanghai's: {text!r}")
    return parsed


_PARSERS: dict[type, Callable[[str], Any]] = {
    date: date.fromisoformat,
    time: _time_of_day,
    Decimal: Decimal,
}


def _read_scalar(hint: type, value: Any) -> Any:
    if hint in _PARSERS:
        if not isinstance(value, str):
            raise BadInput(f"must be a string, not {value!r}")
        return _PARSERS[hint](value)
    if type(value) is not hint:  # bool is an int, but true is no number of anything
        raise BadInput(f"must be {hint.__name__}, not {value!r}")
    return value
