// Puts the page together: who is played, what is shown, and when it is asked for again.

import * as api from "./api.js";
import { $, el } from "./dom.js";
import { Phone } from "./phone.js";
import { showTickets, tick } from "./tickets.js";
import { setNow } from "./times.js";
import { showUnderstanding } from "./understanding.js";

const POLL_MS = 3000;
const DRAFT_MS = 250;
const BETWEEN_MESSAGES_MS = 700;
const TOGETHER_MS = 5 * 60 * 1000; // as the dialogue reads fragments

const state = { customer: null, staff: null, samples: null, said: { text: null, source: "" }, draft: "", heard: true };
const customerPhone = new Phone($("#customer-phone"), (content) => send("customer", content));
const staffPhone = new Phone($("#staff-phone"), (content) => send("staff", content));

async function send(side, content) {
  await api.send({ side, customer: state.customer.key, staff: state.staff.key, ...content });
  refresh();
}

// --- what is shown

let asking = false;
let askAgain = false;

/** Ask for the chats; however often it is called, one question is under way at a time. */
async function refresh({ anew = false } = {}) {
  if (anew) state.anew = true;
  if (asking) {
    askAgain = true;
    return;
  }
  asking = true;
  do {
    askAgain = false;
    const key = state.customer.key;
    try {
      const feed = await api.feed(key);
      setTrouble(false);
      if (key === state.customer.key) show(feed);
      else askAgain = true;
    } catch {
      setTrouble(true);
    }
  } while (askAgain);
  asking = false;
}

function show(feed) {
  setNow(feed.now);
  const { messages, tickets } = feed.customer;
  customerPhone.show(messages, { anew: state.anew });
  const news = staffPhone.show(feed.staff.messages, { anew: state.anewStaff });
  if (!state.anewStaff && document.body.dataset.view !== "staff") count(news.filter((message) => message.kind === "told").length);
  state.anew = state.anewStaff = false;
  showTickets($("#tickets"), tickets);
  const latest = tickets.find((ticket) => ticket.is_live) ?? tickets[0];
  const fill = (phrase) => phrase.replace("{n}", latest?.id);
  staffPhone.offerPhrases(state.samples.staff_phrases.filter((phrase) => latest || !phrase.includes("{n}")).map(fill));
  state.said = saidLast(messages);
  explain();
}

/** What the customer said last, with what they had just said about the same ticket: it is read together. */
function saidLast(messages) {
  const said = messages.filter((message) => message.kind === "said" && !message.tapped && message.text.trim());
  const last = said.at(-1);
  if (!last) return { text: null, source: "" };
  const isPart = (one) =>
    one === last || (last.ticket && one.ticket === last.ticket && Date.parse(last.at) - Date.parse(one.at) <= TOGETHER_MS);
  const parts = said.filter(isPart).map((one) => one.text);
  return { text: parts.join("，"), source: parts.length > 1 ? `客户刚才说的 ${parts.length} 条，连起来看` : "客户刚才说" };
}

let lastExplained = null;

async function explain() {
  const isDraft = Boolean(state.draft.trim());
  const { text, source } = isDraft ? { text: state.draft, source: "正在输入" } : state.said;
  if (lastExplained === `${source} ${text}`) return;
  lastExplained = `${source} ${text}`;
  const explained = text ? await api.understanding(text).catch(() => null) : null;
  if (lastExplained === `${source} ${text}`) showUnderstanding($("#understanding"), explained, source);
}

let draftTimer = 0;
customerPhone.onDraft = (text) => {
  state.draft = text;
  clearTimeout(draftTimer);
  draftTimer = setTimeout(explain, DRAFT_MS);
};

function setTrouble(isThere) {
  $("#trouble").hidden = !isThere;
}

// --- who is played

function playCustomer(key) {
  const one = state.samples.customers.find((customer) => customer.key === key);
  state.customer = one;
  customerPhone.hold(key, `${one.name} · ${one.person}`, one.level ? `${one.level} · 服务时段：${one.hours}` : "还没有绑定合同");
  refresh({ anew: true });
}

function playStaff(key) {
  state.staff = state.samples.staff.find((person) => person.key === key);
  staffPhone.hold(key, `值班群（${state.samples.staff.length}）`, `您是${state.staff.name}，群里的人看到同样的卡片`);
  state.anewStaff = true;
  refresh();
}

// --- sentences to tap

function offerSentences(groups) {
  const sections = groups.map((group) =>
    el("div.group", { role: "group", "aria-label": group.title }, el("h3", {}, group.title), ...group.sentences.map(sentenceButton)));
  $("#sentences").replaceChildren(...sections);
}

function sentenceButton(sentence) {
  const words = sentence.messages.map((text) => text ?? "［截图］").join(" / ");
  return el("button.sentence-button", { type: "button", on: { click: () => say(sentence.messages) } },
    el("small", {}, sentence.shows), el("span", {}, words));
}

async function say(messages) {
  for (const [index, text] of messages.entries()) {
    if (index) await new Promise((done) => setTimeout(done, BETWEEN_MESSAGES_MS));
    if (!(await customerPhone.send(text === null ? { photo: true } : { text }))) return;
  }
}

// --- one part at a time on a narrow screen

let unseen = 0;

function count(news) {
  unseen += news;
  const badge = $(".views .badge");
  badge.hidden = !unseen;
  badge.textContent = unseen > 99 ? "99+" : String(unseen);
  badge.setAttribute("aria-label", `${unseen} 条新消息`);
}

function view(name) {
  document.body.dataset.view = name;
  for (const button of document.querySelectorAll(".views button")) {
    button.setAttribute("aria-pressed", String(button.dataset.view === name));
  }
  if (name === "staff") count(-unseen);
  customerPhone.toEnd();
  staffPhone.toEnd();
}

for (const button of document.querySelectorAll(".views button")) {
  button.addEventListener("click", () => view(button.dataset.view));
}

// --- start

const shortName = (name) => name.slice(0, 4);

async function start() {
  try {
    state.samples = await api.samples();
  } catch {
    setTrouble(true);
    setTimeout(start, POLL_MS);
    return;
  }
  const { customers, staff, groups, customer_phrases: phrases } = state.samples;
  customerPhone.offerPeople(customers.map(({ key, name, level }) =>
    ({ key, label: level ? shortName(name) : "新访客", hint: level ?? "未绑定" })), playCustomer);
  staffPhone.offerPeople(staff.map(({ key, name }) => ({ key, label: name })), playStaff);
  customerPhone.offerPhrases(phrases);
  offerSentences(groups);
  state.customer = customers[0];
  playStaff(staff[0].key);
  playCustomer(customers[0].key);
  api.listen(() => refresh(), (heard) => {
    state.heard = heard;
    if (!heard) refresh(); // says at once whether the service is gone
  });
  setInterval(() => { if ((!state.heard || !$("#trouble").hidden) && !document.hidden) refresh(); }, POLL_MS);
  setInterval(tick, 1000);
}

start();
