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
 * Asks the user for a token. Callers that ask at the same time share one dialog.
 * Resolves to whether the user has entered a token. If the user has declined
 * before, the dialog is shown again only with `insist`, which is for requests that
 * the user has made.
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
