// Keys for a reviewer's screen. Everything works without them; nothing is sent but by the form's own button.
(function () {
  "use strict";
  var rows = [].slice.call(document.querySelectorAll("[data-row]"));
  var help = document.querySelector(".keys");
  var at = -1;

  function field(name) {
    return at < 0 ? null : rows[at].querySelector("select[name^=" + name + "-]");
  }

  function show(row) {
    var box = row.getBoundingClientRect();
    var top = box.top - 60, bottom = box.bottom - window.innerHeight + 80;
    if (top < 0 || box.height > window.innerHeight - 140) {
      window.scrollBy(0, top);
    } else if (bottom > 0) {
      window.scrollBy(0, bottom);
    }
  }

  function go(to) {
    if (!rows.length) { return; }
    if (at >= 0) { rows[at].removeAttribute("aria-current"); }
    at = Math.max(0, Math.min(rows.length - 1, to));
    rows[at].setAttribute("aria-current", "true");
    rows[at].tabIndex = -1;
    rows[at].focus({ preventScroll: true });
    show(rows[at]);
  }

  function choose(name, value) {
    var found = field(name);
    if (found) {
      found.value = value;
      mark(found);
    }
    return Boolean(found);
  }

  function mark(select) {
    var row = select.parentNode.parentNode;
    if (select.name.indexOf("verdict-") === 0 || !row.querySelector("select[name^=verdict-]")) {
      row.classList.toggle("marked", select.value !== "");
    }
  }

  function refuse() {
    var found = field("verdict");
    if (!found) { return choose("publish", "no"); }
    var reasons = [].map.call(found.querySelectorAll("optgroup option"), function (one) { return one.value; });
    return choose("verdict", reasons[(reasons.indexOf(found.value) + 1) % reasons.length]);
  }

  function cycle() {
    var found = field("publish");
    if (found) { found.selectedIndex = (found.selectedIndex + 1) % found.options.length; mark(found); }
  }

  function open() {
    var found = at < 0 ? null : rows[at].querySelector("details");
    if (found) { found.open = !found.open; }
  }

  var keys = {
    j: function () { go(at + 1); },
    k: function () { go(at - 1); },
    a: function () { if (!choose("verdict", "")) { choose("publish", ""); } },
    x: function () { if (!choose("verdict", "hold")) { choose("publish", "no"); } },
    r: refuse,
    p: cycle,
    o: open,
    u: function () { var link = document.querySelector("a.undo"); if (link) { link.click(); } },
    "?": function () { if (help) { help.open = !help.open; if (help.open) { help.scrollIntoView(); } } }
  };

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) { return; }
    if (/^[1-9]$/.test(event.key)) {
      var found = field("verdict");
      if (found && found.querySelector("option[value='" + event.key + "']")) { choose("verdict", event.key); }
    } else if (keys.hasOwnProperty(event.key)) {
      event.preventDefault();
      keys[event.key]();
    }
  });
  document.addEventListener("change", function (event) {
    if (event.target.tagName === "SELECT" && event.target.parentNode.className === "pick") { mark(event.target); }
  });
  document.addEventListener("focusin", function (event) {
    rows.forEach(function (row, number) {
      if (row !== rows[at] && row.contains(event.target)) {
        if (at >= 0) { rows[at].removeAttribute("aria-current"); }
        at = number;
        row.setAttribute("aria-current", "true");
      }
    });
  });
  document.addEventListener("submit", function (event) {
    var button = event.target.querySelector("[data-busy]");
    if (button) { button.textContent = button.getAttribute("data-busy"); button.disabled = true; }
  });
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) { window.location.reload(); }
  });
  [].forEach.call(document.querySelectorAll(".pick select"), mark);
}());
