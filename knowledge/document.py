"""One YAML file as mappings of texts that remember their lines, so that every slip can be named."""

from __future__ import annotations

from typing import Any

import yaml

from knowledge.model import KnowledgeError

_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: No entry nests so deep: one that does refers to itself.
_DEPTH = 20


class Table(dict[str, Any]):
    """A mapping that remembers the file and the line it begins on, and the lines of its keys."""

    name: str = ""
    line: int = 0
    lines: dict[str, int]

    def where(self, key: str | None = None) -> str:
        """Return ``file:line`` of a key, or of the mapping."""
        return f"{self.name}:{self.lines.get(key, self.line) if key else self.line}"

    def known(self, keys: set[str]) -> None:
        """Refuse any key but these.

        Raises:
            KnowledgeError: names the key.
        """
        for key in self:
            if key not in keys:
                raise KnowledgeError(self.where(key), f"没有“{key}”这一项")

    def text(self, key: str) -> str | None:
        """Return a single text; None where it is absent or null.

        Raises:
            KnowledgeError: it is a list or a mapping.
        """
        value = self.get(key)
        if value is None or isinstance(value, str):
            return value
        raise KnowledgeError(self.where(key), f"{key} 只能写一段文字")

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, or the single one.

        Raises:
            KnowledgeError: an item is empty, or no text: one with ``: `` in it must stand in quotes.
        """
        value = self.get(key)
        if value is None:
            return ()
        items = value if isinstance(value, list) else [value]
        for item in items:
            if not isinstance(item, str) or not item.strip():
                raise KnowledgeError(self.where(key), f"{key} 要写成一列文字，含冒号或括号的要加引号")
        return tuple(item.strip() for item in items)

    def words(self, key: str) -> tuple[str, ...]:
        """Return the words of its texts, parted by white space."""
        return tuple(word for item in self.texts(key) for word in item.split())

    def table(self, key: str) -> Table:
        """Return a mapping; an empty one where it is absent.

        Raises:
            KnowledgeError: it is none.
        """
        value = self.get(key)
        if value is None:
            return _empty(self, key)
        if isinstance(value, Table):
            return value
        raise KnowledgeError(self.where(key), f"{key} 要写成“名称: 值”")

    def tables(self, key: str) -> list[Table]:
        """Return a list of mappings; an empty one where it is absent.

        Raises:
            KnowledgeError: it is no list, or an item is no mapping.
        """
        value = self.get(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, Table) for item in value):
            raise KnowledgeError(self.where(key), f"{key} 要写成以“-”开头的一列")
        return value


def parse(name: str, content: bytes) -> Table:
    """Return the top mapping of a file's content.

    Raises:
        KnowledgeError: not UTF-8, not YAML, a key that stands twice, or not a mapping.
    """
    try:
        node = yaml.compose(content.decode("utf-8-sig"), Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise KnowledgeError(
            f"{name}:{line}", f"YAML 写法不对，请看缩进、冒号和括号（{error.problem}）"
        ) from error
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise KnowledgeError(f"{name}:{line}", "不是 UTF-8 编码，请另存为 UTF-8") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise KnowledgeError(f"{name}:1", f"YAML 写法不对（{error}）") from error
    top = _value(node, name, 0)
    if not isinstance(top, Table):
        raise KnowledgeError(f"{name}:1", "最外层要写 subject、concepts、rules")
    return top


def _value(node: Any, name: str, depth: int) -> Any:
    if isinstance(node, yaml.Node) and depth > _DEPTH:
        raise KnowledgeError(f"{name}:{node.start_mark.line + 1}", "一层套一层，太深了")
    if isinstance(node, yaml.MappingNode):
        return _table(node, name, depth)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, name, depth + 1) for item in node.value]
    return None if node is None or node.tag.endswith(":null") else str(node.value)


def _table(node: yaml.MappingNode, name: str, depth: int) -> Table:
    table = Table()
    table.name, table.line, table.lines = name, node.start_mark.line + 1, {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        where = f"{name}:{line}"
        if not isinstance(key, yaml.ScalarNode):
            raise KnowledgeError(where, "冒号前只能是一个词")
        if key.value in table:
            raise KnowledgeError(where, f"同一条里“{key.value}”写了两次，只有一个算数")
        table[key.value] = _value(value, name, depth + 1)
        table.lines[key.value] = line
    return table


def _empty(of: Table, key: str) -> Table:
    table = Table()
    table.name, table.line, table.lines = of.name, of.lines.get(key, of.line), {}
    return table
