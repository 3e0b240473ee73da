"""Aliases of the base, compiled for the automaton: what one hit means to the reader of a message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, auto

from intents.features import Features
from intents.tables import simplified
from knowledge import Concept, KnowledgeBase, KnowledgeError


class Kind(IntEnum):
    """What part a concept plays in a sentence."""

    COMPONENT = auto()  # what can fail: 系统, 录音, 中继
    ACTION = auto()  # what one does with it: 登录, 呼出
    SYMPTOM = auto()  # a failure by itself: 打不开, 崩了
    CANNOT = auto()  # makes an action a failure: 无法, 不能
    FAILED = auto()  # makes the action or component before it a failure: 失败, 不了
    WORKS = auto()  # a good state: 正常, 没问题
    SCOPE = auto()  # whom it meets: 所有, 部分
    ANYONE = auto()  # all, in a negated clause: 谁也, 一个都
    NONEOF = auto()  # none can, negation included: 没有一条, 没人能
    ALSO = auto()  # 都: all, when what stands before it is many
    NEG = auto()  # 没, 不
    DENY = auto()  # negates even a symptom that holds a negation: 不是, 不再
    RECOVERED = auto()  # 恢复了, 好了
    PENDING = auto()  # 还没, 未: what follows has not come true
    AGAIN = auto()  # 又, 仍然: takes a recovery back
    OCCURS = auto()  # 刚才, 天天: it really happens
    MODAL = auto()  # takes the findings of its sentence away (fate)
    HYPOTHETICAL = auto()  # 如果: takes what follows in its sentence away
    HOWTO = auto()  # 怎么, 如何
    MANAGE = auto()  # 设置, 查看: what one asks how to do
    REQUEST = auto()  # 申请, 想要
    RECORD = auto()  # after a symptom: its name, not the thing: …的工单, …次数
    OTHERS = auto()  # 别人, 其他
    CONTRAST = auto()  # 但, 只是
    SELF = auto()
    WE = auto()
    TRIES = auto()  # 试了三次: what 都 then counts
    QUESTION = auto()
    NOTE = auto()  # sets a note: 偶尔
    CUE = auto()  # speaks for an intent
    IGNORE = auto()  # a word that holds a term by chance
    STOP = auto()  # end of a sentence
    PAUSE = auto()  # end of a clause


KINDS = {kind.name.lower(): kind for kind in Kind}

_NEGATIVE = frozenset("不没无未勿唔冇木别莫妹")


@dataclass(slots=True)
class Term:
    """One alias, ready for the reader; masks are bits of ``Features``."""

    text: str
    kind: Kind
    concept: str
    effect: int
    sphere: int
    scope: int
    cue: int
    fate: int
    note: int
    negative: bool  # the alias holds a negation of its own
    plural: bool  # 都 after it means all
    auto: bool  # an action of the machine: 没 before it is a failure
    bare: bool  # counts without anything to attach to
    manage: bool  # what one asks how to do: 怎么下载


_STOPS = "。！？!?;；\n\r…"
_PAUSES = "，,、 :：—~～|"


def compile_terms(base: KnowledgeBase, features: Features) -> list[Term]:
    """Return every alias of the base, normalised, and the marks that end clauses.

    Raises:
        KnowledgeError: an unknown kind or trait, or one alias with two concepts.
    """
    table = simplified()
    terms: dict[str, Term] = {}
    for concept in base.concepts.values():
        make = _maker(concept, features)
        for alias in concept.aliases:
            text = alias.translate(table)
            known = terms.get(text)
            if known and known.concept != concept.id:
                other = base.concepts[known.concept].where
                raise KnowledgeError(
                    concept.where, f"alias {alias!r} of {concept.id} is taken in {other} by {known.concept}"
                )
            terms[text] = make(text)
    for marks, kind in ((_STOPS, Kind.STOP), (_PAUSES, Kind.PAUSE)):
        for mark in marks:
            text = mark.translate(table)
            terms.setdefault(text, Term(text, kind, "", 0, 0, 0, 0, 0, 0, False, False, False, False, False))
    return list(terms.values())


def _maker(concept: Concept, features: Features) -> Callable[[str], Term]:
    kind = KINDS.get(concept.kind)
    if kind is None:
        raise KnowledgeError(concept.where, f"concept {concept.id} has the unknown kind {concept.kind!r}")

    def mask(trait: str, group: str) -> int:
        values = concept.traits.get(trait, "").split()
        return sum(features.bit(group, value, concept.where) for value in values)

    yes = {
        trait
        for trait in ("plural", "auto", "bare", "plain", "manage")
        if concept.traits.get(trait) in ("yes", "true")
    }
    effect, sphere, scope = mask("effect", "effect"), mask("sphere", "sphere"), mask("scope", "scope")
    cue, fate, note = mask("cue", "cue"), mask("fate", "fate"), mask("note", "note")

    def make(text: str) -> Term:
        negative = "plain" not in yes and not _NEGATIVE.isdisjoint(text)
        return Term(
            text, kind, concept.id, effect, sphere, scope, cue, fate, note,
            negative, "plural" in yes, "auto" in yes, "bare" in yes, "manage" in yes,
        )  # fmt: skip

    return make
