// Puts the icons named in icons.txt into one file that templates and islands point into.
import { readFileSync, writeFileSync } from "node:fs";

const names = readFileSync("icons.txt", "utf8").trim().split("\n");
const symbols = names.map((name) => {
  const svg = readFileSync(`node_modules/@tabler/icons/icons/outline/${name}.svg`, "utf8");
  const shapes = svg
    .slice(svg.indexOf(">") + 1, svg.lastIndexOf("</svg>"))
    .replace(/<path stroke="none"[^>]*\/>/, "")
    .replace(/\s*\n\s*/g, "");
  const pen = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';
  return `<symbol id="${name}" viewBox="0 0 24 24" ${pen}>${shapes}</symbol>`;
});
const file = `<svg xmlns="http://www.w3.org/2000/svg"><defs>\n${symbols.join("\n")}\n</defs></svg>\n`;
writeFileSync("../static/img/icons.svg", file);
console.log(`icons: ${names.length}, ${file.length} bytes`);
