/* Filters, searches and sorts the ledger. What is chosen stands in the address, so that a link, a
   reload and the back button bring a view back. Without this script the whole table is there. */
(function () {
  "use strict";

  const box = document.querySelector(".cbec-ledger");
  const form = box.querySelector(".cbec-ledger__tools");
  const data = JSON.parse(box.querySelector(".cbec-ledger__data").textContent);
  const body = box.querySelector("tbody");
  const titles = [...box.querySelectorAll("thead th")];
  const columns = Object.keys(data.rows[0].ranks);
  const panel = form.querySelector("details");
  const none = box.querySelector(".cbec-ledger__none");
  const count = box.querySelector(".cbec-ledger__count");
  const acts = box.querySelector(".cbec-ledger__acts");
  const view = box.querySelector(".cbec-ledger__view");
  const told = box.querySelector(".cbec-ledger__told");
  const [section, sort, search] = ["section", "sort", "find"].map((name) => form.elements[name]);
  const boxes = [...form.querySelectorAll("input[type=checkbox]")];

  // Width and case don't matter: １７．６６ finds 17.66.
  const plain = (text) => text.normalize("NFKC").toLowerCase();

  const rows = data.rows.map((row, place) => ({
    ...row,
    place,
    line: body.rows[place],
    entry: document.getElementById(`claim-${row.id}`),
    text: plain(row.text),
  }));
  // Links made before a verdict got its present name.
  const RENAMED = { untraceable: "untraced" };
  let shown = rows;
  let lastChanged = null;

  // Which rows -------------------------------------------------------------------------------

  const tests = {
    find: (row) => plain(search.value).split(/\s+/).every((word) => row.text.includes(word)),
    section: (row) => isIn(row.section, section.value),
    kind: (row) => isChosen("kind", row.kind),
    arithmetic: (row) => isChosen("arithmetic", row.arithmetic),
    evidence: (row) => isChosen("evidence", row.evidence),
  };

  function isIn(place, whole) {
    return !whole || place === whole || place.startsWith(`${whole}.`);
  }

  function isChosen(name, value) {
    const chosen = boxes.filter((input) => input.name === name && input.checked);
    return chosen.length === 0 || chosen.some((input) => input.value === value);
  }

  // With all that is chosen, but for what the control of this name says.
  function matching(except) {
    const asked = Object.keys(tests).filter((name) => name !== except);
    return rows.filter((row) => asked.every((name) => tests[name](row)));
  }

  function inOrder(found) {
    const column = sort.value.replace("-", "");
    if (!column) return found;
    const sign = sort.value.startsWith("-") ? -1 : 1;
    return [...found].sort((a, b) => {
      const [left, right] = [a.ranks[column], b.ranks[column]];
      if (left === null || right === null) return (left === null) - (right === null);
      return sign * (left - right) || a.place - b.place;
    });
  }

  // What is seen -----------------------------------------------------------------------------

  function show() {
    const order = inOrder(rows);
    const found = new Set(matching());
    shown = order.filter((row) => found.has(row));
    body.append(...order.map((row) => row.line));
    const target = location.hash.slice(1);
    rows.forEach((row) => {
      row.line.hidden = !found.has(row);
      // A link to an entry shows it, whatever the filter says.
      row.entry.hidden = row.line.hidden && row.entry.id !== target;
    });
    const isAll = query() === "";
    none.hidden = shown.length > 0;
    body.closest(".cbec-scroll").hidden = shown.length === 0;
    [acts, view].forEach((part) => {
      part.hidden = isAll;
    });
    told.textContent = "";
    tellCounts();
    tellOrder();
  }

  function tellCounts() {
    const of = (list, kind) => list.filter((row) => row.kind === kind).length;
    count.textContent = _(
      "{statistics} of {allStatistics} statistics and {checks} of {allChecks} cross-checks",
    )
      .replace("{statistics}", of(shown, "statistic"))
      .replace("{allStatistics}", of(rows, "statistic"))
      .replace("{checks}", of(shown, "cross-check"))
      .replace("{allChecks}", of(rows, "cross-check"));
    boxes.forEach((input) => {
      const would = matching(input.name).filter((row) => row[input.name] === input.value);
      input.parentElement.querySelector(".cbec-ledger__n").textContent = would.length;
    });
    const rest = matching("section");
    [...section.options].forEach((option) => {
      option.dataset.label ??= option.textContent;
      const would = rest.filter((row) => isIn(row.section, option.value));
      option.textContent = `${option.dataset.label} (${would.length})`;
    });
  }

  function tellOrder() {
    titles.forEach((title, i) => {
      const direction = { [columns[i]]: "ascending", [`-${columns[i]}`]: "descending" };
      if (direction[sort.value]) title.setAttribute("aria-sort", direction[sort.value]);
      else title.removeAttribute("aria-sort");
    });
  }

  // The address ------------------------------------------------------------------------------

  function query() {
    const chosen = [...new FormData(form)].filter(([, value]) => value.trim() !== "");
    return new URLSearchParams(chosen).toString();
  }

  function link() {
    const asked = query();
    return location.pathname + (asked && `?${asked}`);
  }

  // A view is a step for the back button; one more letter of the same search is none.
  function changed(control) {
    const isSame = control === search && lastChanged === search;
    lastChanged = control;
    history[isSame ? "replaceState" : "pushState"](null, "", link());
    show();
  }

  function restore() {
    const asked = new URLSearchParams(location.search);
    search.value = asked.get("find") ?? "";
    [section, sort].forEach((list) => {
      list.value = asked.get(list.name) ?? "";
      if (list.selectedIndex < 0) list.value = "";
    });
    boxes.forEach((input) => {
      const values = asked.getAll(input.name).map((value) => RENAMED[value] ?? value);
      input.checked = values.includes(input.value);
    });
    lastChanged = null;
    const target = document.getElementById(location.hash.slice(1));
    const wasHidden = target?.hidden;
    show();
    if (wasHidden) target.scrollIntoView();
  }

  // Acts -------------------------------------------------------------------------------------

  function download(name, type, text) {
    const file = document.createElement("a");
    file.href = URL.createObjectURL(new Blob([text], { type }));
    file.download = name;
    file.click();
    setTimeout(() => URL.revokeObjectURL(file.href));
  }

  const does = {
    clear() {
      form.reset();
      changed(null);
      (panel.open ? search : panel.firstElementChild).focus();
    },
    async copy() {
      try {
        await navigator.clipboard.writeText(new URL(link(), location.href).href);
        told.textContent = _("The link is copied.");
      } catch {
        told.textContent = _(
          "This browser doesn't let the page copy: take the address bar's link.",
        );
      }
    },
    csv() {
      const lines = [data.head, ...shown.map((row) => row.csv), ""];
      download("cbec-ledger-view.csv", "text/csv", lines.join("\n"));
    },
    json() {
      const text = JSON.stringify(shown.map((row) => row.json), null, 2);
      download("cbec-ledger-view.json", "application/json", `${text}\n`);
    },
  };

  box.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (button) does[button.dataset.act]();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", (event) => changed(event.target));
  ["popstate", "hashchange"].forEach((name) => window.addEventListener(name, restore));

  titles.forEach((title, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "cbec-ledger__sort";
    button.append(...title.childNodes);
    button.addEventListener("click", () => {
      const turns = ["", columns[i], `-${columns[i]}`];
      sort.value = turns[(turns.indexOf(sort.value) + 1) % turns.length];
      changed(sort);
    });
    title.append(button);
  });

  form.hidden = false;
  panel.open = matchMedia("(width >= 40rem)").matches;
  restore();
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
})();
