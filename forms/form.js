/*! Relais: forms, on pages of their own and inside other sites. Works as plain HTML without this. */
(function (window, document) {
  "use strict";
  if (window.relaisForms) return;
  var tag = document.currentScript;
  var base = tag ? new URL(tag.src).origin : location.origin;
  var framed = window.parent !== window && document.documentElement.classList.contains("rf-framed");

  function all(root, what) { return Array.prototype.slice.call(root.querySelectorAll(what)); }

  // The work that tells browsers from programs: SHA-256, since only safe pages have it built in.
  var K = [], H = [];
  (function () {
    function part(x) { return ((x - Math.floor(x)) * 4294967296) | 0; }
    for (var n = 2, found = 0; found < 64; n++) {
      for (var d = 2; d * d <= n && n % d; d++);
      if (d * d <= n) continue;
      if (found < 8) H[found] = part(Math.sqrt(n));
      K[found++] = part(Math.cbrt(n));
    }
  })();
  function first(text) {
    var bits = text.length * 8, words = [], h = H.slice(), w = [], i, j;
    for (i = 0; i < text.length; i++) words[i >> 2] |= text.charCodeAt(i) << (24 - (i % 4) * 8);
    words[text.length >> 2] |= 128 << (24 - (text.length % 4) * 8);
    var size = (((text.length + 8) >> 6) + 1) * 16;
    words[size - 1] = bits;
    function turn(x, n) { return (x >>> n) | (x << (32 - n)); }
    for (i = 0; i < size; i += 16) {
      var s = h.slice();
      for (j = 0; j < 64; j++) {
        var x = w[j - 15], y = w[j - 2];
        w[j] = j < 16 ? words[i + j] | 0 :
          (w[j - 16] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + w[j - 7] + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10))) | 0;
        var a = s[7] + (turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) + K[j] + w[j];
        var b = (turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
        s = [(a + b) | 0, s[0], s[1], s[2], (s[3] + a) | 0, s[4], s[5], s[6]];
      }
      for (j = 0; j < 8; j++) h[j] = (h[j] + s[j]) | 0;
    }
    return h[0] >>> 18;
  }
  function work(token, done) {
    var n = 0;
    (function some() {
      for (var end = n + 400; n < end; n++) if (first(token + ":" + n) === 0) return done(String(n));
      setTimeout(some, 0);
    })();
  }

  function cookie(name) {
    var found = document.cookie.match("(?:^|; )" + name + "=([^;]*)");
    return found ? found[1] : "";
  }

  function start(form, embedded) {
    var fields = all(form, "[data-field]");
    var sheets = all(form, ".rf-sheet");
    var send = form.querySelector(".rf-send");
    var foot = form.querySelector(".rf-foot");
    var box = form.querySelector(".rf-problems");
    var words = form.dataset;
    var since = Date.now(), at = 0, busy = false, steps, back, worked = "", workedFor = "";

    function inputs(field) { return all(field, "input,select,textarea"); }
    function byId(id) { return fields.filter(function (one) { return one.dataset.field === id; })[0]; }
    function answers(field) {
      if (!field || field.hidden) return [];
      return inputs(field).filter(function (one) { return !/checkbox|radio/.test(one.type) || one.checked; })
        .map(function (one) { return one.value; }).filter(Boolean);
    }
    // As the server judges it, in order: what depends on a field stands below it.
    function conditions() {
      fields.forEach(function (field) {
        if (!field.dataset.if) return;
        var rule = JSON.parse(field.dataset.if), given = answers(byId(rule.field));
        var some = given.some(function (one) { return rule.values.indexOf(one) >= 0; });
        field.hidden = !{ is: some, is_not: !some, filled: given.length > 0, empty: !given.length }[rule.op];
      });
      grown();
    }
    function say(field, text) {
      var place = field.querySelector(".rf-wrong");
      if (!place) return;
      place.textContent = text;
      place.hidden = !text;
      field.classList.toggle("rf-bad", !!text);
      inputs(field).concat(all(field, "fieldset")).forEach(function (one) {
        if (text) one.setAttribute("aria-invalid", "true"); else one.removeAttribute("aria-invalid");
        if (one.id === "rf-" + field.dataset.field) one.setAttribute("aria-describedby", place.id.replace("wrong", "help") + " " + place.id);
      });
    }
    function wrong(field) {
      if (field.hidden) return "";
      var bad = inputs(field).filter(function (one) { return !one.validity.valid; })[0];
      return bad ? (bad.validity.valueMissing ? words.missing || field.dataset.missing : words.invalid) : "";
    }
    function check(sheet) {
      var bad = fields.filter(function (field) {
        if (!sheet.contains(field)) return false;
        var text = wrong(field);
        say(field, text);
        return text;
      });
      tell(bad.length ? words.wrong : "", bad);
      return !bad.length;
    }
    function tell(text, bad) {
      box.hidden = !text;
      box.textContent = text;
      grown();
      if (!text) return;
      var one = bad && bad[0] && inputs(bad[0])[0];
      if (one) one.focus(); else { box.focus(); box.scrollIntoView({ block: "center" }); }
    }
    function turn(to) {
      at = to;
      sheets.forEach(function (sheet, n) { sheet.hidden = n !== at; });
      if (sheets.length < 2) return;
      back.hidden = at === 0;
      var last = at === sheets.length - 1;
      send.textContent = last ? words.button : words.next;
      steps.firstChild.textContent = words.step.replace("%1", at + 1).replace("%2", sheets.length);
      steps.lastChild.value = at + 1;
      grown();
    }
    function grown() {
      if (framed) parent.postMessage({ relaisForm: location.pathname, height: document.body.scrollHeight }, "*");
    }
    function ended(said) {
      if (said.url) { (framed ? window.open(said.url, "_top") : (location.href = said.url)); return; }
      var done = document.createElement("div");
      done.className = "rf-thanks";
      done.tabIndex = -1;
      done.setAttribute("role", "status");
      done.innerHTML = '<svg viewBox="0 0 48 48" aria-hidden="true"><circle cx="24" cy="24" r="22"/><path d="M15 24.5l6.5 6.5L34 18"/></svg><p></p>';
      done.lastChild.textContent = said.thanks;
      form.dispatchEvent(new CustomEvent("relais:sent", { bubbles: true, composed: true }));
      if (said.do === "stay") { form.reset(); form.insertBefore(done, form.firstChild); }
      else { var shell = document.createElement("div"); shell.className = form.className; shell.appendChild(done); form.replaceWith(shell); }
      done.focus({ preventScroll: true });
      done.scrollIntoView({ block: "nearest" });
      if (said.do === "stay") refresh();
      grown();
    }
    // Another answer from the same page is another submission: it needs a token of its own.
    function refresh() {
      fetch(form.action.replace(/\/frame$/, "") + "/part?lang=" + form.lang, { credentials: "omit" }).then(function (answer) { return answer.json(); })
        .then(function (told) {
          var other = new DOMParser().parseFromString(told.html, "text/html");
          form.elements._token.value = other.querySelector("[name=_token]").value;
          since = Date.now();
          begin();
          if (sheets.length > 1) turn(0);
          conditions();
        }).catch(function () {});
    }
    function begin() {
      var token = form.elements._token.value;
      if (!("work" in words) || workedFor === token) return;
      workedFor = token; worked = "";
      work(token, function (found) { if (workedFor === token) { worked = found; if (busy) deliver(); } });
    }
    function deliver() {
      if ("work" in words && !worked) return;
      // Whoever has it filled in by the browser is no program: the server only takes it a moment later.
      var early = since + 2200 - Date.now();
      if (early > 0) { setTimeout(deliver, early); return; }
      var body = new FormData(form);
      fields.forEach(function (field) { if (field.hidden) inputs(field).forEach(function (one) { body.delete(one.name); }); });
      body.set("_work", worked);
      if (embedded || !body.get("_page")) body.set("_page", location.href);
      var key = cookie("relais_visitor");
      if (key) body.set("_visitor", key);
      fetch(form.action, { method: "POST", body: body, headers: { Accept: "application/json" }, credentials: "omit" })
        .then(function (answer) { return answer.json().then(function (told) { return { ok: answer.ok, told: told }; }); })
        .then(function (got) {
          free();
          if (got.ok) return ended(got.told);
          if (got.told.token) { since = Date.now(); form.elements._token.value = got.told.token; begin(); }
          var problems = got.told.problems || {};
          var bad = fields.filter(function (field) {
            var text = problems[field.dataset.name] || "";
            say(field, text);
            return text;
          });
          if (bad[0]) turn(Math.max(0, sheets.findIndex(function (sheet) { return sheet.contains(bad[0]); })));
          tell(got.told.message, bad);
        })
        .catch(function () { free(); tell(words.offline); });
    }
    function free() { busy = false; send.disabled = false; if (sheets.length < 2 || at === sheets.length - 1) send.textContent = words.button; }

    words.button = send.textContent;
    if (sheets.length > 1) {
      steps = document.createElement("div");
      steps.className = "rf-steps";
      steps.innerHTML = "<span></span><progress></progress>";
      steps.lastChild.max = sheets.length;
      steps.lastChild.setAttribute("aria-hidden", "true");
      form.insertBefore(steps, sheets[0]);
      back = document.createElement("button");
      back.type = "button";
      back.className = "rf-back";
      back.textContent = words.back;
      back.addEventListener("click", function () { tell(""); turn(at - 1); });
      foot.insertBefore(back, send);
      var bad = sheets.findIndex(function (sheet) { return sheet.querySelector(".rf-bad"); });
      turn(Math.max(0, bad));
    }
    if (embedded) form.elements._page.value = location.href;
    form.addEventListener("input", conditions);
    form.addEventListener("change", function (event) {
      var field = event.target.closest("[data-field]");
      if (field && field.classList.contains("rf-bad")) say(field, wrong(field));
    });
    form.addEventListener("focusin", begin, { once: true });
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      if (busy || !check(sheets[at])) return;
      if (at < sheets.length - 1) {
        turn(at + 1);
        var next = sheets[at].querySelector("input,select,textarea,fieldset");
        if (next) next.focus();
        return;
      }
      busy = true;
      send.disabled = true;
      send.textContent = words.sending;
      begin();
      deliver();
    });
    conditions();
  }

  function embed(place) {
    var alias = place.getAttribute("data-relais-form");
    if (!alias || place.relais) return;
    place.relais = true;
    if (place.tagName === "IFRAME") {
      window.addEventListener("message", function (event) {
        if (event.origin !== base || event.source !== place.contentWindow || !event.data || !event.data.relaisForm) return;
        place.style.height = Math.ceil(event.data.height) + "px";
      });
      return;
    }
    var host = place.tagName === "SCRIPT" ? place.parentNode.insertBefore(document.createElement("div"), place) : place;
    var own = place.getAttribute("data-style") === "none";
    var asked = new URLSearchParams(location.search);
    if (place.getAttribute("data-lang") || document.documentElement.lang) asked.set("lang", place.getAttribute("data-lang") || document.documentElement.lang.slice(0, 2));
    fetch(base + "/f/" + encodeURIComponent(alias) + "/part?" + asked, { credentials: "omit" })
      .then(function (answer) { if (!answer.ok) throw answer; return answer.json(); })
      .then(function (told) {
        var root = host;
        if (!own && host.attachShadow) {
          root = host.attachShadow({ mode: "open" });
          // A sheet made by script needs no leave from the policy of the page.
          var sheet = new CSSStyleSheet();
          sheet.replaceSync(told.css);
          root.adoptedStyleSheets = [sheet];
        }
        root.innerHTML = told.html;
        var more = root.querySelector(".rf-more");
        if (own && more) more.hidden = true;
        start(root.querySelector("form"), true);
      })
      .catch(function () { window.console.warn("Relais: the form “" + alias + "” cannot be shown here. Is this site among those of the workspace?"); });
  }

  function look() {
    all(document, "form[data-relais]").forEach(function (form) { start(form, false); });
    all(document, "[data-relais-form]").forEach(embed);
  }
  window.relaisForms = { embed: embed };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", look);
  else look();
})(window, document);
