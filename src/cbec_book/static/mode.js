/* Shows the page in the mode that the reader has chosen. The page waits for it: it has to be small.
   Prints in light colours what is read in dark ones. */
(function () {
  "use strict";

  const page = document.documentElement.dataset;
  let read = null; // the theme that the page is read in

  window.addEventListener("beforeprint", () => {
    read = page.theme;
    page.theme = "light";
  });
  window.addEventListener("afterprint", () => {
    page.theme = read;
  });

  page.mode = localStorage.getItem("mode") || page.theme || "auto";
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  page.theme = page.mode === "auto" ? (dark ? "dark" : "light") : page.mode;
})();
