/*! Relais: page views and events of this site. Keeps nothing and sends nothing unless allowed. */
(function (window, document, setup) {
  "use strict";
  var queued = (window.relais && window.relais.q) || [];
  if (window.relais && window.relais.ready) return;
  var navigator = window.navigator;
  var location = window.location;
  var tag = document.currentScript;
  var target = tag && tag.src.replace(/relais\.js([?#].*)?$/, "hit");
  var KEY = "relais_visitor";
  var AGREED = "relais_consent";
  var VISIT = "relais_visit";
  var YEAR = 396 * 86400;
  var PAUSE = 1800;
  var unwanted =
    setup.signals &&
    (navigator.globalPrivacyControl || navigator.doNotTrack === "1" || window.doNotTrack === "1");
  var deeds = [];
  var token = "";
  var page = null;
  var timer = 0;

  function cookie(name) {
    var found = document.cookie.match("(?:^|; )" + name + "=([^;]*)");
    return found ? found[1] : "";
  }

  function keep(name, value, seconds) {
    document.cookie =
      name + "=" + value + ";path=/;max-age=" + seconds + ";SameSite=Lax" +
      (location.protocol === "https:" ? ";Secure" : "");
  }

  function random() {
    if (window.crypto.randomUUID) return window.crypto.randomUUID();
    var bytes = window.crypto.getRandomValues(new Uint8Array(16));
    var text = Array.prototype.map
      .call(bytes, function (byte) { return (256 + byte).toString(16).slice(1); })
      .join("");
    return text.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
  }

  function allowed() {
    if (unwanted || !target) return false;
    var said = cookie(AGREED);
    return said ? said === "1" : !setup.consent;
  }

  function visitor() {
    var key = cookie(KEY);
    if (!/^[0-9a-f-]{36}$/.test(key)) key = random();
    keep(KEY, key, YEAR);
    return key;
  }

  // A visit goes on as long as no half hour passes between two pages that are looked at.
  function begins() {
    var begun = cookie(VISIT);
    keep(VISIT, "1", PAUSE);
    return begun ? 0 : 1;
  }

  function add(deed) {
    deed.at = Date.now();
    deeds.push(deed);
    if (deeds.length >= 20) flush();
    else timer = timer || window.setTimeout(flush, 400);
  }

  function flush() {
    window.clearTimeout(timer);
    timer = 0;
    if (!allowed() || !(deeds.length || token)) return;
    var now = Date.now();
    var hit = { v: visitor(), c: 1, e: deeds };
    deeds.forEach(function (deed) {
      deed.a = now - deed.at;
      delete deed.at;
    });
    if (token) hit.t = token;
    deeds = [];
    token = "";
    // Plain text needs no preflight; without cookies, since the other side wants none.
    window
      .fetch(target, {
        method: "POST", mode: "cors", credentials: "omit", keepalive: true,
        headers: { "Content-Type": "text/plain" }, body: JSON.stringify(hit),
      })
      .catch(function () {});
  }

  function address() {
    return location.href.replace(/#.*$/, "");
  }

  // A message introduces its reader by a token in the address, which nobody else is to see.
  function greet() {
    var found = location.search.match(/[?&]rl_visit=([^&]*)/);
    if (!found) return;
    var rest = location.search.replace(/([?&])rl_visit=[^&]*(&|$)/, "$1").replace(/[?&]$/, "");
    // Beneath our own watch on the history: this is no visit of another page.
    replace.call(window.history, window.history.state, "", location.pathname + rest + location.hash);
    if (allowed()) token = found[1];
    else waiting = found[1];
  }
  var waiting = "";
  var replace = window.history.replaceState;

  function view() {
    leave();
    page = { url: address(), id: random(), from: page ? page.url : document.referrer };
    page.since = document.visibilityState === "visible" ? Date.now() : 0;
    if (allowed())
      add({ n: "view", i: page.id, u: page.url, t: document.title, r: page.from, b: begins() });
  }

  // Only visible time counts; what was not yet told is told whenever the page is left or hidden.
  function leave() {
    if (!page || !page.since) return;
    var seconds = Math.round((Date.now() - page.since) / 1000);
    page.since = 0;
    if (seconds > 0 && allowed()) {
      keep(VISIT, "1", PAUSE);
      add({ n: "time", i: page.id, u: page.url, s: seconds });
    }
  }

  // Who comes back to an open page behind the end of the visit begins another one there.
  function back() {
    if (!page || page.since) return;
    page.since = Date.now();
    if (cookie(VISIT) || !allowed()) return;
    page = { url: "" };
    view();
  }

  function moved() {
    // The page's own code sets its title behind the change of address.
    window.setTimeout(function () {
      if (page && address() !== page.url) view();
    }, 50);
  }

  function watch(name) {
    var original = window.history[name];
    window.history[name] = function () {
      var result = original.apply(this, arguments);
      moved();
      return result;
    };
  }

  var commands = {
    event: function (key, data) {
      if (allowed()) add({ n: "event", k: String(key), d: data || {} });
    },
    identify: function (signed) {
      if (typeof signed !== "string" || !allowed()) return;
      flush();
      token = signed;
      flush();
    },
    page: view,
    consent: function (agreed) {
      if (unwanted) return;
      var before = allowed();
      keep(AGREED, agreed ? "1" : "0", YEAR);
      if (!agreed) {
        deeds = [];
        keep(KEY, "", 0);
        keep(VISIT, "", 0);
      } else if (!before) {
        token = waiting;
        waiting = "";
        // On the page they came to, not from it.
        if (page) {
          page = null;
          view();
        }
      }
    },
    forget: function () {
      flush();
      keep(KEY, "", 0);
      keep(VISIT, "", 0);
    },
  };

  function relais(name) {
    var command = commands[name];
    if (command) command.apply(null, Array.prototype.slice.call(arguments, 1));
  }

  function start() {
    greet();
    view();
    watch("pushState");
    watch("replaceState");
    window.addEventListener("popstate", moved);
    window.addEventListener("pageshow", function (event) {
      if (event.persisted) view();
    });
    document.addEventListener("visibilitychange", function () {
      if (document.visibilityState === "hidden") {
        leave();
        flush();
      } else back();
    });
    window.addEventListener("pagehide", function () {
      leave();
      flush();
      // Should it be shown again, that is another view.
      page = null;
    });
    for (var index = 0; index < queued.length; index++) relais.apply(null, queued[index]);
  }

  relais.ready = true;
  window.relais = relais;
  if (document.prerendering) document.addEventListener("prerenderingchange", start, { once: true });
  else start();
})(window, document, __SETUP__);
