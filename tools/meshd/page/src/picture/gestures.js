const CLICK = 5;
const STEP = 60;

/**
 * Handles the pointer, the wheel and keys on the picture. `target` has a `camera`
 * and the methods `peerAt(x, y)`, `fit()`, `moved()`, `selected(name)`,
 * `touched(name)`, `dragged(name, x, y)` and `dropped()`.
 */
export function listenForGestures(element, target) {
  const pointers = new Map();
  let gesture = null;

  const place = (event) => {
    const box = element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.target.closest("button, summary, details")) return;
    const [x, y] = place(event);
    pointers.set(event.pointerId, [x, y]);
    element.setPointerCapture(event.pointerId);
    gesture = { peer: pointers.size === 1 ? target.peerAt(x, y) : null, x, y, far: pointers.size > 1, spread: spreadOf(pointers) };
  });

  element.addEventListener("pointermove", (event) => {
    const [x, y] = place(event);
    const last = pointers.get(event.pointerId);
    if (!last || !gesture) return target.touched(target.peerAt(x, y));
    pointers.set(event.pointerId, [x, y]);
    if (pointers.size === 2) return pinch(target, gesture, pointers, [x - last[0], y - last[1]]);
    gesture.far ||= Math.hypot(x - gesture.x, y - gesture.y) > CLICK;
    if (!gesture.far) return;
    if (gesture.peer) target.dragged(gesture.peer, ...target.camera.toLayout(x, y));
    else {
      target.camera.pan(x - last[0], y - last[1]);
      target.moved();
    }
  });

  const end = (event) => {
    if (!pointers.delete(event.pointerId) || !gesture) return;
    if (gesture.far && gesture.peer) target.dropped();
    else if (!gesture.far && event.type === "pointerup") target.selected(gesture.peer);
    if (pointers.size === 0) gesture = null;
    else gesture.peer = null;
  };
  element.addEventListener("pointerup", end);
  element.addEventListener("pointercancel", end);
  element.addEventListener("pointerleave", () => target.touched(null));

  element.addEventListener("wheel", (event) => {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === 1 ? 16 : 1);
    target.camera.zoom(2 ** (-Math.max(-300, Math.min(300, pixels)) / 300), ...place(event));
    target.moved();
  }, { passive: false });

  element.addEventListener("keydown", (event) => {
    if (event.target === element && !event.ctrlKey && !event.metaKey && !event.altKey && onKey(event.key, target)) event.preventDefault();
  });
}

function spreadOf(pointers) {
  const [a, b] = [...pointers.values()];
  return b ? Math.hypot(a[0] - b[0], a[1] - b[1]) : 0;
}

function pinch(target, gesture, pointers, [dx, dy]) {
  const [a, b] = [...pointers.values()];
  const spread = spreadOf(pointers);
  target.camera.pan(dx / 2, dy / 2);
  if (gesture.spread > 0) target.camera.zoom(spread / gesture.spread, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2);
  gesture.spread = spread;
  target.moved();
}

function onKey(key, target) {
  const camera = target.camera;
  if (key === "ArrowLeft") camera.pan(STEP, 0);
  else if (key === "ArrowRight") camera.pan(-STEP, 0);
  else if (key === "ArrowUp") camera.pan(0, STEP);
  else if (key === "ArrowDown") camera.pan(0, -STEP);
  else if (key === "+" || key === "=") camera.zoom(1.3);
  else if (key === "-") camera.zoom(1 / 1.3);
  else if (key === "0") target.fit();
  else if (key === "Escape") target.selected(null);
  else return false;
  target.moved();
  return true;
}
