// A customer's tickets: where each stands, and its deadline counting down with its receipt.

import { $, el } from "./dom.js";
import { now, sayLength, saySpan, sayTime } from "./times.js";

let shown = [];

/** Show tickets; what counts down is redrawn by `tick`. */
export function showTickets(box, tickets) {
  const print = JSON.stringify(tickets);
  if (box.dataset.print === print) return;
  box.dataset.print = print;
  shown = tickets.map((ticket) => ({ ticket, node: card(ticket) }));
  box.replaceChildren(...shown.map((one) => one.node));
  if (!shown.length) box.append(el("p.empty", {}, "还没有工单。报修后，这里会显示响应期限、倒计时和逐段的算法。"));
  tick();
}

/** Redraw what time changes. */
export function tick() {
  for (const { ticket, node } of shown) {
    const timer = $(".timer", node);
    if (!timer) continue;
    const state = stateOf(ticket);
    timer.dataset.state = state.name;
    $(".left", timer).textContent = state.text;
    $(".hint", timer).textContent = state.hint;
    const bar = $("progress", node);
    if (bar) bar.value = used(ticket.deadline.windows, ticket.responded_at);
  }
}

function stateOf(ticket) {
  const { deadline } = ticket;
  const due = Date.parse(deadline.due);
  if (ticket.responded_at) {
    const early = due - Date.parse(ticket.responded_at);
    const hint = deadline.is_at_once ? "工程师已响应" : early >= 0 ? `在期限内，提前 ${sayLength(early)}` : `超过期限 ${sayLength(early)}`;
    return { name: early >= 0 || deadline.is_at_once ? "met" : "late", text: `${sayTime(ticket.responded_at)} 已响应`, hint };
  }
  if (!ticket.is_live) return { name: "closed", text: ticket.state, hint: `响应期限 ${sayTime(deadline.due)}` };
  const left = due - now();
  if (deadline.is_at_once && left <= 0) return { name: "soon", text: saySpan(left), hint: "应立即响应，已等待" };
  if (left < 0) return { name: "late", text: saySpan(left), hint: `已超期，期限是 ${sayTime(deadline.due)}` };
  return { name: left < 15 * 60 * 1000 ? "soon" : "running", text: saySpan(left), hint: `距响应期限 ${sayTime(deadline.due)}` };
}

/** Milliseconds of the counted windows that have passed. */
function used(windows, until) {
  const end = until ? Date.parse(until) : now();
  return windows.reduce((sum, [from, to]) => sum + Math.max(0, Math.min(end, Date.parse(to)) - Date.parse(from)), 0);
}

const whole = (windows) => windows.reduce((sum, [from, to]) => sum + Date.parse(to) - Date.parse(from), 0);

function card(ticket) {
  return el("article.ticket", { "aria-label": `工单 ${ticket.number}` },
    el("header", {},
      el("strong.number", {}, ticket.number),
      el("span.pill", { data: { rank: ticket.is_certain ? ticket.rank : 0 } }, ticket.is_certain || ticket.rank > 1 ? ticket.priority : `${ticket.priority}（存疑）`),
      el("span.pill", {}, ticket.standing),
      el("span.pill", { data: { state: ticket.is_live ? "live" : "done" } }, ticket.assignee && ticket.is_live ? `${ticket.state} · ${ticket.assignee}` : ticket.state)),
    el("p.summary", {}, ticket.summary),
    ticket.deadline ? clock(ticket) : el("p.none", {}, ticket.why_none),
    el("dl.views-of", { "aria-label": "优先级由双方共同确认" }, ...ticket.views.flatMap(view)));
}

const view = ({ who, view: said, why }) => [el("dt", {}, who), el("dd", {}, said, why && el("small", {}, why))];

function clock(ticket) {
  const { windows, receipt } = ticket.deadline;
  return el("div", {},
    el("div.timer", { role: "timer" }, el("span.hint", {}), el("span.left", {})),
    windows.length ? el("progress", { max: whole(windows), value: 0, "aria-label": "已用的服务时间" }) : "",
    el("ol.receipt", { "aria-label": "期限是这样算的" }, ...receipt.map((line) => el("li", {}, line))));
}
