/* Shows the note of a number beside it, and the definition of a term; on a wide page in the margin,
   where the contents give way. Without this script, or in a browser without popovers, the link jumps
   to the note, or to the glossary. */
(function () {
  "use strict";

  if (!HTMLElement.prototype.showPopover) return;

  const REST = 250; // ms that a mouse rests on a number before its note opens
  const LEAVE = { near: 300, beside: 900 }; // ms to move from the number to the note
  const GAP = 6; // px
  const MARGIN = 8; // px to the edges of the window
  const BESIDE = { from: 1400, away: 24, least: 220, most: 352 }; // px of a note in the margin

  const numbers = document.querySelectorAll("a.cbec-number, a.cbec-term");
  const definitions = new Map(); // of terms: the text of their titles
  const box = document.createElement("div");
  box.className = "cbec-popover";
  box.id = "cbec-popover";
  box.popover = "auto";
  box.tabIndex = -1;
  box.setAttribute("role", "dialog");

  let owner = null; // the number whose note is shown
  let pinned = false; // by a click or a key: it stays when the mouse leaves
  let returning = false; // the focus, from the box to its number
  let wasPinned = null; // the number that was pinned when a click on it began
  let timer = 0;

  function note(number) {
    const copy = document.getElementById(number.hash.slice(1)).cloneNode(true);
    copy.querySelectorAll(".cbec-note__back").forEach((back) => back.remove());
    return copy.childNodes;
  }

  function definition(term) {
    const text = document.createElement("p");
    const link = document.createElement("a");
    link.href = term.href;
    link.textContent = _("In the glossary");
    text.append(definitions.get(term), " ", link);
    return [text];
  }

  function fill(number) {
    box.replaceChildren(...(definitions.has(number) ? definition(number) : note(number)));
    box.setAttribute("aria-label", number.textContent.trim());
    number.after(box); // so that the next Tab goes on from the number
  }

  // How wide a note may be in the margin; nothing if the page has no room there.
  function marginOf(number) {
    const text = number.closest("article").getBoundingClientRect();
    const left = text.right + BESIDE.away;
    const free = document.documentElement.clientWidth - left - MARGIN;
    if (innerWidth < BESIDE.from || free < BESIDE.least) return null;
    return { left, width: Math.min(free, BESIDE.most) };
  }

  function placeBeside(number, margin) {
    const height = document.documentElement.clientHeight;
    const room = height - 2 * MARGIN;
    Object.assign(box.style, { width: `${margin.width}px`, maxHeight: `${room}px` });
    const wanted = number.getBoundingClientRect().top - MARGIN;
    const top = Math.max(Math.min(wanted, height - box.offsetHeight - MARGIN), MARGIN);
    box.style.left = `${margin.left + scrollX}px`;
    box.style.top = `${top + scrollY}px`;
  }

  function place(number) {
    const margin = marginOf(number);
    document.documentElement.classList.toggle("cbec-note-beside", margin !== null);
    if (margin) {
      placeBeside(number, margin);
      return;
    }
    box.style.width = "";
    const lines = number.getClientRects();
    const line = lines[lines.length - 1];
    const room = document.documentElement.clientWidth;
    const height = document.documentElement.clientHeight;
    const below = height - line.bottom - GAP - MARGIN;
    const above = line.top - GAP - MARGIN;
    const under = below >= Math.min(box.scrollHeight, 240) || below >= above;
    box.style.maxHeight = `${Math.max(under ? below : above, 120)}px`;
    const left = Math.min(line.left, room - box.offsetWidth - MARGIN);
    const top = under ? line.bottom + GAP : line.top - GAP - box.offsetHeight;
    box.style.left = `${Math.max(left, MARGIN) + scrollX}px`;
    box.style.top = `${top + scrollY}px`;
  }

  function open(number, pin) {
    clearTimeout(timer);
    if (owner !== number) {
      if (owner) box.hidePopover();
      fill(number);
      owner = number;
      box.showPopover();
      place(number);
      box.scrollTop = 0;
      number.setAttribute("aria-expanded", "true");
    }
    pinned = pin;
    // A definition that the focus alone has opened is no stop on the way through the text.
    if (definitions.has(number)) box.querySelector("a").tabIndex = pin ? 0 : -1;
    if (pin) box.focus({ preventScroll: true });
  }

  function close() {
    clearTimeout(timer);
    if (owner) box.hidePopover();
  }

  function closeSoon() {
    clearTimeout(timer);
    if (!owner || pinned) return;
    const beside = document.documentElement.classList.contains("cbec-note-beside");
    timer = setTimeout(close, beside ? LEAVE.beside : LEAVE.near);
  }

  // A note also closes by a click outside, which the browser sees to.
  box.addEventListener("beforetoggle", (event) => {
    if (event.newState === "open") return;
    const left = owner;
    owner = null;
    pinned = false;
    left.setAttribute("aria-expanded", "false");
    document.documentElement.classList.remove("cbec-note-beside");
    if (!box.contains(document.activeElement)) return;
    returning = true;
    left.focus({ preventScroll: true });
    returning = false;
  });
  box.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !box.contains(event.relatedTarget)) close();
  });
  box.addEventListener("pointerenter", () => clearTimeout(timer));
  box.addEventListener("pointerleave", closeSoon);
  window.addEventListener("resize", close);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (!owner) document.activeElement.classList.add("cbec-hush"); // its words go, too
    close();
  });

  numbers.forEach((number) => {
    if (number.matches(".cbec-term")) definitions.set(number, number.title);
    [number, ...number.querySelectorAll("[title]")].forEach((part) => {
      part.removeAttribute("title"); // the note says it
    });
    number.setAttribute("aria-haspopup", "dialog");
    number.setAttribute("aria-expanded", "false");
    number.addEventListener("pointerdown", () => {
      wasPinned = pinned ? owner : null;
    });
    if (definitions.has(number)) {
      number.addEventListener("focus", () => {
        if (!returning && number.matches(":focus-visible")) open(number, false);
      });
      number.addEventListener("blur", (event) => {
        if (owner === number && !pinned && !box.contains(event.relatedTarget)) close();
      });
    }
    number.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      if (wasPinned === number) close();
      else open(number, true);
      wasPinned = null;
    });
    number.addEventListener("pointerenter", (event) => {
      if (event.pointerType !== "mouse" || pinned) return;
      clearTimeout(timer);
      timer = setTimeout(() => open(number, false), REST);
    });
    number.addEventListener("pointerleave", closeSoon);
    number.addEventListener("blur", () => number.classList.remove("cbec-hush"));
  });
})();
