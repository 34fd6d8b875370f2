import uPlot from "uplot";
import { byId, setText } from "../dom.js";
import { readColours } from "../picture/shapes.js";
import { bytes, clock, count, duration, peerLabel, rate, shown } from "../text.js";
import { Table } from "./table.js";

const HEIGHT = 260;
// Ticks at powers of two, because sizes are shown in units of 1,024 bytes.
const STEPS = Array.from({ length: 50 }, (_, i) => 2 ** i);

/** The traffic of this node's connections: a chart of their sum, and a table of them. */
export class TrafficPanel {
  #traffic;
  #table;
  #chart = null;
  #box = byId("chart");

  constructor(traffic) {
    this.#traffic = traffic;
    this.#table = new Table(byId("connections-table"), { columns: columnsFor(traffic), keyOf: (x) => String(x.id), empty: () => "This node has no connections. The targets say whom it dials." });
    new ResizeObserver(() => this.#chart?.setSize({ width: Math.max(200, this.#box.clientWidth), height: HEIGHT })).observe(this.#box);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.#chart?.destroy();
      this.#chart = null;
      this.#showChart();
    });
  }

  /** Shows the connections if `visible` is true. To be called after each reading of the counters. */
  readingsChanged(connections, visible) {
    if (!visible) return;
    this.#table.show(connections);
    setText(byId("connections-count"), count(connections.length));
    this.#showChart();
  }

  /** For tests: the seconds from one end of the time axis to the other. */
  get axisSeconds() {
    const { min, max } = this.#chart.scales.x;
    return max - min;
  }

  /** Shows the values under the pointer, or the latest ones. */
  #showValues() {
    const { times, totalIn, totalOut } = this.#traffic;
    const under = this.#chart?.cursor.idx;
    const i = under ?? times.length - 1;
    setText(byId("chart-in"), `in ${rate(totalIn[i] ?? NaN)}`);
    setText(byId("chart-out"), `out ${rate(totalOut[i] ?? NaN)}`);
    setText(byId("chart-time"), under === null || under === undefined || !times[i] ? "now" : clock(new Date(times[i] * 1000)));
  }

  #showChart() {
    if (this.#box.clientWidth === 0) return;
    this.#chart ??= new uPlot(optionsFor(this.#box.clientWidth, this.#traffic, () => this.#showValues()), [], this.#box);
    const { times, totalIn, totalOut } = this.#traffic;
    this.#chart.setData([times, totalIn, totalOut]);
    const peak = Math.max(0, ...totalIn, ...totalOut);
    this.#showValues();
    const minutes = this.#traffic.span / 60;
    setText(byId("chart-span"), `the last ${minutes === 1 ? "minute" : `${minutes} minutes`}, all connections of this node`);
    this.#box.setAttribute("aria-label", `Chart of bytes per second: in ${rate(this.#traffic.rateIn)}, out ${rate(this.#traffic.rateOut)}, highest ${rate(peak)}`);
  }
}

function optionsFor(width, traffic, onCursor) {
  const colours = readColours();
  const axis = { stroke: colours.muted, grid: { stroke: colours.rule, width: 1 }, ticks: { show: false }, font: "11px system-ui, sans-serif" };
  const line = (label, stroke, dash) => ({ label, stroke, width: 1.75, dash, points: { show: false }});
  return {
    width, height: HEIGHT,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { size: 6 } },
    scales: { y: { range: (_, low, high) => [0, Math.max(1024, (high || 0) * 1.1)] }, x: { range: (_, low, high) => [(high ?? 0) - traffic.span, high ?? 0] } },
    hooks: { setCursor: [onCursor] },
    series: [{}, line("in", colours.neighbour), line("out", colours.self, [6, 3])],
    axes: [{ ...axis, values: timeTicks, space: 90, size: 30 }, { ...axis, incrs: STEPS, size: 66, values: (_, ticks) => ticks.map((x) => bytes(x).replace(".0 ", " ")) }],
  };
}

function timeTicks(_, ticks) {
  return ticks.map((x) => clock(new Date(x * 1000)));
}

function columnsFor(traffic) {
  const of = (x) => traffic.connections.get(x.id) ?? {};
  return [
    { id: "peer", title: "Peer", class: "untrusted", value: (x) => (x.nickname || x.peer || "").toLowerCase(), text: (x) => (x.peer ? peerLabel({ name: x.peer, nickname: x.nickname }) : "being introduced") },
    { id: "address", title: "Address", class: "code", wide: 1, value: (x) => x.address, text: (x) => `${x.outbound ? "→" : "←"} ${shown(x.address, 60)}` },
    { id: "state", title: "State", class: "whole", value: stateOf, text: stateOf },
    { id: "in", title: "In", numeric: true, value: (x) => of(x).rateIn, text: (x) => rate(of(x).rateIn) },
    { id: "out", title: "Out", numeric: true, value: (x) => of(x).rateOut, text: (x) => rate(of(x).rateOut) },
    { id: "total-in", title: "Total in", numeric: true, wide: 2, value: (x) => of(x).bytesIn, text: (x) => bytes(of(x).bytesIn) },
    { id: "total-out", title: "Total out", numeric: true, wide: 2, value: (x) => of(x).bytesOut, text: (x) => bytes(of(x).bytesOut) },
    { id: "waiting", title: "Waiting", numeric: true, wide: 1, value: (x) => x.waiting_bytes, text: (x) => bytes(x.waiting_bytes) },
    { id: "silent", title: "Silent", numeric: true, wide: 2, value: (x) => x.silent_seconds, text: (x) => duration(x.silent_seconds) },
  ];
}

function stateOf(connection) {
  if (!connection.established) return "pending";
  return connection.encrypted ? "encrypted" : "not encrypted";
}
