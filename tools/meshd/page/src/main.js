import { Live } from "./live.js";
import { Mesh } from "./model/mesh.js";
import { Traffic } from "./model/traffic.js";
import { ChannelsPanel } from "./panels/channels.js";
import { DetailPanel } from "./panels/detail.js";
import { EventsPanel } from "./panels/events.js";
import { Head } from "./panels/head.js";
import { Notice } from "./panels/notice.js";
import { PeersPanel } from "./panels/peers.js";
import { StorePanel } from "./panels/store.js";
import { TargetsPanel } from "./panels/targets.js";
import { TrafficPanel } from "./panels/traffic.js";
import { showLegend } from "./picture/legend.js";
import { Picture } from "./picture/picture.js";
import { Signal } from "./signal.js";
import { throttled } from "./dom.js";
import { watchViews } from "./views.js";

const mesh = new Mesh();
const traffic = new Traffic();
const selection = new Signal(null);
const notice = new Notice();

showLegend();
const picture = new Picture(mesh, selection);
const peers = new PeersPanel(mesh, selection);
const detail = new DetailPanel(mesh, selection);
const trafficPanel = new TrafficPanel(traffic);
const targets = new TargetsPanel(notice);
const channels = new ChannelsPanel(mesh, notice);
const store = new StorePanel(mesh, notice);
const events = new EventsPanel(mesh);

const showMesh = throttled(() => {
  mesh.derive();
  for (const part of [picture, peers, detail, head]) part.meshChanged();
}, 100);

const live = new Live(mesh, traffic, {
  meshChanged: showMesh,
  readingsChanged: (list) => {
    head.readingsChanged(list);
    trafficPanel.readingsChanged(list, view.value === "traffic");
  },
  eventArrived: (type, value) => {
    events.add(type, value);
    if (type === "snapshot") head.nodeChanged();
  },
});
const head = new Head(mesh, traffic, live);

const view = watchViews();
view.watch((name) => {
  notice.clear();
  targets.setVisible(name === "targets");
  channels.setVisible(name === "channels");
  store.setVisible(name === "store");
  events.setVisible(name === "events");
  trafficPanel.readingsChanged(live.connections, name === "traffic");
});

live.start();
head.start();
targets.start();

// For tests and debugging; the page itself does not use it.
globalThis.meshd = { mesh, traffic, trafficPanel, picture, selection, live };
