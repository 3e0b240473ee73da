"""Sheets for the tests: the sample contract of the contract's chapter 3, as CSV and as a workbook."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl

# Bought as continuous renewal, regular, switch, elsewhere though the place is Beijing, CNY 23,000 a year.
SAMPLE: Mapping[str, str] = {
    "合同编号": "HT-2021-001",
    "客户名称": "示例银行客服中心",
    "服务等级": "常规级",
    "平台方案": "交换机",
    "费率地区": "外地",
    "服务地点": "五环内",
    "购买方式": "连续",
    "约定费用": "23,000.00",
    "签订日期": "2021-01-15",
    "开始日期": "2021-01-20",
    "结束日期": "2022-01-20",
    "签字页编号": "档案 2021-07",
}


def with_(**changes: str) -> dict[str, str]:
    """Return the sample with cells changed or added."""
    return {**SAMPLE, **changes}


def csv_text(*rows: Mapping[str, Any]) -> str:
    """Return rows as CSV under the headers that they name."""
    out = io.StringIO()
    headers = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(out, headers, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def csv_file(path: Path, *rows: Mapping[str, Any], encoding: str = "utf-8") -> Path:
    """Write rows as a CSV file."""
    path.write_bytes(csv_text(*rows).encode(encoding))
    return path


def workbook(path: Path, lines: Sequence[Sequence[Any]], title: str = "合同") -> Path:
    """Write lines of values as a workbook of one sheet."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for line in lines:
        sheet.append(line)
    book.save(path)
    return path
