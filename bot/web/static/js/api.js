// What the page asks of the service.

const root = "/try/api/";

async function ask(path, settings) {
  const answer = await fetch(root + path, settings);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

const post = (path, body) =>
  ask(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

export const samples = () => ask("samples");
export const feed = (customer) => ask(`feed?customer=${encodeURIComponent(customer)}`);
export const understanding = (text) => post("understanding", { text });

/** Send one message; should the answer be lost and it be sent again, the key keeps it one. */
export const send = (message) => post("send", { key: crypto.randomUUID(), ...message });

/**
 * Call `onChange` whenever the chats have changed, and `onState` with whether the service is heard.
 * A page that is not looked at listens to nothing: a browser opens only six connections to one place.
 */
export function listen(onChange, onState) {
  let source = null;
  const start = () => {
    source ??= new EventSource(`${root}events`);
    source.addEventListener("change", onChange);
    source.addEventListener("open", () => onState(true));
    source.addEventListener("error", () => {
      onState(false);
      if (source.readyState === EventSource.CLOSED) {
        source = null;
        setTimeout(() => document.hidden || source || start(), 3000);
      }
    });
  };
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      source?.close();
      source = null;
    } else if (!source) {
      start();
    }
  });
  start();
}
