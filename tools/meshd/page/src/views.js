import { byId } from "./dom.js";
import { Signal } from "./signal.js";

const VIEWS = ["mesh", "traffic", "targets", "channels", "store", "events"];

/** The view that the page's address names after `#`; `mesh` if it names none. */
export function watchViews() {
  const view = new Signal("");
  const show = () => {
    const wanted = location.hash.slice(1);
    if (wanted === "content") return;
    view.set(VIEWS.includes(wanted) ? wanted : "mesh");
  };
  view.watch((name) => {
    for (const x of VIEWS) byId(`view-${x}`).hidden = x !== name;
    for (const link of document.querySelectorAll("nav a")) {
      if (link.hash !== `#${name}`) {
        link.removeAttribute("aria-current");
        continue;
      }
      link.setAttribute("aria-current", "page");
      link.parentElement.scrollLeft = link.offsetLeft - 40;
    }
  });
  addEventListener("hashchange", show);
  show();
  return view;
}
