/* Says of each box of a table, a formula or code whether more of it is out of sight at the end: the
   style lets that end fade. A table that fits its box needs none, and its heads stay in sight. */
(function () {
  "use strict";

  const BOXES =
    ".cbec-scroll, .pst-scrollable-table-container, math[display=block], .highlight > pre";

  function tell(box) {
    const hidden = box.scrollWidth - box.clientWidth;
    const state = hidden <= 1 ? "none" : box.scrollLeft >= hidden - 1 ? "end" : "more";
    // Formulas have no `dataset` in older browsers.
    if (box.getAttribute("data-overflow") !== state) box.setAttribute("data-overflow", state);
  }

  if (!window.ResizeObserver) return;
  const sizes = new ResizeObserver((entries) => entries.forEach(({ target }) => tell(target)));
  document.querySelectorAll(BOXES).forEach((box) => {
    sizes.observe(box);
    box.addEventListener("scroll", () => tell(box), { passive: true });
  });
})();
