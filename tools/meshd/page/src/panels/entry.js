import { call, errorText, segment } from "../api/http.js";
import { byId, el, setHidden, setText } from "../dom.js";
import { asText, preview } from "../payload.js";
import { bytes, hasInvisible, shown } from "../text.js";

const MAX_EDITED = 1024 * 1024;

/** Views, edits and deletes one entry of the store. A write succeeds only if nobody has changed the entry meanwhile. */
export class EntryPanel {
  #notice;
  #onOpened;
  /** {key, etag, text} as last read. A new entry has no `etag`, a value that cannot be edited has no `text`. */
  #entry = null;
  #value = byId("entry-value");

  constructor(notice, onOpened) {
    this.#notice = notice;
    this.#onOpened = onOpened;
    byId("entry-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#save(this.#entry.etag);
    });
    byId("entry-delete").addEventListener("click", () => this.#delete());
    byId("entry-theirs").addEventListener("click", () => this.open(this.#entry.key));
    byId("entry-mine").addEventListener("click", () => this.#overwrite());
  }

  create(prefix) {
    this.#entry = { key: null, etag: null, text: "" };
    byId("entry-key").value = prefix;
    this.#show("New key", "");
    byId("entry-key").focus();
  }

  async open(key) {
    await this.#notice.during(async () => {
      const response = await call("GET", `v1/kv/${segment(key)}`);
      const data = new Uint8Array(await response.arrayBuffer());
      this.#entry = { key, etag: response.headers.get("ETag"), text: editableText(data) };
      this.#show(shown(key, 200), this.#entry.text ?? preview(data));
      this.#facts([["Size", bytes(data.length)], ["ETag", shown(this.#entry.etag)], this.#entry.text === null ? ["Value", "binary or with invisible characters, read only"] : null]);
      this.#onOpened(key);
      byId("entry-title").scrollIntoView({ block: "nearest" });
    });
  }

  /**
  * Takes an event of the store. After a change of the open entry, shows the new value; if the entry was
  * deleted, or the user has edited it, shows a warning.
  */
  changedElsewhere(type, { key, etag }) {
    if (!this.#entry || key !== this.#entry.key || sameTag(etag, this.#entry.etag)) return;
    if (this.#saving) return;
    if (type === "put" && this.#value.value === this.#entry.text) return void this.open(key);
    this.#conflict(type === "put" ? "Another writer has changed this entry." : "Another writer has deleted this entry.");
  }

  #saving = false;

  #show(title, text) {
    const readOnly = this.#entry.text === null;
    setText(byId("entry-title"), title);
    setHidden(byId("entry-form"), false);
    setHidden(byId("entry-hint"), true);
    setHidden(byId("entry-key-row"), this.#entry.key !== null);
    setHidden(byId("entry-conflict"), true);
    setHidden(byId("entry-delete"), this.#entry.key === null);
    byId("entry-save").disabled = readOnly;
    this.#value.readOnly = readOnly;
    this.#value.value = text;
    this.#disarm();
    setText(byId("entry-state"), "");
    this.#facts([]);
  }

  #facts(facts) {
    byId("entry-facts").replaceChildren(...facts.filter(Boolean).map(([term, text]) => el("div", {}, el("dt", {}, term), el("dd", { class: "code" }, text))));
  }

  #conflict(text) {
    setText(byId("entry-conflict-text"), `${text} Your edit is still below and has not been saved.`);
    setHidden(byId("entry-conflict"), false);
  }

  async #save(etag) {
    const key = this.#entry.key ?? byId("entry-key").value;
    const text = this.#value.value;
    const headers = etag === null ? { "If-None-Match": "*" } : { "If-Match": etag };
    await this.#write("saved", async () => {
      const response = await call("PUT", `v1/kv/${segment(key)}`, { body: new TextEncoder().encode(text), type: "application/octet-stream", headers });
      this.#entry = { key, etag: response.headers.get("ETag"), text };
      if (this.#entry.etag === null) await this.open(key);
      this.#afterSave(key, text);
    });
  }

  #afterSave(key, text) {
    setText(byId("entry-title"), shown(key, 200));
    setHidden(byId("entry-key-row"), true);
    setHidden(byId("entry-delete"), false);
    setHidden(byId("entry-conflict"), true);
    this.#facts([["Size", bytes(new TextEncoder().encode(text).length)], ["ETag", shown(this.#entry.etag)]]);
    this.#onOpened(key);
  }

  /** Overwrites the stored value, even if another writer has changed it. */
  async #overwrite() {
    await this.#notice.during(async () => {
      let etag = null;
      try {
        etag = (await call("GET", `v1/kv/${segment(this.#entry.key)}`)).headers.get("ETag");
      } catch (error) {
        if (error.status !== 404) throw error;
      }
      await this.#save(etag);
    });
  }

  async #write(done, task) {
    setText(byId("entry-state"), "");
    this.#saving = true;
    try {
      await task();
      setText(byId("entry-state"), done);
    } catch (error) {
      if (error.status !== 412) setText(byId("entry-state"), errorText(error));
      else if (this.#entry.key === null) setText(byId("entry-state"), "This key exists already; open it from the list.");
      else this.#conflict("The stored entry is not the one that you opened.");
    } finally {
      this.#saving = false;
    }
  }

  /** The first press asks, the second deletes. */
  #delete() {
    const button = byId("entry-delete");
    if (button.dataset.armed !== "true") {
      button.dataset.armed = "true";
      return setText(button, "Press again to delete");
    }
    this.#disarm();
    return this.#write("deleted", async () => {
      await call("DELETE", `v1/kv/${segment(this.#entry.key)}`, { headers: { "If-Match": this.#entry.etag } });
      this.#close();
    });
  }

  #disarm() {
    byId("entry-delete").dataset.armed = "false";
    setText(byId("entry-delete"), "Delete");
  }

  #close() {
    this.#entry = null;
    setText(byId("entry-title"), "No key selected");
    setHidden(byId("entry-form"), true);
    setHidden(byId("entry-hint"), false);
    this.#onOpened(null);
  }
}

/** The value as text, or null if a text field would not show it unchanged: saving the field would then alter it. */
function editableText(data) {
  const text = data.length > MAX_EDITED ? null : asText(data);
  return text === null || hasInvisible(text) ? null : text;
}

/** Whether two ETags are equal; either may lack its quotes. */
function sameTag(a, b) {
  const plain = (x) => String(x ?? "").replace(/^"|"$/g, "");
  return plain(a) === plain(b);
}
