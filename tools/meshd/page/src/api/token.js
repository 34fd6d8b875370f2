import { byId, setText } from "../dom.js";

const KEY = "meshd-token";
let asking = null;
let declined = false;

export function token() {
  try {
    return sessionStorage.getItem(KEY) ?? "";
  } catch {
    return remembered;
  }
}

// Used where the browser denies session storage.
let remembered = "";

function keep(value) {
  remembered = value;
  try {
    if (value) sessionStorage.setItem(KEY, value);
    else sessionStorage.removeItem(KEY);
  } catch {
    // The copy in memory serves until the page is closed.
  }
}

/**
 * Asks for a token; callers that ask meanwhile share the answer. Resolves to
 * whether the user entered one. If the user has declined before, only callers
 * with `insist` ask again; they serve something that the user has asked for.
 */
export function askForToken(reason, insist) {
  if (declined && !insist) return Promise.resolve(false);
  asking ??= ask(reason).finally(() => {
    asking = null;
  });
  return asking;
}

function ask(reason) {
  const dialog = byId("token-dialog");
  const field = byId("token-field");
  setText(byId("token-reason"), reason);
  field.value = "";
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      const value = field.value.trim();
      field.value = "";
      const entered = dialog.returnValue === "use" && value !== "";
      declined = !entered;
      if (entered) keep(value);
      resolve(entered);
    }, { once: true });
  });
}

export function forgetToken() {
  keep("");
}
