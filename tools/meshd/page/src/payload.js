import { bytes as sizeText, shownBlock } from "./text.js";

const HEX_LIMIT = 512;

/** Decodes base64; null if the text is not base64. */
export function fromBase64(text) {
  try {
    return Uint8Array.from(atob(String(text)), (x) => x.charCodeAt(0));
  } catch {
    return null;
  }
}

/** The text of UTF-8 bytes; null if they are not UTF-8 or have characters that a text field would change. */
export function asText(data) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
    return /[\0-\x08\x0b-\x1f\x7f]/.test(text) ? null : text;
  } catch {
    return null;
  }
}

function hex(data) {
  const lines = [];
  for (let i = 0; i < Math.min(data.length, HEX_LIMIT); i += 16)
    lines.push([...data.slice(i, Math.min(i + 16, HEX_LIMIT))].map((x) => x.toString(16).padStart(2, "0")).join(" "));
  return lines.join("\n") + (data.length > HEX_LIMIT ? "\n…" : "");
}

/** The bytes as text, or in hexadecimal if they are not text. Long data are cut. */
export function preview(data, limit = 2000) {
  if (data === null) return "(not readable)";
  const text = asText(data);
  return text === null ? `${sizeText(data.length)} of binary data\n${hex(data)}` : shownBlock(text, limit);
}
