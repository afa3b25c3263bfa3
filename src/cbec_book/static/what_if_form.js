/* The what-if of the audit: one figure is printed otherwise, and the verdicts that rest on it are
   found again. The arithmetic is that of what_if_verdicts.js. */
(function () {
  "use strict";

  const PATIENCE = 700; // ms that a number may be half typed before its error is told

  const { check, filled, numberText, read, revive, stepped } = window.cbecAudit;
  const { ngettext } = Documentation;
  const MOVES = {
    stays: _("stays"),
    falls: _("falls"),
    recovers: _("recovers"),
    changes: _("changes"),
  };

  function element(name, properties = {}, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children.filter((child) => child !== ""));
    return made;
  }

  function start(box) {
    const data = JSON.parse(box.querySelector(".cbec-whatif__data").textContent);
    const figures = revive(data.figures);
    const checks = Object.fromEntries(data.checks.map((claim) => [claim.id, claim]));
    const derivable = data.checks.filter((claim) => claim.tree !== null);
    const before = Object.fromEntries(
      derivable.map((claim) => [claim.id, check(claim, figures)]),
    );

    const find = (name) => box.querySelector(name);
    const form = find("form");
    const choice = find("select");
    const field = find("input");
    const reset = find("button[type=reset]");
    const error = find(".cbec-whatif__error");
    const summary = find(".cbec-whatif__summary");
    const table = find(".cbec-whatif__result table");

    let current = null; // the figure as it was last understood
    let timer = 0;

    const original = () => figures[choice.value];
    const digits = ({ spelled, text, tail, value }) =>
      spelled ? numberText(value, original()) : text.slice(0, text.length - tail.length);
    const label = (verdict) => data.verdicts[verdict][1];

    function badge(verdict) {
      const [symbol, word, meaning, tone] = data.verdicts[verdict];
      const mark = element("span", { textContent: symbol });
      mark.setAttribute("aria-hidden", "true");
      const shown = { className: `verdict verdict--${tone}`, title: meaning };
      return element("span", shown, mark, ` ${word}`);
    }

    /* How a verdict moved: it falls if figure and inputs no longer agree. */
    function move(from, to) {
      if (from === to) return "stays";
      const [fell, falls] = [from, to].map((verdict) => data.failing.includes(verdict));
      if (falls && !fell) return "falls";
      return fell && !falls ? "recovers" : "changes";
    }

    function resultCell(title, result, printed) {
      const lines = [];
      if (printed) lines.push(filled(_("printed {figure}"), { figure: printed }));
      if (result.recomputed) lines.push(filled(_("gives {figure}"), { figure: result.recomputed }));
      if (result.bounds && result.bounds !== result.recomputed) lines.push(result.bounds);
      if (result.reason) lines.push(result.reason);
      lines.push(...result.remarks);
      const small = lines.flatMap((line) => [element("br"), element("small", {}, line)]);
      const cell = element("td", {}, badge(result.verdict), ...small);
      cell.dataset.label = title;
      return cell;
    }

    function show() {
      const id = choice.value;
      const other = { ...figures, [id]: current };
      const rows = data.resting[id].map((name) => {
        const after = check(checks[name], other);
        return { name, after, moved: move(before[name].verdict, after.verdict) };
      });
      summary.textContent = sentence(rows, current.text !== original().text);
      fill(rows, other);
    }

    function sentence(rows, changed) {
      const resting = ngettext(
        "Of the {total} derivable figures and checks, {count} rests on this one.",
        "Of the {total} derivable figures and checks, {count} rest on this one.",
        rows.length,
      );
      const rest = filled(resting, { total: derivable.length, count: rows.length });
      if (!changed) return `${rest} ${_("As printed, their verdicts are those of the audit.")}`;
      const said = {
        falls: (n) =>
          ngettext("{count} verdict falls: {list}.", "{count} verdicts fall: {list}.", n),
        recovers: (n) =>
          ngettext("{count} verdict recovers: {list}.", "{count} verdicts recover: {list}.", n),
        changes: (n) =>
          ngettext(
            "{count} verdict changes otherwise: {list}.",
            "{count} verdicts change otherwise: {list}.",
            n,
          ),
      };
      const told = Object.keys(said).flatMap((moved) => {
        const some = rows.filter((row) => row.moved === moved);
        if (!some.length) return moved === "falls" ? [_("0 verdicts fall.")] : [];
        const named = some.map(({ name, after }) =>
          filled(_("{claim}, from {before} to {after}"), {
            claim: checks[name].title,
            before: label(before[name].verdict),
            after: label(after.verdict),
          }),
        );
        return [filled(said[moved](some.length), { count: some.length, list: named.join("; ") })];
      });
      return [rest, ...told].join(" ");
    }

    function fill(rows, other) {
      const titles = [
        _("Claim or check"),
        _("As printed"),
        _("With your figure"),
        _("Verdict"),
      ];
      const head = titles.map((title) => {
        const cell = element("th", { textContent: title });
        cell.scope = "col";
        return cell;
      });
      const body = rows.map(({ name, after, moved }) => {
        const link = element("a", { href: checks[name].address }, checks[name].title);
        const stands = figures[name] ? figures[name].english : "";
        const verdict = element("td", { className: "cbec-whatif__move" }, MOVES[moved]);
        verdict.dataset.label = titles[3];
        const printed = (all) => (name === choice.value ? all[name].text : "");
        const row = element(
          "tr",
          {},
          element("td", {}, link, element("br"), element("small", {}, stands)),
          resultCell(titles[1], before[name], printed(figures)),
          resultCell(titles[2], after, printed(other)),
          verdict,
        );
        row.dataset.move = moved;
        return row;
      });
      const title = choice.selectedOptions[0].textContent;
      table.replaceChildren(
        element("caption", {}, filled(_("What rests on: {figure}"), { figure: title })),
        element("thead", {}, element("tr", {}, ...head)),
        element("tbody", {}, ...body),
      );
    }

    function complain(message) {
      error.textContent = message;
      field.setAttribute("aria-invalid", String(message !== ""));
    }

    /* Takes what stands in the field; what can't be read leaves the last result as it is. */
    function take(patience = 0) {
      clearTimeout(timer);
      reset.disabled = field.value === digits(original());
      try {
        current = read(field.value, original());
      } catch (problem) {
        const typed = field.value.trim();
        const shown = typed.length > 20 ? `${typed.slice(0, 20)}…` : typed;
        const said = shown
          ? _("“{typed}” can't be read; {remedy}. The result below is that of {figure}.")
          : _("The field is empty; {remedy}. The result below is that of {figure}.");
        const values = { typed: shown, remedy: problem.message, figure: current.text };
        const told = filled(said, values);
        timer = setTimeout(complain, patience, told);
        return;
      }
      complain("");
      show();
    }

    function write(figure) {
      field.value = digits(figure);
      take();
    }

    function choose() {
      const figure = original();
      const unit = figure.tail.trim();
      const own = element("span", { lang: "zh-CN", textContent: figure.spelled ? "" : unit });
      const english = unit === figure.unit ? "" : figure.unit;
      const between = own.textContent && english ? ", " : "";
      find(".cbec-whatif__unit").replaceChildren(own, between, english);
      find(".cbec-whatif__room").textContent = room(figure);
      write(figure);
    }

    function room(figure) {
      if (!figure.room) return "";
      const [low, high] = figure.room;
      let said = _(
        "With as many digits, and all others as printed, no verdict falls from {low} to {high}.",
      );
      if (low === null && high === null) {
        said = _(
          "With as many digits, and all others as printed, no verdict falls wherever it moves.",
        );
      } else if (low === high) {
        said = _(
          "With as many digits, and all others as printed, every verdict stands at {low} only.",
        );
      } else if (low === null) {
        said = _("With as many digits, and all others as printed, no verdict falls to {high}.");
      } else if (high === null) {
        said = _("With as many digits, and all others as printed, no verdict falls from {low}.");
      }
      return filled(said, { low, high });
    }

    choice.addEventListener("change", choose);
    field.addEventListener("input", () => take(PATIENCE));
    field.addEventListener("change", () => take());
    field.addEventListener("keydown", (event) => {
      const steps = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!steps) return;
      event.preventDefault();
      write(stepped(current, steps));
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      take();
    });
    form.addEventListener("reset", (event) => {
      event.preventDefault();
      write(original());
      field.focus();
    });
    form.addEventListener("click", ({ target }) => {
      const { step, figure, number } = target.dataset;
      if (step) write(stepped(current, Number(step)));
      if (!figure) return;
      choice.value = figure;
      choose();
      field.value = number;
      take();
    });

    choose();
    form.hidden = false;
    find(".cbec-whatif__result").hidden = false;
    find("details").open = false;
  }

  document.querySelectorAll(".cbec-whatif").forEach(start);
})();
