// Text from peers is untrusted. These functions return text of a bounded length
// without control, bidirectional or invisible characters. Callers put that text
// into the page only as text nodes or attribute values.

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;
const INVISIBLE_IN_BLOCKS = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;
// Matches more than four accents on one letter. So many accents would cover other lines, but some
// languages need a few.
const MARKS = /(\p{M}{4})\p{M}+/gu;

function escaped(character) {
  return `\\u{${character.codePointAt(0).toString(16)}}`;
}

function cut(text, limit) {
  if (text.length <= limit) return text;
  const end = /[\uD800-\uDBFF]/.test(text[limit - 1]) ? limit - 1 : limit;
  return text.slice(0, end) + "…";
}

/** The value as one line of at most about `limit` characters. */
export function shown(value, limit = 80) {
  const text = cut(String(value ?? ""), limit).replace(MARKS, "$1…").replace(/…+$/, "…");
  return cut(text.replace(INVISIBLE, escaped), 2 * limit);
}

/** Text of several lines; keeps line feeds and tabs. */
export function shownBlock(value, limit = 4000) {
  const text = cut(String(value ?? ""), limit);
  return cut(text.replace(MARKS, "$1…").replace(INVISIBLE_IN_BLOCKS, escaped), 2 * limit);
}

/** Whether text has characters that `shownBlock` would escape. */
export function hasInvisible(text) {
  return text.search(INVISIBLE_IN_BLOCKS) >= 0;
}

/** The nickname of a peer, or its name if it has none. */
export function peerLabel(peer, limit = 40) {
  return shown(peer?.nickname || peer?.name || "unknown", limit);
}

// The units of meshctl, so that both show the same figures.
const SIZES = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

export function bytes(value) {
  if (!Number.isFinite(value)) return "–";
  let size = Math.abs(value);
  let unit = 0;
  while (size >= 1023.5 && unit < SIZES.length - 1) {
    size /= 1024;
    ++unit;
  }
  const digits = unit === 0 || size >= 99.95 ? 0 : 1;
  return `${size.toFixed(digits)} ${SIZES[unit]}`;
}

export function rate(value) {
  return Number.isFinite(value) ? `${bytes(value)}/s` : "–";
}

const PLAIN = new Intl.NumberFormat("en-GB");

export function count(value) {
  return Number.isFinite(value) ? PLAIN.format(value) : "–";
}

export function plural(value, one, many = `${one}s`) {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A duration in its two largest units, such as `2 h 5 min`. */
export function duration(seconds) {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 86400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86400)} d ${Math.floor((whole % 86400) / 3600)} h`;
}

export function clock(date = new Date()) {
  return date.toTimeString().slice(0, 8);
}
