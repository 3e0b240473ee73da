# ruff: noqa: ARG001 - all handlers share one signature
"""What is wanted: how to, requests, names of things, questions; and the marks that end clauses."""

from __future__ import annotations

from typing import Final

from intents.features import FATE_HOWTO, FATE_RECORD, FATE_REQUEST, NOTE_QUESTION
from intents.reading import FAR, RECORD_GAP, Reading
from intents.terms import Term

#: What asks for yes or no; 吧 and 嘛 rather say it.
_WHETHER: Final = frozenset("吗么")
_CLOSING: Final = frozenset('”’"」』')


def _kill(r: Reading, fate: int) -> None:
    """Take away what this clause has reported so far."""
    for finding in reversed(r.findings):
        if finding.clause is not r.clause or finding.swept & fate:
            break
        finding.fate |= fate
        finding.swept |= fate


def howto(r: Reading, t: Term, s: int, e: int) -> None:
    r.clause.howto = e
    r.cues |= t.cue
    if t.manage:  # 如何判断掉线: asks of the thing, whatever comes next
        r.clause.manage = e + 1
    attributed = r.clause.attributed
    if attributed:  # 误删的资料怎么找回
        attributed.fate |= FATE_HOWTO
    if t.bare:  # 转接失败的代码在哪能查到
        _kill(r, FATE_HOWTO)


def manage(r: Reading, t: Term, s: int, e: int) -> None:
    r.clause.manage = e
    r.cues |= t.cue
    if t.bare and r.clause.request > FAR:  # 把超时挂断改成60秒
        _kill(r, FATE_REQUEST)


def request(r: Reading, t: Term, s: int, e: int) -> None:
    r.clause.request = e
    r.cues |= t.cue


def record(r: Reading, t: Term, s: int, e: int) -> None:
    if t.text[0] in _CLOSING:  # “系统故障请稍后再拨”那段语音
        _kill(r, FATE_RECORD)
    elif r.findings and (
        not t.bare or e >= r.size - 1
    ):  # 登录失败的处理方法: bare ones stand at the end, as in a heading
        last = r.findings[-1]
        # 收不到提醒 names what is missing; 掉线提醒 and 收不到的提醒 are names themselves
        named = not last.negative or t.text[0] in "的那这”"
        if named and last.clause is r.clause and 0 <= s - last.end <= RECORD_GAP:
            last.fate |= t.fate or FATE_RECORD
    if t.cue:
        cue(r, t, s, e)


def of(r: Reading, t: Term, s: int, e: int) -> None:
    if r.findings and r.findings[-1].end == s:
        r.clause.attributed = r.findings[-1]
        if r.clause.request > FAR:
            r.findings[-1].fate |= FATE_REQUEST


def question(r: Reading, t: Term, s: int, e: int) -> None:
    r.notes |= NOTE_QUESTION
    r.cues |= t.cue
    if t.bare:
        r.clause.asks = True
        if r.clause.works and t.text in _WHETHER:
            _asked_whether(r)


def _asked_whether(r: Reading) -> None:
    """What sounds well is only asked: 现在能登录了吗 closes no ticket, 系统正常吗 says nothing of it."""
    cue = r.features.bits.get
    if r.recovered < r.clause.start:
        r.cues |= cue("cue.question", 0)
    else:
        r.cues = r.cues & ~(cue("cue.recovered", 0) | cue("cue.restored", 0)) | cue("cue.status", 0)


def note(r: Reading, t: Term, s: int, e: int) -> None:
    r.notes |= t.note
    r.clause.unbidden = e


def unbidden(r: Reading, t: Term, s: int, e: int) -> None:
    r.clause.unbidden = e


def cue(r: Reading, t: Term, s: int, e: int) -> None:
    r.cues |= t.cue
    r.cue_spans.append((t, s, e))
    r.sentence.fates |= t.fate


def ignore(r: Reading, t: Term, s: int, e: int) -> None:
    return


def stop(r: Reading, t: Term, s: int, e: int) -> None:
    r.open(e, sentence=True)


def pause(r: Reading, t: Term, s: int, e: int) -> None:
    r.open(e, sentence=False)
