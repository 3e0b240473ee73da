// What the bot understood of one message: the words that counted, the rule and the clause, and what was set aside.

import { el } from "./dom.js";
import { FATES, GROUPS, INTENTS, LABELS, groupOf, sayClause, sayMark, sayScope } from "./words.js";

/** Show an explanation; `source` says where the text came from. */
export function showUnderstanding(box, explained, source) {
  if (!explained) {
    box.replaceChildren(el("p.empty", {}, "发一条消息，这里会显示：分词、命中的概念、否定与范围、判定的规则和合同条款。"));
    return;
  }
  box.replaceChildren(
    el("p.source", {}, source),
    sentence(explained),
    legend(explained.matches),
    explained.is_command ? command() : verdict(explained.verdict),
    el("dl.facts", {}, ...facts(explained)),
    rules(explained),
  );
}

const command = () => el("p.command", {}, "这是一条指令，直接执行，不按故障判断。");

function sentence(explained) {
  const text = explained.verdict.text;
  const owner = new Array(text.length).fill(null);
  const offsets = utf16Offsets(text);
  for (const match of explained.matches) owner.fill(match, offsets[match.start], offsets[match.end]);
  const evidence = new Set(explained.verdict.evidence.map((one) => `${one.start}-${one.end}`));
  const parts = [];
  for (let at = 0; at < text.length; ) {
    let end = at + 1;
    while (end < text.length && owner[end] === owner[at]) end += 1;
    parts.push(part(text.slice(at, end), owner[at], evidence));
    at = end;
  }
  return el("p.sentence", { lang: "zh-CN" }, ...parts);
}

function part(text, match, evidence) {
  if (!match) return text;
  const counted = evidence.has(`${match.start}-${match.end}`);
  const group = groupOf(match.kind);
  const hint = `${group.name}：${match.title}${counted ? "（判定的依据）" : ""}`;
  return el(counted ? "mark.counted" : "mark", { data: { group: group.id }, title: hint }, text);
}

/** The service counts characters, JavaScript counts UTF-16 units: an emoji is one and two. */
function utf16Offsets(text) {
  const offsets = [];
  let at = 0;
  for (const character of text) {
    offsets.push(at);
    at += character.length;
  }
  offsets.push(at);
  return offsets;
}

function legend(matches) {
  const present = new Set(matches.map((match) => groupOf(match.kind).id));
  const items = GROUPS.map((group) =>
    el(present.has(group.id) ? "li" : "li.absent", {}, el("mark", { data: { group: group.id } }, group.name)));
  return el("ul.legend", { "aria-label": "颜色的含义" }, ...items, el("li", {}, el("mark.counted", {}, "粗线：判定的依据")));
}

function verdict(found) {
  const percent = Math.round(found.confidence * 100);
  return el("div.verdict", {},
    el("strong.label", { data: { label: found.label } }, LABELS[found.label] ?? found.label),
    found.label === "none" ? el("span", {}, INTENTS[found.intent] ?? found.intent) : el("span", {}, sayClause(found.clause)),
    el("span", {}, "规则 ", el("code", {}, found.rule)),
    el("label.confidence", {}, `把握 ${percent}%`, el("meter", { min: 0, max: 100, low: 75, high: 90, optimum: 100, value: percent })),
    found.ask && el("p.ask", {}, `会追问：${found.ask}`));
}

/** Punctuation and case aside: they are normalised too, but that is no news. */
const letters = (text) => text.toLowerCase().replace(/[\p{P}\p{Z}\p{C}]/gu, "");

function facts(explained) {
  const { tokens, clauses, candidates, scope, quantities, normalised, verdict: found } = explained;
  const set = candidates.filter((one) => one.fate.length);
  const marked = clauses.filter((clause) => clause.marks.length);
  return [
    letters(normalised) !== letters(found.text) && fact("归一后", el("span", {}, normalised)),
    fact("分词", chips(tokens.filter(letters).map((token) => [token]))),
    marked.length && fact("分句", chips(marked.map((clause) => [clause.text.trim(), clause.marks.map(sayMark).join("、")]))),
    (scope.length || quantities.length) && fact("影响范围", chips([
      ...scope.map((one) => [sayScope(one)]),
      ...quantities.map(([text, one]) => [text, sayScope(one)]),
    ])),
    set.length && fact("没有采纳", chips(set.map((one) => [one.text, one.fate.map((fate) => FATES[fate] ?? fate).join("、")]))),
  ].filter(Boolean).flat();
}

const fact = (name, content) => [el("dt", {}, name), el("dd", {}, content)];

const chips = (pairs) =>
  el("ul.chips", {}, ...pairs.map(([text, hint]) => el("li", {}, text, hint && el("small", {}, hint))));

function rules(explained) {
  if (explained.is_command || explained.rules.length < 2) return "";
  const rows = explained.rules.map((rule) =>
    el(rule.lost ? "li" : "li.won", {}, el("code", {}, rule.rule), ` ${LABELS[rule.label] ?? rule.label} · ${sayClause(rule.clause)}`,
      rule.lost ? el("small", {}, "让给更严或更具体的规则") : el("small", {}, "采用")));
  return el("details.rules", {}, el("summary", {}, `符合条件的规则 ${rows.length} 条`), el("ol", {}, ...rows));
}
