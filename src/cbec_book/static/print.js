/* Prints in light colours what is read in dark ones. */
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
})();
