// A phone: a chat, who holds it, and what is written into it.

import { $, el } from "./dom.js";
import { build, withTimes } from "./message.js";

const NEAR_END_PX = 80;

export class Phone {
  /**
   * @param {HTMLElement} section
   * @param {(content: object) => Promise<void>} send  sends {text}, {choice} or {photo} as who holds the phone
   */
  constructor(section, send) {
    this.section = section;
    this.chat = $(".chat", section);
    this.writer = $("textarea", section);
    this.newest = $(".newest", section);
    this.failure = $(".failure", section);
    this.me = null;
    this.nodes = new Map();
    this.queue = Promise.resolve();
    this.sendContent = send;
    this.onDraft = () => {};
    this.listen();
  }

  listen() {
    $("form", this.section).addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.writer.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.submit();
    });
    this.writer.addEventListener("input", () => {
      this.fit();
      this.onDraft(this.writer.value);
    });
    $(".photo", this.section)?.addEventListener("click", () => this.send({ photo: true }));
    this.newest.addEventListener("click", () => this.toEnd());
    this.chat.addEventListener("scroll", () => {
      if (this.isAtEnd()) this.newest.hidden = true;
    });
  }

  /** Offer people as radio buttons; `pick(key)` is called with the one who holds the phone. */
  offerPeople(people, pick) {
    const name = `${this.section.id}-person`;
    const box = $(".people", this.section);
    for (const person of people) {
      const radio = el("input", { type: "radio", name, value: person.key, on: { change: () => pick(person.key) } });
      box.append(el("label", {}, radio, el("span.who", {}, person.label, person.hint && el("small", {}, person.hint))));
    }
  }

  hold(key, title, subtitle) {
    this.me = key;
    const radio = $(`input[value="${key}"]`, this.section);
    if (radio) radio.checked = true;
    $(".title", this.section).textContent = title;
    $(".subtitle", this.section).textContent = subtitle;
  }

  /** Offer phrases to tap. */
  offerPhrases(phrases) {
    const box = $(".phrases", this.section);
    const same = [...box.children].map((button) => button.textContent).join("\n") === phrases.join("\n");
    if (same) return;
    box.replaceChildren(...phrases.map((text) =>
      el("button", { type: "button", on: { click: () => this.send({ text }) } }, text)));
  }

  submit() {
    const text = this.writer.value;
    if (!text.trim()) return;
    this.writer.value = "";
    this.fit();
    this.send({ text }).then((sent) => {
      if (!sent && !this.writer.value) this.writer.value = text;
      this.onDraft(this.writer.value);
    });
  }

  /** Send in the order of the taps; tell in the phone when it did not work. */
  send(content) {
    this.queue = this.queue.then(async () => {
      try {
        await this.sendContent(content);
        this.failure.textContent = "";
        return true;
      } catch {
        this.failure.textContent = "没有发出去，请再试一次。";
        return false;
      }
    });
    return this.queue;
  }

  /** Show messages; nodes of unchanged ones stay, so that focus and scrolling stay too. */
  show(messages, { anew = false } = {}) {
    const wasAtEnd = anew || this.isAtEnd();
    const focused = document.activeElement?.closest?.("[data-key]");
    const lostFocus = this.chat.contains(focused) ? focused.dataset.key : null;
    this.chat.setAttribute("aria-busy", String(anew));
    if (anew) this.nodes.clear();
    const kept = new Map();
    const added = this.place(withTimes(messages), kept);
    this.nodes = kept;
    this.chat.setAttribute("aria-busy", "false");
    if (lostFocus && document.activeElement === document.body) this.refocus(lostFocus);
    if (wasAtEnd || added.some((message) => message.kind === "said" && message.who.user === this.me)) this.toEnd();
    else if (added.length) this.newest.hidden = false;
    return added;
  }

  place(messages, kept) {
    const added = [];
    const nodes = messages.map((message) => {
      const print = JSON.stringify([message, this.me]);
      let entry = this.nodes.get(message.key);
      if (!entry) added.push(message);
      if (entry?.print !== print) {
        const node = build(message, {
          me: this.me,
          onChoice: (choice) => this.send({ choice: choice.id }),
          onCard: (key) => this.toCard(key),
        });
        node.dataset.key = message.key;
        entry?.node.replaceWith(node);
        entry = { node, print };
      }
      kept.set(message.key, entry);
      return entry.node;
    });
    const wanted = new Set(nodes);
    for (const node of [...this.chat.children]) if (!wanted.has(node)) node.remove();
    nodes.forEach((node, index) => {
      if (this.chat.children[index] !== node) this.chat.insertBefore(node, this.chat.children[index] ?? null);
    });
    return added;
  }

  refocus(key) {
    const node = this.nodes.get(key)?.node;
    (node && $("button", node) ? $("button", node) : this.writer).focus({ preventScroll: true });
  }

  toCard(key) {
    const node = this.nodes.get(key)?.node;
    node?.scrollIntoView({ block: "center", behavior: "smooth" });
    (node && $("button", node) ? $("button", node) : node)?.focus({ preventScroll: true });
  }

  isAtEnd() {
    return this.chat.scrollHeight - this.chat.scrollTop - this.chat.clientHeight < NEAR_END_PX;
  }

  toEnd() {
    this.chat.scrollTop = this.chat.scrollHeight;
    this.newest.hidden = true;
  }

  fit() {
    this.writer.style.height = "auto";
    this.writer.style.height = `${Math.min(this.writer.scrollHeight, 120)}px`;
  }
}
