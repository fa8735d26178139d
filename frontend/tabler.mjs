// Cuts Tabler down to the parts we use: a list of words, so that the result depends on nothing else.
import { readFileSync, writeFileSync } from "node:fs";
import { PurgeCSS } from "purgecss";

const WORDS = `
html body a abbr address b blockquote button caption code dd dl dt em fieldset figure form h1 h2 h3 h4 h5 h6
hr i iframe img input kbd label legend li main nav ol optgroup option output p pre progress samp search section
select small span strong sub summary sup svg table tbody td textarea tfoot th thead time tr ul var
row col col-auto col-3 col-4 col-6 col-8 col-12 col-md-3 col-md-4 col-md-6 col-md-8 col-md-12 g-2 g-3 mb-0 mb-3
btn btn-primary btn-danger btn-sm btn-lg btn-icon btn-group active disabled
form-control form-select form-label form-text form-check form-check-input form-check-label form-switch form-hint
form-control-sm form-select-sm form-control-plaintext input-group input-group-text is-invalid is-valid invalid-feedback
dropdown dropdown-menu dropdown-item dropdown-divider dropdown-header dropdown-menu-end dropdown-toggle show
visually-hidden visually-hidden-focusable spinner-border spinner-border-sm
alert alert-danger alert-warning alert-success data-bs-theme light dark
checkbox radio type date time datetime-local number file search email url tel password hidden disabled readonly
`.trim().split(/\s+/);

const source = readFileSync("node_modules/@tabler/core/dist/css/tabler.min.css", "utf8");
const [kept] = await new PurgeCSS().purge({
  content: [{ raw: WORDS.join(" "), extension: "html" }],
  css: [{ raw: source }],
  defaultExtractor: (text) => text.split(/\s+/),
  variables: true,
  keyframes: true,
  fontFace: true,
});
writeFileSync("src/styles/tabler.css", kept.css);
console.log(`tabler: ${source.length} -> ${kept.css.length}`);
