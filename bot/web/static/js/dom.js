// The only way in which this page makes elements: text is set as text, so that markup in a message stays text.

/**
 * @param {string} tag       name, with classes: "p.lead.soft"
 * @param {object} settings  properties and attributes; `on` holds listeners, `data` data attributes
 * @param {...(Node|string|null|undefined|false)} children
 */
export function el(tag, settings = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const made = document.createElement(name);
  made.classList.add(...classes);
  for (const [key, value] of Object.entries(settings)) {
    if (key === "on") {
      for (const [event, listener] of Object.entries(value)) made.addEventListener(event, listener);
    } else if (key === "data") {
      Object.assign(made.dataset, value);
    } else if (value === true) {
      made.setAttribute(key, "");
    } else if (value !== false && value !== null && value !== undefined) {
      made.setAttribute(key, value);
    }
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export const $ = (selector, inside = document) => inside.querySelector(selector);
