// One message as a chat shows it.

import { el } from "./dom.js";
import { sayTime } from "./times.js";

const SEPARATED_MS = 5 * 60 * 1000;

/** Put the time between messages that are some minutes apart, as chats do. */
export function withTimes(messages) {
  const shown = [];
  let last = 0;
  for (const message of messages) {
    const at = Date.parse(message.at);
    if (at - last > SEPARATED_MS) shown.push({ key: `time-${message.key}`, kind: "time", text: sayTime(message.at) });
    last = at;
    shown.push(message);
  }
  return shown;
}

/**
 * @param {object} message  as the service tells it
 * @param {object} view     `me`: key of who holds the phone; `onChoice(choice)`; `onCard(key)`
 */
export function build(message, view) {
  if (message.kind === "time") return el("p.time", {}, message.text);
  if (message.kind === "note") return note(message, view);
  return message.kind === "said" ? said(message, view) : told(message, view);
}

function note(message, view) {
  const show = { type: "button", on: { click: () => view.onCard(message.card) }, title: "看这张卡片" };
  return el("p.note", {}, el("button", show, message.text, el("span.up", { "aria-hidden": "true" }, " ↑")));
}

function said(message, view) {
  const mine = message.who.user === view.me;
  const bubble = el("div.bubble", {}, message.text && el("p.text", {}, message.text));
  for (let count = 0; count < message.photos; count += 1) {
    bubble.classList.add("picture");
    bubble.append(el("img", { src: "/try/static/img/screenshot.svg", alt: "一张报错截图（示意）", width: 160, height: 104 }));
  }
  const name = el(mine ? "span.name.quiet" : "span.name", {}, message.who.name);
  return el(mine ? "article.mine" : "article.theirs", { "aria-label": `${message.who.name} ${sayTime(message.at)}` },
    el("span.avatar", { "aria-hidden": "true", data: { tone: tone(message.who.user) } }, message.who.name.slice(0, 1)),
    el("div.body", {}, name, bubble));
}

function told(message, view) {
  const lines = message.text.split("\n");
  const isHeaded = lines.length > 1 && (message.is_card || lines[0].endsWith("。"));
  const lead = isHeaded ? el("p.lead", {}, ...unbroken(lines.shift())) : null;
  const text = el("p.text", {}, ...unbroken(lines.join("\n")));
  const bubble = el(message.is_card ? "div.bubble.card" : "div.bubble", {}, lead, text);
  if (message.choices.length) bubble.append(choices(message, view));
  if (message.edited_at) bubble.append(el("small.edited", {}, `已更新 ${sayTime(message.edited_at)}`));
  return el("article.theirs.bot", { "aria-label": `机器人 ${sayTime(message.at)}`, tabindex: -1 },
    el("img.avatar", { src: "/try/static/img/mark.svg", alt: "" }), el("div.body", {}, bubble));
}

/** Keep phone numbers and hours on one line. */
const unbroken = (text) =>
  text.split(/(\d+(?:[:–-]\d+)+)/).map((piece, index) => (index % 2 ? el("span.unbroken", {}, piece) : piece));

function choices(message, view) {
  const buttons = message.choices.map((choice) =>
    el(choice.tapped ? "button.choice.tapped" : "button.choice", {
      type: "button",
      title: `也可以输入：${choice.typed}`,
      data: { choice: choice.id },
      on: { click: () => view.onChoice(choice) },
    }, choice.label));
  return el("div.choices", { role: "group", "aria-label": "可选的回复" }, ...buttons);
}

function tone(user) {
  return String([...user].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 5);
}
