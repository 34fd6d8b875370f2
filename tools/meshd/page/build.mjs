// Builds dist/ from src/. The same sources and packages give the same bytes.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? join(here, "dist");
const BUNDLED = ["d3-dispatch", "d3-force", "d3-quadtree", "d3-timer", "uplot"];

/** Writes a file whose name contains a digest of its content. Browsers may cache such a file for ever. */
function writeAsset(name, ending, content) {
  const digest = createHash("sha256").update(content).digest("hex").slice(0, 8);
  const path = `assets/${name}-${digest}.${ending}`;
  writeFileSync(join(out, path), content);
  return path;
}

async function bundle(entry, define = {}) {
  const result = await build({
    entryPoints: [join(here, "src", entry)], absWorkingDir: here, bundle: true, minify: true, write: false, format: entry.endsWith(".css") ? undefined : "iife",
    target: ["chrome120", "firefox124", "safari17.4"], charset: "utf8", legalComments: "none", define, logLevel: "warning",
  });
  return result.outputFiles[0].contents;
}

function licences() {
  const texts = BUNDLED.map((name) => {
    const folder = join(here, "node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return `${name} ${version} (${license})\n\n${readFileSync(join(folder, "LICENSE"), "utf8").trim()}\n`;
  });
  return "The page of meshd contains these packages.\n\n" + texts.join(`\n${"-".repeat(72)}\n\n`);
}

rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, "assets"), { recursive: true });
const worker = writeAsset("layout", "js", await bundle("picture/layout_worker.js"));
const script = writeAsset("page", "js", await bundle("main.js", { WORKER_PATH: JSON.stringify(worker) }));
const style = writeAsset("page", "css", await bundle("style/page.css"));
const icon = writeAsset("icon", "svg", readFileSync(join(here, "src/icon.svg")));
writeFileSync(join(out, "licenses.txt"), licences());
const names = { worker, script, style, icon, licenses: "licenses.txt" };
const html = readFileSync(join(here, "src/index.html"), "utf8").replace(/@(\w+)@/g, (_, name) => names[name]);
writeFileSync(join(out, "index.html"), html);
