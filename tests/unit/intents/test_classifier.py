"""What the classifier promises for any text at all, and with either set of engines."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intents import INTENTS, Classifier, Label, Verdict, default_classifier
from intents.tables import normalise
from knowledge import load
from tests.bench.classify_speed import FIRST
from tests.golden.utterances import read_golden

PLAIN = Classifier(load(), accelerate=False)
TERMS = [term.text for term in default_classifier().terms]
ANY_TEXT = st.text(st.characters(codec=None), max_size=200)  # halves of surrogate pairs too
TERM_SALAD = st.lists(st.one_of(st.sampled_from(TERMS), st.text(max_size=3)), max_size=25).map("".join)


def sound(verdict: Verdict, text: str) -> bool:
    spans = all(
        e.text == text[e.start : e.end] and 0 <= e.start < e.end <= len(text) for e in verdict.evidence
    )
    fault = verdict.label is not Label.NONE
    return (
        spans
        and verdict.intent in INTENTS
        and fault == (verdict.intent == "fault")
        and 0 < verdict.confidence <= 1
    )


@settings(max_examples=300, deadline=None)
@given(st.one_of(ANY_TEXT, TERM_SALAD))
def test_any_string_gets_a_verdict_whose_spans_lie_in_the_text(text: str) -> None:
    assert sound(default_classifier().classify(text), text)


@settings(max_examples=200, deadline=None)
@given(st.one_of(ANY_TEXT, TERM_SALAD))
def test_verdicts_are_the_same_without_the_fast_engines(text: str) -> None:
    assert PLAIN.classify(text) == default_classifier().classify(text)


def test_golden_verdicts_are_the_same_without_the_fast_engines() -> None:
    for row in read_golden():
        assert PLAIN.classify(row["text"]) == default_classifier().classify(row["text"])


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="電話打不進來，系統崩潰ＩＶＲｓ３０%　\u2028İßﬁ😀所有坐席都登錄唔到", max_size=60))
def test_spans_point_into_the_text_as_it_was_written(text: str) -> None:
    verdict = default_classifier().classify(text)
    assert sound(verdict, text)
    for span in verdict.evidence:
        assert normalise(span.text) == normalise(text)[span.start : span.end]


@settings(max_examples=100, deadline=None)
@given(TERM_SALAD)
def test_an_explanation_is_plain_data_about_the_same_verdict(text: str) -> None:
    explanation = default_classifier().explain(text)
    assert explanation.verdict == default_classifier().classify(text)
    assert explanation.rules[0].rule == explanation.found
    assert (
        json.loads(json.dumps(explanation.to_dict()))["verdict"]["label"] == explanation.verdict.label.value
    )


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("所有坐席都登錄不上", "登錄不上"),
        ("ＳＩＰ中继断了", "断了"),
        ("电话打不近来了", "打不近来"),
        ("\ud83d系统崩了", "崩了"),
    ],
)
def test_evidence_is_quoted_as_the_customer_wrote_it(text: str, span: str) -> None:
    assert span in [e.text for e in default_classifier().classify(text).evidence]


def test_an_empty_message_is_no_fault() -> None:
    verdict = default_classifier().classify("")
    assert (verdict.label, verdict.evidence) == (Label.NONE, ())


@pytest.mark.parametrize("text", ["系统", "有问题", "不太对劲"])
def test_a_subject_without_a_symptom_is_asked_about(text: str) -> None:
    verdict = default_classifier().classify(text)
    assert verdict.label is Label.NONE
    assert verdict.ask


@pytest.mark.parametrize("text", ["谢谢", "你好", "怎么登录", "续费多少钱"])
def test_what_is_clearly_no_fault_is_not_asked_about(text: str) -> None:
    assert default_classifier().classify(text).ask is None


def test_a_grave_fault_without_a_scope_asks_whom_it_meets() -> None:
    assert default_classifier().classify("系统登录不上").ask
    assert default_classifier().classify("所有坐席都登录不上").ask is None


def test_evidence_names_the_component_and_the_symptom() -> None:
    concepts = {e.concept for e in default_classifier().classify("录音播放报错").evidence}
    assert {"recording", "fail.generic"} <= concepts


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("听不到录音", "recording"),
        ("打不开上个月的录音", "recording"),
        ("转接失败", "agent.callcontrol"),
        ("外呼失败", "outbound"),
        ("监听不了", "agent.supervise"),
        ("服务器无响应", "platform.server"),
        ("网络不通", "platform.network"),
        ("进不了系统", "platform.system"),
        ("队列满了", "queue"),
        ("弹屏功能用不了", "popup"),
        ("投诉组排队的电话分不下去", "queue"),
        ("400热线打进来一直忙音", "line.trunk"),
        ("耳机接口松了，对方听不到声音", "agent.headset"),
        ("报表菜单打不开", "report"),
        ("右键菜单没了", "platform.page"),
        ("话机按键没反应", "agent.phone"),
        ("电脑主机不亮了", "agent.pc"),
        ("录音服务器连不上", "platform.server"),
        ("工单状态不更新", "report"),
        ("oracle监听起不来", "platform.database"),
        ("上周的话单全没了", "data"),
        ("话机屏幕显示未注册", "agent.phone"),
        ("溢出到备用组不起作用", "queue"),
        ("话务条不显示来电号码", "agent.softphone"),
        ("班长账号看不到本组录音", "permission"),
        ("班长账号看不到本组录音", "recording"),
    ],
)
def test_the_part_that_failed_is_found_by_itself(text: str, part: str) -> None:
    assert part in {e.concept for e in default_classifier().classify(text).evidence}


@pytest.mark.parametrize("text", ["报表菜单打不开", "右键菜单没了", "系统菜单少了两项"])
def test_a_menu_on_a_screen_is_not_the_ivrs(text: str) -> None:
    assert "ivr" not in {e.concept for e in default_classifier().classify(text).evidence}


def test_the_graver_of_two_faults_decides() -> None:
    assert default_classifier().classify("我的耳机没声音，另外服务器宕机了").label is Label.P1


def test_a_message_of_many_clauses_is_read_to_its_end() -> None:
    assert default_classifier().classify("一切正常，" * 300 + "但是刚才服务器宕机了").label is Label.P1


def test_all_that_is_loaded_once_is_loaded_for_the_first_message_of_the_benchmark() -> None:
    classifier = Classifier(load())
    classifier.classify(FIRST)
    assert classifier._homophones
    assert classifier._fuzzy
    assert classifier._segment
    assert classifier._segment._cut


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("现在能登录了吗", "status"),
        ("系统恢复正常了么", "status"),
        ("系统正常吗", "howto"),
        ("能用手机登录吗", "howto"),
        ("按要求重启后恢复了", "recovered"),
        ("按工程师要求操作后好了", "recovered"),
        ("领导要求半小时内恢复", "urge"),
        ("能打电话给我吗", "human"),
        ("没有了", "thanks"),
    ],
)
def test_only_what_is_said_to_work_again_has_recovered(text: str, intent: str) -> None:
    assert default_classifier().classify(text).intent == intent


@pytest.mark.parametrize("text", ["电话打不出去", "一转接客户就听到忙音"])
def test_the_question_fits_what_a_fault_has_said_already(text: str) -> None:
    verdict = default_classifier().classify(text)
    assert verdict.rule == "p2.told"
    assert verdict.ask == default_classifier().base.questions["priority"]
