// Notes from which sources ../static/built was made; tests/test_frontend_is_built.py compares.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const MADE = new Set(["src/styles/tabler.css"]);
const files = readdirSync("src", { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => `${entry.parentPath}/${entry.name}`)
  .filter((name) => !MADE.has(name));
const sources = [...files, "icons.txt", "package-lock.json", "vite.config.ts", "tabler.mjs", "../static/css/tokens.css"];
const digest = createHash("sha256");
for (const name of sources.sort()) {
  digest.update(`${name}\n`).update(readFileSync(name));
}
writeFileSync("../static/built/sources.sha256", `${digest.digest("hex")}\n`);
