// Builds what browsers load into ../static/built, with a manifest that django-vite reads.
import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig } from "vite";

// Each folder of src with a main file is a page's own island; app.ts is on every page.
const source = resolve(import.meta.dirname, "src");
const islands = readdirSync(source).flatMap((name) =>
  ["main.ts", "main.tsx"].map((file) => resolve(source, name, file)).filter((file) => existsSync(file)),
);

export default defineConfig({
  base: "/static/built/",
  publicDir: false,
  resolve: {
    alias: {
      "react-dom/client": "preact/compat/client",
      "react-dom": "preact/compat",
      "react/jsx-runtime": "preact/jsx-runtime",
      react: "preact/compat",
    },
  },
  build: {
    outDir: resolve(import.meta.dirname, "../static/built"),
    emptyOutDir: true,
    manifest: "manifest.json",
    modulePreload: { polyfill: false },
    assetsDir: "",
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: [resolve(source, "app.ts"), ...islands],
    },
  },
});
