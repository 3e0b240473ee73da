"""An explanation as tables that a support lead can read: everything in Chinese but the base's own names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.table import Table

from intents import Explanation, Label

INTENT_NAMES: Mapping[str, str] = {
    "fault": "故障",
    "greeting": "问候",
    "thanks": "感谢、应答",
    "howto": "咨询",
    "status": "问进展",
    "urge": "催促",
    "supplement": "补充信息",
    "recovered": "已恢复",
    "object": "对优先级有异议",
    "fee": "费用、续约",
    "level": "服务级别",
    "training": "培训",
    "inspection": "巡检",
    "upgrade": "升级",
    "backup": "备份",
    "ivr_change": "流程调整",
    "hardware_change": "硬件更换",
    "complaint": "投诉",
    "human": "找人工",
    "other": "其他",
}
KIND_NAMES: Mapping[str, str] = {
    "component": "部件",
    "action": "动作",
    "symptom": "故障现象",
    "cannot": "不能",
    "failed": "动作的失败",
    "works": "正常",
    "scope": "范围",
    "anyone": "谁也（全部）",
    "noneof": "没有一个（全部）",
    "also": "都",
    "all_are": "全是",
    "neg": "否定",
    "deny": "否认",
    "recovered": "恢复",
    "demand": "要求",
    "pending": "尚未",
    "again": "又、仍",
    "occurs": "确已发生",
    "modal": "改变说法",
    "hypothetical": "假设",
    "will": "会",
    "howto": "问做法",
    "manage": "可问做法的事",
    "request": "请求",
    "record": "单据、名称",
    "of": "的",
    "listed": "并列",
    "others": "其他人",
    "except": "除外",
    "future": "将来",
    "contrast": "转折",
    "self": "我",
    "we": "我们",
    "tries": "试了几次",
    "question": "疑问",
    "idle": "都在干等",
    "unbidden": "自行、无故",
    "weak": "须有主语或副词的故障字",
    "note": "情形",
    "cue": "意图",
    "ignore": "不作数",
    "stop": "句末",
    "pause": "停顿",
}
MARK_NAMES: Mapping[str, str] = {
    "negation": "否定",
    "not yet": "尚未",
    "how to": "问做法",
    "request": "请求",
    "hypothetical": "假设",
    "recovered": "已恢复",
    "works": "正常",
    "others": "其他人",
    "speaker alone": "只说自己",
    "scope.all": "全部",
    "scope.many": "多人",
    "scope.some": "部分",
    "scope.one": "单个",
    "scope.unknown": "范围未说",
}
FATE_NAMES: Mapping[str, str] = {
    "negated": "被否定",
    "hypothetical": "只是假设",
    "define": "问含义",
    "howto": "问做法",
    "request": "是请求",
    "plan": "是计划",
    "past": "早先的事",
    "status": "问进展",
    "recovered": "已恢复",
    "foreign": "与平台无关",
    "record": "单据、名称",
    "speech": "客服的话",
}


def tables(e: Explanation) -> Iterable[Table | str]:
    """Yield the verdict in lines, then what was found and how it was weighed, in tables."""
    v = e.verdict
    yield f"结论  {v.label.value}（{INTENT_NAMES[v.intent]}）  规则 {v.rule}  条款 {v.clause or '—'}"
    yield f"把握  {v.confidence:.0%}  知识库版本 {e.version}"
    if v.ask:
        yield f"问客户  {v.ask}"
    if e.normalised != v.text:
        yield f"规范化  {e.normalised}"
    yield f"分词  {' / '.join(e.tokens)}"
    words = Table("词", "位置", "概念", "作用", title="命中的词")
    for match in e.matches:
        concept = f"{match.title}（{match.concept}）"
        words.add_row(match.text, f"{match.start}–{match.end}", concept, KIND_NAMES[match.kind])
    yield words
    clauses = Table("分句", "标记", title="分句")
    for clause in e.clauses:
        clauses.add_row(clause.text, "、".join(MARK_NAMES[mark] for mark in clause.marks) or "—")
    yield clauses
    if e.candidates:
        faults = Table("说法", "是否算故障", "规则", title="可能的故障")
        for one in e.candidates:
            why = "、".join(FATE_NAMES[fate] for fate in one.fate)
            faults.add_row(one.text, f"不算：{why}" if why else "算", one.rule or "—")
        yield faults
    rules = Table("规则", "结论", "条款", "落选原因", title="考虑过的规则")
    for rule in e.rules:
        rules.add_row(rule.rule, rule.label, rule.clause or "—", _lost(rule.lost))
    yield rules
    yield _weighed(e)
    yield _how_it_counts(e)
    if e.wishes:
        yield _wanted(e)
    if v.rule != e.found:
        yield f"词语指向 {e.found}，但说法的倾向更强，按 {v.rule}"


def _weighed(e: Explanation) -> Table:
    """Return the points of the way it is told, and what the rule that was found adds to them."""
    table = Table("说法", "优先等级1", "优先等级2", "非故障", title="说法的倾向（分）")

    def add(what: str, points: Iterable[float]) -> None:
        table.add_row(what, *(f"{value:+.2f}" for value in points))

    for sign in e.signs:
        add(sign.text, sign.adds)
    shown = [sum(points) for points in zip(*(sign.adds for sign in e.signs), strict=True)]
    if shown:
        add("其余说法和起点", [whole - part for whole, part in zip(e.telling, shown, strict=True)])
    add("说法合计", e.telling)
    if e.trust is not None:
        trust = (*e.trust, 0.0)
        add(f"规则 {e.found} 的分量", trust)
        add("两者相加", map(sum, zip(e.telling, trust, strict=True)))
        if e.apart is not None:
            apart = (*e.apart, 0.0)
            add("最重的一处，只看所在分句", apart)
            add(f"加上规则 {e.found} 的分量", map(sum, zip(apart, trust, strict=True)))
    return table


def _wanted(e: Explanation) -> Table:
    """Return what a message without a fault wants, by how it is put and by the rule."""
    table = Table("想要什么", "说法", "规则", "合计", "说得最多的字词", title="非故障：想要什么（分）")
    for wish in e.wishes:
        points = (f"{value:+.2f}" for value in (wish.told, wish.rule, wish.told + wish.rule))
        table.add_row(INTENT_NAMES[wish.intent], *points, " · ".join(wish.words) or "—")
    return table


def _how_it_counts(e: Explanation) -> str:
    """Return how the sums decide, where they do."""
    if e.trust is None:
        return f"说法不作数，由规则 {e.found} 定"
    if e.apart is not None:
        held = "按它定" if e.verdict.label is Label.P1 else "它也不到优先等级1"
        return f"报了几处故障，整段说法偏向优先等级2；单看最重的一处，{held}"
    p1, p2 = e.caution
    return f"最高的算数；非故障须比优先等级1高出 {p1:.2f}、比优先等级2高出 {p2:.2f}，否则按故障"


def _lost(why: str) -> str:
    if not why:
        return "采用"
    return (
        f"让给 {why.removeprefix('overridden by ')}" if why.startswith("over") else f"{why.split()[0]} 在先"
    )
