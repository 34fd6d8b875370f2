export function byId(id) {
  return document.getElementById(id);
}

/**
 * Makes an element. Attributes that begin with `on` are listeners. `false` and
 * null leave an attribute out. Children that are not nodes become text nodes.
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Sets the text only if it differs, so that the browser need not lay out unchanged cells again. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function setHidden(element, hidden) {
  if (element.hidden !== hidden) element.hidden = hidden;
}

/** Sets an attribute, or removes it if the value is null. */
export function setAttribute(element, name, value) {
  if (value === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** Returns a function that runs `task` in the next frame, once however often it is called before that. */
export function oncePerFrame(task) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      task();
    });
  };
}

/** Returns a function that runs `task` soon, but at most once in `interval` milliseconds. */
export function throttled(task, interval) {
  let timer = null;
  let last = -Infinity;
  return () => {
    if (timer !== null) return;
    timer = setTimeout(() => {
      timer = null;
      last = performance.now();
      task();
    }, Math.max(0, last + interval - performance.now()));
  };
}
