import { byId, el, oncePerFrame, setHidden, setText } from "../dom.js";
import { ROLE_TEXTS } from "../model/mesh.js";
import { pathTo } from "../model/paths.js";
import { count, peerLabel, plural, shown } from "../text.js";

const MAX_CONNECTIONS = 100;

/** What is known of the selected peer, or of this node. */
export class DetailPanel {
  #mesh;
  #selection;
  #last = "";
  #show = oncePerFrame(() => this.#showNow());

  constructor(mesh, selection) {
    this.#mesh = mesh;
    this.#selection = selection;
    byId("detail-close").addEventListener("click", () => selection.set(null));
    selection.watch(() => this.#show());
  }

  meshChanged() {
    this.#show();
  }

  #showNow() {
    const selected = this.#selection.value;
    const peer = this.#mesh.peers.get(selected ?? this.#mesh.self);
    setHidden(byId("detail-close"), !selected);
    if (!peer) return this.#showNone(selected);
    const path = pathTo(this.#mesh.paths, peer.name);
    // Changes the lists only if needed, because the focus is lost when a button is replaced.
    const now = JSON.stringify([peer, path, this.#mesh.roles.get(peer.name), [...this.#mesh.own], path.map((x) => this.#label(x))]);
    if (now === this.#last) return;
    this.#last = now;
    const role = this.#mesh.roles.get(peer.name);
    setText(byId("detail-title"), peerLabel(peer, 60));
    setText(byId("detail-role"), ROLE_TEXTS[role] ?? "");
    byId("detail-role").className = `tag role role-${role}`;
    this.#showFacts(peer, path);
    this.#showPath(peer, path);
    this.#showConnections(peer);
  }

  #showNone(selected) {
    this.#last = "";
    setText(byId("detail-title"), selected ? "This peer has left" : "This node");
    setText(byId("detail-role"), "");
    byId("detail-role").className = "tag";
    for (const id of ["detail-facts", "detail-connections", "detail-path"]) byId(id).replaceChildren();
    setText(byId("detail-count"), "");
    setHidden(byId("detail-path-box"), true);
  }

  #label(name) {
    return peerLabel(this.#mesh.peers.get(name) ?? { name });
  }

  #showFacts(peer, path) {
    const hop = this.#mesh.hops.get(peer.name);
    const facts = [
      ["Name", shown(peer.name), "code"], ["UID", shown(peer.uid || "not known"), "code"], ["Version of its record", count(peer.version), ""],
      peer.name === this.#mesh.self ? null : ["Distance", path.length ? plural(path.length - 1, "hop") : "not reachable", ""],
      hop && peer.name !== this.#mesh.self ? ["Next hop", this.#label(hop), "untrusted"] : null,
    ];
    byId("detail-facts").replaceChildren(...facts.filter(Boolean).map(([term, text, kind]) => el("div", {}, el("dt", {}, term), el("dd", { class: kind }, text))));
  }

  #showPath(peer, path) {
    setHidden(byId("detail-path-box"), peer.name === this.#mesh.self);
    if (path.length === 0) return byId("detail-path").replaceChildren(el("li", { class: "muted" }, "No established connections lead there."));
    byId("detail-path").replaceChildren(...path.map((x) => el("li", {}, this.#peerButton(x))));
  }

  #peerButton(name) {
    const known = this.#mesh.peers.has(name);
    return el("button", { class: "link untrusted", title: shown(name), disabled: !known, onclick: () => this.#selection.set(name === this.#mesh.self ? null : name) }, this.#label(name));
  }

  #showConnections(peer) {
    const established = peer.connections.filter((x) => x.established).length;
    setText(byId("detail-count"), peer.connections.length ? `${count(established)} of ${count(peer.connections.length)} established` : "none");
    const rows = peer.connections.slice(0, MAX_CONNECTIONS).map((x) => this.#connectionRow(peer, x));
    if (peer.connections.length > MAX_CONNECTIONS) rows.push(el("li", { class: "muted" }, `and ${count(peer.connections.length - MAX_CONNECTIONS)} more`));
    byId("detail-connections").replaceChildren(...rows);
  }

  #connectionRow(peer, connection) {
    const other = peer.name === this.#mesh.self ? connection.peer : connection.peer === this.#mesh.self ? peer.name : null;
    const encrypted = other === null ? undefined : this.#mesh.own.get(other)?.encrypted;
    const words = [
      connection.established ? null : "pending", encrypted === undefined ? null : encrypted ? "encrypted" : "not encrypted",
    ].filter(Boolean).join(", ");
    const kind = !connection.established ? "pending" : encrypted === false ? "unreachable" : encrypted ? "neighbour" : "distant";
    return el("li", {},
      el("span", { class: "direction", title: connection.outbound ? "dialled by this peer" : "dialled by the other peer" }, connection.outbound ? "→" : "←"),
      this.#peerButton(connection.peer),
      el("span", { class: "code muted address" }, shown(connection.address, 60)),
      words ? el("span", { class: `state role-${kind}` }, words) : null);
  }
}
