"use strict";

// What the theme's buttons need: menus that open, hints, the way back to the top, and printing. The
// theme takes the first three from Bootstrap, whose script is ten times as heavy; its markup and its
// style sheet are kept, so that pages look and behave as the theme means them to.
(() => {
  const MENU_GAP = 3;
  const HINT_GAP = 6;
  const HINT_DELAY = 500;

  let hints = 0;

  function addMenu(button) {
    const menu = button.nextElementSibling;
    const items = [...menu.querySelectorAll(".dropdown-item")];

    function open(wanted) {
      button.classList.toggle("show", wanted);
      menu.classList.toggle("show", wanted);
      button.setAttribute("aria-expanded", String(wanted));
      if (!wanted) {
        menu.removeAttribute("style");
        return;
      }
      // Below the button; to the left of it where there is no room to the right.
      const room = document.documentElement.clientWidth;
      const fits = button.getBoundingClientRect().left + menu.offsetWidth <= room;
      Object.assign(menu.style, {
        position: "absolute",
        inset: fits ? "0 auto auto 0" : "0 0 auto auto",
        margin: "0",
        transform: `translateY(${Math.ceil(button.offsetHeight + MENU_GAP)}px)`,
      });
    }

    function focusItem(event) {
      const steps = { ArrowDown: 1, ArrowUp: -1 };
      const step = steps[event.key];
      if (!step) return;
      event.preventDefault();
      const now = items.indexOf(document.activeElement);
      open(true);
      const next = now < 0 ? (step > 0 ? 0 : items.length - 1) : now + step;
      items[Math.min(Math.max(next, 0), items.length - 1)].focus();
    }

    button.addEventListener("click", () => open(!menu.classList.contains("show")));
    for (const part of [button, menu]) part.addEventListener("keydown", focusItem);
    document.addEventListener("click", (event) => {
      if (!button.contains(event.target)) open(false);
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.classList.contains("show")) return;
      if (menu.contains(document.activeElement)) button.focus();
      open(false);
    });
    button.parentElement.addEventListener("focusout", (event) => {
      const target = event.relatedTarget;
      if (target && !button.parentElement.contains(target)) open(false);
    });
  }

  function placeHint(hint, owner, wanted) {
    const arrow = hint.firstElementChild;
    arrow.style.position = "absolute";
    const box = owner.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = hint;
    const middle = [box.left + (box.width - width) / 2, box.top + (box.height - height) / 2];
    const places = {
      top: [middle[0], box.top - height - HINT_GAP],
      right: [box.right + HINT_GAP, middle[1]],
      bottom: [middle[0], box.bottom + HINT_GAP],
      left: [box.left - width - HINT_GAP, middle[1]],
    };
    const { clientWidth, clientHeight } = document.documentElement;
    const fits = (name) => {
      const [x, y] = places[name];
      return x >= 0 && y >= 0 && x + width <= clientWidth && y + height <= clientHeight;
    };
    const place = [wanted, ...Object.keys(places)].find(fits) || wanted;
    hint.dataset.popperPlacement = place;
    hint.style.translate = places[place].map((length) => `${Math.round(length)}px`).join(" ");
    if (place === "top" || place === "bottom") {
      arrow.style.left = `${Math.round((width - arrow.offsetWidth) / 2)}px`;
    } else {
      arrow.style.top = `${Math.round((height - arrow.offsetHeight) / 2)}px`;
    }
  }

  function addHint(owner) {
    const text = owner.dataset.bsTitle || owner.title;
    if (!text) return;
    // The browser's own hint would show beside this one.
    owner.removeAttribute("title");
    if (!owner.hasAttribute("aria-label") && !owner.textContent.trim()) owner.ariaLabel = text;
    let timer = 0;
    let hint = null;

    function show() {
      hide();
      timer = setTimeout(() => {
        hint = document.createElement("div");
        hint.className = "tooltip bs-tooltip-auto show";
        hint.role = "tooltip";
        hint.id = `cbec-hint-${(hints += 1)}`;
        Object.assign(hint.style, { position: "fixed", inset: "0 auto auto 0", margin: "0" });
        for (const name of ["tooltip-arrow", "tooltip-inner"]) {
          hint.appendChild(document.createElement("div")).className = name;
        }
        hint.lastElementChild.textContent = text;
        document.body.append(hint);
        placeHint(hint, owner, owner.dataset.bsPlacement || "top");
        owner.setAttribute("aria-describedby", hint.id);
      }, HINT_DELAY);
    }

    function hide() {
      clearTimeout(timer);
      if (!hint) return;
      hint.remove();
      hint = null;
      owner.removeAttribute("aria-describedby");
    }

    for (const name of ["mouseenter", "focusin"]) owner.addEventListener(name, show);
    for (const name of ["mouseleave", "focusout"]) owner.addEventListener(name, hide);
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") hide();
    });
    document.addEventListener("scroll", hide, { passive: true });
  }

  // Shown while a reader who is far down scrolls up.
  function addWayBack(button) {
    let before = 0;
    button.addEventListener("click", () => window.scrollTo(0, 0));
    window.addEventListener(
      "scroll",
      () => {
        const header = document.querySelector(".bd-header");
        const up = window.scrollY < before && window.scrollY > (header ? header.offsetHeight : 0);
        button.style.display = up ? "block" : "none";
        before = window.scrollY;
      },
      { passive: true },
    );
  }

  // The address of Sphinx's link is a script, which the pages' policy refuses.
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".highlight-link a")) return;
    event.preventDefault();
    SphinxHighlight.hideSearchWords();
  });

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll(".btn-download-pdf-button").forEach((button) => {
      button.addEventListener("click", () => window.print());
    });
    if (window.bootstrap) return;
    document.querySelectorAll('[data-bs-toggle="dropdown"]').forEach(addMenu);
    document.querySelectorAll('[data-bs-toggle="tooltip"]').forEach(addHint);
    document.querySelectorAll("#pst-back-to-top").forEach(addWayBack);
  });
})();
