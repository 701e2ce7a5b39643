// Builds what src/ holds into ../static/built/, with a manifest of it and the notices of everything bundled.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const out = process.argv[2] ?? join(here, "../static/built");

// Packages that state no licence in package.json, by what their licence file says.
const UNSTATED = { jsuri: "MIT" };

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: { graph: "src/graph/main.js", query: "src/query/main.js" },
  outdir: out,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["chrome109", "firefox115", "safari16"],
  charset: "utf8",
  legalComments: "none", // all notices stand in NOTICES
  loader: { ".svg": "dataurl" },
  logLevel: "warning",
});
copyFileSync(join(here, "src/favicon.svg"), join(out, "favicon.svg"));
const packages = bundled();
writeFileSync(join(out, "NOTICES"), notices(packages));
writeFileSync(join(out, "manifest.json"), `${JSON.stringify(manifest(packages), null, 1)}\n`);

function bundled() {
  const lock = JSON.parse(readFileSync(join(here, "package-lock.json"), "utf8"));
  return Object.entries(lock.packages)
    .filter(([path, about]) => path && !about.dev && !about.optional)
    .map(([path, about]) => {
      const name = path.replace(/^.*node_modules\//, "");
      const licence = about.license ?? UNSTATED[name];
      if (!licence) throw new Error(`${name} states no licence: read its licence file and add it to UNSTATED`);
      return { name, version: about.version, licence, integrity: about.integrity, path };
    });
}

function notices(packages) {
  const head = "The scripts and styles beside this file contain the following packages, under the licences that follow.\n";
  return packages.reduce((text, each) => `${text}\n${"=".repeat(78)}\n${each.name} ${each.version} (${each.licence})\n\n${licenceText(each)}\n`, head);
}

function licenceText({ path, name, licence }) {
  const folder = join(here, path);
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
  if (files.length === 0) return `The package holds no licence file; it states ${licence}.`;
  return files.map((file) => readFileSync(join(folder, file), "utf8").replace(/\r\n/g, "\n").trim()).join("\n\n");
}

function manifest(packages) {
  const files = readdirSync(out).filter((file) => file !== "manifest.json").sort();
  return {
    files: Object.fromEntries(files.map((file) => [file, digest(readFileSync(join(out, file)))])),
    packages: packages.map(({ name, version, licence, integrity }) => ({ name, version, licence, integrity })),
  };
}

function digest(bytes) {
  return { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}
