import { byId, setText, throttled } from "../dom.js";
import { ROLE_TEXTS } from "../model/mesh.js";
import { count, peerLabel, shown } from "../text.js";
import { Table } from "./table.js";

/** The table of peers, which has the same content as the picture. */
export class PeersPanel {
  #mesh;
  #filter = byId("peers-filter");
  #table;
  #show = throttled(() => this.#showNow(), 300);

  constructor(mesh, selection) {
    this.#mesh = mesh;
    this.#table = new Table(byId("peers-table"), { columns: columnsFor(mesh), keyOf: (x) => x.name, onSelect: (x) => selection.set(x), empty: () => (this.#filter.value.trim() ? "No peer matches the filter." : "No peers yet.") });
    this.#filter.addEventListener("input", this.#show);
    selection.watch((name) => {
      this.#table.select(name);
      this.#table.scrollToSelected();
    });
  }

  meshChanged() {
    this.#show();
  }

  #showNow() {
    const wanted = this.#filter.value.trim().toLowerCase();
    const all = [...this.#mesh.peers.values()];
    const items = wanted ? all.filter((x) => `${x.nickname}\n${x.name}`.toLowerCase().includes(wanted)) : all;
    this.#table.show(items);
    const cut = this.#table.shownRows < items.length ? `, the first ${count(this.#table.shownRows)} shown` : "";
    setText(byId("peers-count"), (wanted ? `${count(items.length)} of ${count(all.length)}` : count(all.length)) + cut + (this.#mesh.cut ? ", list cut" : ""));
  }
}

function columnsFor(mesh) {
  const distance = (x) => mesh.paths.get(x.name)?.distance ?? NaN;
  const established = (x) => x.connections.filter((y) => y.established).length;
  const hop = (x) => {
    const next = mesh.hops.get(x.name) ?? mesh.paths.get(x.name)?.hop;
    return x.name === mesh.self || !next ? "" : peerLabel(mesh.peers.get(next) ?? { name: next });
  };
  return [
    { id: "nickname", title: "Peer", value: (x) => (x.nickname || x.name).toLowerCase(), text: (x) => peerLabel(x, 60) },
    { id: "name", title: "Name", class: "code", wide: 2, value: (x) => x.name, text: (x) => shown(x.name, 60) },
    { id: "role", title: "Role", value: (x) => mesh.roles.get(x.name), fill: (cell, x) => fillRole(cell, mesh.roles.get(x.name)) },
    { id: "hops", title: "Hops", numeric: true, value: distance, text: (x) => (Number.isNaN(distance(x)) ? "–" : String(distance(x))) },
    { id: "hop", title: "Next hop", class: "untrusted", wide: 1, value: hop, text: hop },
    { id: "connections", title: "Conn.", numeric: true, value: established, text: (x) => connectionsText(x, established(x)) },
  ];
}

function fillRole(cell, role) {
  setText(cell, ROLE_TEXTS[role] ?? "");
  cell.className = `role role-${role}`;
}

function connectionsText(peer, established) {
  return established === peer.connections.length ? count(established) : `${count(established)}/${count(peer.connections.length)}`;
}
