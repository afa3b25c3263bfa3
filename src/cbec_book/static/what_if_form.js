/* The what-if of the audit: one figure is printed otherwise, and the verdicts that rest on it are
   found again. The arithmetic is that of what_if_verdicts.js. */
(function () {
  "use strict";

  const PATIENCE = 700; // ms that a number may be half typed before its error is told

  const { check, numberText, read, revive, stepped } = window.cbecAudit;

  function element(name, properties = {}, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children.filter((child) => child !== ""));
    return made;
  }

  function counted(number, one, many) {
    return `${number} ${number === 1 ? one : many}`;
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
      if (printed) lines.push(`printed ${printed}`);
      if (result.recomputed) lines.push(`gives ${result.recomputed}`);
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
      const rest =
        `Of the ${derivable.length} derivable figures and checks, ` +
        `${counted(rows.length, "rests", "rest")} on this one.`;
      if (!changed) return `${rest} As printed, their verdicts are those of the audit.`;
      const words = { falls: "fall", recovers: "recover", changes: "change otherwise" };
      const one = { falls: "falls", recovers: "recovers", changes: "changes otherwise" };
      const told = Object.keys(words).flatMap((moved) => {
        const some = rows.filter((row) => row.moved === moved);
        if (!some.length && moved !== "falls") return [];
        const named = some.map(
          ({ name, after }) =>
            `${checks[name].title}, from ${label(before[name].verdict)} to ${label(after.verdict)}`,
        );
        const list = named.length ? `: ${named.join("; ")}` : "";
        const verdicts = some.length === 1 ? "verdict" : "verdicts";
        return [`${some.length} ${verdicts} ${(some.length === 1 ? one : words)[moved]}${list}.`];
      });
      return [rest, ...told].join(" ");
    }

    function fill(rows, other) {
      const titles = ["Claim or check", "As printed", "With your figure", "Verdict"];
      const head = titles.map((title) => {
        const cell = element("th", { textContent: title });
        cell.scope = "col";
        return cell;
      });
      const body = rows.map(({ name, after, moved }) => {
        const link = element("a", { href: checks[name].address }, checks[name].title);
        const stands = figures[name] ? figures[name].english : "";
        const verdict = element("td", { className: "cbec-whatif__move" }, moved);
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
        element("caption", {}, `What rests on: ${title}`),
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
        const said = shown ? `“${shown}” can't be read; ` : "The field is empty; ";
        const told = `${said}${problem.message}. The result below is that of ${current.text}.`;
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
      const under = "With as many digits, and all others as printed,";
      if (low !== null && low === high) return `${under} every verdict stands at ${low} only.`;
      const ends = [low === null ? "" : `from ${low}`, high === null ? "" : `to ${high}`];
      return `${under} no verdict falls ${ends.filter(Boolean).join(" ") || "wherever it moves"}.`;
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
