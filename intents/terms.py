"""Aliases of the base, compiled for the automaton: what one hit means to the reader of a message."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum, auto
from typing import Final

from intents.features import Features
from knowledge import Concept, KnowledgeError


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
    ALL_ARE = auto()  # 全是: all calls, when it names no call or no voice; else only much of it
    NEG = auto()  # 没, 不
    DENY = auto()  # negates even a symptom that holds a negation: 不是, 不再
    RECOVERED = auto()  # 恢复了, 好了
    DEMAND = auto()  # 要求, 务必: a recovery after it in its clause is asked for, and has not come
    PENDING = auto()  # 还没, 未: what follows has not come true
    AGAIN = auto()  # 又, 仍然: takes a recovery back
    OCCURS = auto()  # 刚才, 天天: it really happens
    MODAL = auto()  # takes the findings of its sentence away (fate)
    HYPOTHETICAL = auto()  # 如果: takes what follows in its sentence away
    WILL = auto()  # 会: before a symptom, with 吗 after it, asks about the possible
    HOWTO = auto()  # 怎么, 如何
    MANAGE = auto()  # 设置, 查看: what one asks how to do
    REQUEST = auto()  # 申请, 想要
    RECORD = auto()  # after a symptom: its name, not the thing: …的工单, …次数
    OF = auto()  # 的: makes of a symptom before it an attribute
    LISTED = auto()  # 、 in a list of names that we do not know: these places, not all
    OTHERS = auto()  # 别人, 其他
    EXCEPT = auto()  # 除了: all but one, or one but not the others
    FUTURE = auto()  # 明天: what follows in the clause is planned
    CONTRAST = auto()  # 但, 只是
    SELF = auto()
    WE = auto()
    TRIES = auto()  # 试了三次: what 都 then counts
    QUESTION = auto()
    IDLE = auto()  # 摸鱼: with 'all', the business stands still
    UNBIDDEN = auto()  # 自己, 无故, 又: what comes next was not asked for
    WEAK = auto()  # 断, 黑: a failure only behind such a word, or behind what fails
    NOTE = auto()  # sets a note: 偶尔
    CUE = auto()  # speaks for an intent
    IGNORE = auto()  # a word that holds a term by chance
    STOP = auto()  # end of a sentence
    PAUSE = auto()  # end of a clause


KINDS: Final = {kind.name.lower(): kind for kind in Kind}

#: A symptom that begins so says by itself that all are met: 全断, 均中断.
_WHOLE: Final = frozenset("全均")
#: The traits that a word has or has not.
_YES: Final = ("plural", "auto", "bare", "plain", "manage", "wide")
_NEGATIVE: Final = frozenset("不没无未勿唔冇木别莫妹")


class Term:
    """One alias, ready for the reader; masks are bits of ``Features``."""

    __slots__ = (
        *("text", "kind", "concept", "effect", "sphere", "scope", "cue", "fate", "note"),
        *("negative", "plural", "auto", "bare", "person", "manage", "wide", "made"),
    )

    def __init__(self, text: str, kind: Kind, concept: str) -> None:
        self.text = text
        self.kind = kind
        self.concept = concept
        self.effect = self.sphere = self.scope = self.cue = self.fate = self.note = 0
        self.negative = False  # the alias holds a negation of its own
        self.plural = False  # 都 after it means all
        self.auto = False  # an action of the machine: 没 before it is a failure
        self.bare = False  # counts without anything to attach to
        self.person = False  # a component that is a person, not a thing
        self.manage = False  # what one asks how to do: 怎么下载
        self.wide = False  # names no part by itself: 功能, 页面, 电话
        self.made = False  # a productive form: never guessed at


def yields(concept: Concept) -> bool:
    """Return whether its words are made by a pattern, and belong to any concept that lists one by itself."""
    return concept.traits.get("yields") in ("yes", "true")


def maker(concept: Concept, features: Features) -> Callable[[str], Term]:
    """Return what makes a term of a normalised alias of the concept.

    Raises:
        KnowledgeError: an unknown kind or trait.
    """
    kind = KINDS.get(concept.kind)
    if kind is None:
        raise KnowledgeError(concept.where, f"概念 {concept.id} 的 kind“{concept.kind}”不存在")

    def mask(trait: str, group: str) -> int:
        values = concept.traits.get(trait, "").split()
        return sum(features.bit(group, value, concept.where) for value in values)

    whole = features.bits["scope.all"] if kind is Kind.SYMPTOM else 0
    effect, sphere, scope = mask("effect", "effect"), mask("sphere", "sphere"), mask("scope", "scope")
    cue, fate, note = mask("cue", "cue"), mask("fate", "fate"), mask("note", "note")
    yes = ("yes", "true")
    plural, auto, bare, plain, manage, wide = (concept.traits.get(trait) in yes for trait in _YES)
    made, person = yields(concept), concept.traits.get("sphere") == "person"

    def make(text: str) -> Term:
        term = Term(text, kind, concept.id)
        term.effect, term.sphere, term.cue, term.fate, term.note = effect, sphere, cue, fate, note
        term.scope = scope | whole if text[0] in _WHOLE and not text.startswith("全是") else scope
        term.negative = not plain and not _NEGATIVE.isdisjoint(text)
        term.plural, term.auto, term.bare, term.manage = plural, auto, bare, manage
        term.wide, term.made, term.person = wide, made, person
        return term

    return make
