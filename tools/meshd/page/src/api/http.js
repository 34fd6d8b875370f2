import { shown } from "../text.js";
import { askForToken, token } from "./token.js";

const TIME_OUT = 15_000;

/** A failure that the service reports, or the lack of an answer (status 0). */
export class ApiError extends Error {
  constructor(status, code, message, hint = "") {
    super(message);
    this.status = status;
    this.code = code;
    this.hint = hint;
  }

  /** What to tell the user. */
  get text() {
    return this.hint ? `${this.message} ${this.hint}` : this.message;
  }
}

/** What to tell the user about any error. */
export function errorText(error) {
  return error instanceof ApiError ? error.text : shown(error?.message ?? error, 200);
}

/**
 * Encodes a name as one segment of a path. Refuses `.` and `..`: browsers resolve
 * them even if they are encoded, so they would address something else.
 */
export function segment(name) {
  if (name === "" || name === "." || name === "..")
    throw new ApiError(0, "bad_name", `A browser cannot address the name “${shown(name)}”.`, "Use meshctl or curl --path-as-is.");
  try {
    return encodeURIComponent(name);
  } catch {
    throw new ApiError(0, "bad_name", `The name “${shown(name)}” is not valid Unicode.`);
  }
}

function refusal(status, code, method) {
  if (status === 401 && token() === "") return "This node asks for a token.";
  if (status === 401) return "The node did not accept the token.";
  if (status !== 403 || code !== "token_refused") return "";
  return method === "GET" ? "The node refused the token." : "This token may not change anything. Enter a token with the right to write.";
}

async function problemOf(response) {
  let body = {};
  try {
    body = JSON.parse((await response.text()).slice(0, 20_000)) ?? {};
  } catch {
    // The answer is not from meshd but, for example, a proxy's error page, so only its status is of use.
  }
  const message = shown(body.detail || body.title || `The node answered with status ${response.status}.`, 300);
  return new ApiError(response.status, String(body.code ?? ""), message, shown(body.hint ?? "", 300));
}

function attempt(method, path, { body, type, headers = {}, signal, lasting = false } = {}) {
  const all = { ...headers };
  if (type) all["Content-Type"] = type;
  if (token()) all.Authorization = `Bearer ${token()}`;
  const signals = [signal, lasting ? null : AbortSignal.timeout(TIME_OUT)].filter(Boolean);
  return fetch(path, {
    method, body, headers: all, cache: "no-store", credentials: "omit", redirect: "error", referrerPolicy: "no-referrer",
    signal: signals.length ? AbortSignal.any(signals) : undefined,
  });
}

/**
 * Sends one request to a path relative to the page. If the node wants a token,
 * asks the user for one and tries again. With the option `lasting`, there is no
 * time-out. Throws ApiError.
 */
export async function call(method, path, options = {}) {
  for (;;) {
    const used = token();
    let response;
    try {
      response = await attempt(method, path, options);
    } catch (error) {
      if (options.signal?.aborted) throw error;
      throw new ApiError(0, "no_answer", "The node does not answer.", "Check that meshd is running.");
    }
    if (response.ok || response.status === 304) return response;
    const problem = await problemOf(response);
    const reason = refusal(problem.status, problem.code, method);
    // Another request may have obtained a token while this one was under way.
    if (reason && (token() !== used || (await askForToken(reason, method !== "GET")))) continue;
    throw problem;
  }
}

export async function getJson(path, options) {
  return (await call("GET", path, options)).json();
}

export function sendJson(method, path, value) {
  return call(method, path, { body: JSON.stringify(value), type: "application/json" });
}
