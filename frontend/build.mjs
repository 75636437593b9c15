// Builds frontend/dist: one style sheet, one script for every page, those that few pages load, one icon sprite, the fonts. `npm run build`.
// File names are stable; the server adds ?v=<content hash>. The result is committed, so that ./run needs no Node.
// `node frontend/build.mjs --check` builds in memory and says which committed file is out of date.
import { build } from "esbuild";
import { browserslistToTargets, bundle } from "lightningcss";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.join(here, "dist");
const modules = path.join(here, "..", "node_modules");
const built = new Map();
const put = (name, content) => built.set(name, Buffer.from(content));

function files(folder, ending) {
  return fs
    .readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => path.join(folder, name));
}

function iconNames() {
  const named = fs.readFileSync(path.join(here, "icons.txt"), "utf8").split(/\s+/).filter(Boolean);
  const calls = /\bicon(?:_name)?[(=]\s*["']([a-z0-9-]+)["']/g;
  for (const file of files(path.join(here, "templates"), ".html")) {
    for (const [, name] of fs.readFileSync(file, "utf8").matchAll(calls)) named.push(name);
  }
  const taxonomy = JSON.parse(fs.readFileSync(path.join(here, "..", "search", "data", "taxonomy.json"), "utf8"));
  named.push(...taxonomy.groups.map((group) => group.icon));
  return [...new Set(named)].sort();
}

function symbol(name) {
  const file = path.join(modules, "lucide-static", "icons", `${name}.svg`);
  if (!fs.existsSync(file)) throw new Error(`There is no icon called ${name}`);
  const drawing = fs
    .readFileSync(file, "utf8")
    .replace(/<!--.*?-->/gs, "")
    .replace(/^[\s\S]*?<svg[^>]*>/, "")
    .replace("</svg>", "")
    .replace(/\s+/g, " ")
    .replace(/> </g, "><")
    .trim();
  return `<symbol id="${name}" viewBox="0 0 24 24">${drawing}</symbol>`;
}

/** The address the server gives a built file, so that a preloaded font is the one the styles ask for. */
function versioned(url) {
  const content = built.get(url.url);
  if (!content) return url;
  return { ...url, url: `${url.url}?v=${createHash("sha256").update(content).digest("hex").slice(0, 10)}` };
}

for (const file of files(path.join(here, "fonts"), ".woff2")) put(path.basename(file), fs.readFileSync(file));
put("favicon.svg", fs.readFileSync(path.join(here, "favicon.svg")));
put("icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">${iconNames().map(symbol).join("")}</svg>\n`);

const styles = bundle({
  filename: path.join(here, "styles", "app.css"),
  minify: true,
  targets: browserslistToTargets(["chrome 125", "firefox 128", "safari 17.5"]),
  visitor: { Url: versioned },
});
put("app.css", styles.code);

for (const name of ["app", "passkey"]) {
  const script = await build({
    entryPoints: [path.join(here, "scripts", `${name}.ts`)],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
    nodePaths: [modules],
    legalComments: "none",
  });
  put(`${name}.js`, script.outputFiles[0].contents);
}

if (process.argv.includes("--check")) {
  const committed = fs.existsSync(out) ? fs.readdirSync(out) : [];
  const same = (name) => committed.includes(name) && fs.readFileSync(path.join(out, name)).equals(built.get(name));
  const stale = [...built.keys()].filter((name) => !same(name));
  stale.push(...committed.filter((name) => !built.has(name)));
  if (stale.length) {
    console.error(`Out of date in frontend/dist: ${stale.join(", ")}. Run: npm run build`);
    process.exit(1);
  }
} else {
  fs.rmSync(out, { recursive: true, force: true });
  fs.mkdirSync(out, { recursive: true });
  for (const [name, content] of built) fs.writeFileSync(path.join(out, name), content);
}
