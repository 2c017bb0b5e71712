// Comfort for editors: buttons over a text, how long it is, and a question before typed words are left behind. Everything works without it.
(function () {
  "use strict";
  var form = document.querySelector("form[data-words]");
  var sent = false;

  function each(selector, act) { [].forEach.call((form || document).querySelectorAll(selector), act); }

  if (window.customElements && customElements.whenDefined) {
    customElements.whenDefined("markdown-toolbar").then(function () {
      each("markdown-toolbar", function (bar) { bar.hidden = false; });
    });
  }

  function changed() {
    return [].some.call(form.querySelectorAll("input, textarea"), function (field) {
      return /checkbox|radio/.test(field.type) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
    });
  }

  if (form) {
    var kept = form.hasAttribute("data-unsaved");
    form.addEventListener("submit", function () { sent = true; });
    window.addEventListener("beforeunload", function (event) {
      if (!sent && (kept || changed())) {
        event.preventDefault();
        event.returnValue = "";
      }
    });
    document.addEventListener("keydown", function (event) {
      if ((event.ctrlKey || event.metaKey) && event.key === "s") {
        event.preventDefault();
        form.querySelector("button[data-save]").click();
      }
    });
  }

  var zone = document.querySelector("input[data-own-zone]");
  if (zone && zone.value === "UTC" && window.Intl) {
    zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  }
}());
