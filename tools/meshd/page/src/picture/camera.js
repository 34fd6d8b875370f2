const NEAREST = 8;
const FARTHEST = 0.02;
const MARGIN = 44;
const FITTED = 3.5;
// The width of the buttons at the right edge.
const BUTTONS = 40;

/** Maps the layout to the screen: screen = layout * scale + offset. */
export class Camera {
  scale = 1;
  x = 0;
  y = 0;
  width = 1;
  height = 1;
  /** Whether the picture is kept fitted to the mesh; false once the user has moved it. */
  following = true;

  fit(positions) {
    let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let i = 0; i < positions.length; i += 2) {
      if (Number.isNaN(positions[i])) continue;
      left = Math.min(left, positions[i]);
      right = Math.max(right, positions[i]);
      top = Math.min(top, positions[i + 1]);
      bottom = Math.max(bottom, positions[i + 1]);
    }
    if (left > right) return;
    const fitting = Math.min((this.width - BUTTONS - 2 * MARGIN) / Math.max(1, right - left), (this.height - 2 * MARGIN) / Math.max(1, bottom - top));
    this.scale = Math.min(FITTED, Math.max(FARTHEST, fitting));
    this.x = (this.width - BUTTONS) / 2 - ((left + right) / 2) * this.scale;
    this.y = this.height / 2 - ((top + bottom) / 2) * this.scale;
  }

  pan(dx, dy) {
    this.following = false;
    this.x += dx;
    this.y += dy;
  }

  /** Zooms so that the point (x, y) of the screen stays where it is. */
  zoom(factor, x = this.width / 2, y = this.height / 2) {
    this.following = false;
    const scale = Math.min(NEAREST, Math.max(FARTHEST, this.scale * factor));
    this.x = x - ((x - this.x) * scale) / this.scale;
    this.y = y - ((y - this.y) * scale) / this.scale;
    this.scale = scale;
  }

  toLayout(x, y) {
    return [(x - this.x) / this.scale, (y - this.y) / this.scale];
  }
}
