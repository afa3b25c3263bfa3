/* Replaces the still picture of a chart by a live Vega view when somebody wants it: when it is
   touched, hovered or reached by the keyboard; one with controls already when it nears the window,
   one at a time while the page is idle, but not on a touch screen, where the script is slow to come
   and would hold up the scrolling. Until then no script of Vega's is fetched. */
(function () {
  "use strict";

  const VEGA = document.currentScript.src.replace("charts.js", "cbec-vega.js");
  const NEAR = "600px"; // to the window, for charts with controls

  // As in chart_layout.py: the picture for a phone, and where the page shows it.
  const PHONE = 328;
  const SMALLEST_PLOT = 120;
  const AXIS_ROOM = 72;
  const HANDHELD = matchMedia("(max-width: 35rem)");
  const HOVERS = matchMedia("(hover: hover)");
  const AFTER_A_TAP = 60; // ms

  const isNumber = (value) => typeof value === "number";
  const isSingle = (spec) => Boolean(spec.mark || spec.layer);
  const parts = (spec) => spec.hconcat || spec.vconcat || spec.concat || [];

  function isFaceted(spec) {
    const encoding = spec.encoding || {};
    return Boolean(encoding.row || encoding.column || encoding.facet);
  }

  /* Puts side-by-side views below each other. */
  function stack(spec) {
    if (spec.hconcat || spec.concat) {
      spec.vconcat = spec.hconcat || spec.concat;
      delete spec.hconcat;
      delete spec.concat;
      delete spec.columns;
    }
    if (spec.facet && spec.facet.column && !spec.facet.row) {
      spec.facet = spec.facet.column;
    }
    if (spec.facet && !spec.facet.row) spec.columns = 1;
    const encoding = spec.encoding;
    if (encoding && encoding.column && !encoding.row) {
      encoding.facet = Object.assign({}, encoding.column, { columns: 1 });
      delete encoding.column;
    } else if (encoding && encoding.facet) {
      encoding.facet.columns = 1;
    }
    parts(spec).forEach(stack);
    if (spec.spec) stack(spec.spec);
  }

  /* Changes the width of each view that has a number for it. */
  function resize(spec, change) {
    if (isNumber(spec.width)) spec.width = Math.max(SMALLEST_PLOT, Math.floor(change(spec.width)));
    parts(spec).forEach((part) => resize(part, change));
    if (spec.spec) resize(spec.spec, change);
  }

  /* The specification of the still picture for a phone; `excess` is by how much a first drawing
     missed it. */
  function narrowed(original, excess) {
    const spec = JSON.parse(JSON.stringify(original));
    if (isSingle(spec) && !isFaceted(spec)) {
      if (isNumber(spec.width)) {
        spec.width = PHONE;
        spec.autosize = { type: "fit-x", contains: "padding" };
      }
      return spec;
    }
    stack(spec);
    resize(spec, () => PHONE - AXIS_ROOM - excess);
    return spec;
  }

  /* Vega lays out by how wide its letters are on a canvas. A still picture was laid out with the
     letters of one font, whatever the reader's machine has; so that the live view has the same
     size and each mark the same place, it is measured with them, too. */
  function measureAsStills() {
    const { font, widths } = window.cbecLetters;
    const known = {};
    for (const [width, letters] of Object.entries(widths)) {
      for (const letter of letters) known[letter] = width / 1000;
    }
    const canvas = CanvasRenderingContext2D.prototype;
    const measure = canvas.measureText;
    canvas.measureText = function (text) {
      const letters = [...String(text)];
      if (!this.font.includes(font) || letters.some((letter) => !(letter in known))) {
        return measure.call(this, text);
      }
      const size = parseFloat(/[\d.]+(?=px)/.exec(this.font)[0]);
      return { width: letters.reduce((sum, letter) => sum + known[letter] * size, 0) };
    };
  }

  /* The specification with that font before the page's own, which shows the letters. */
  function measured(original) {
    const config = original.config || {};
    const font = `"${window.cbecLetters.font}", ${config.font || "sans-serif"}`;
    return { ...original, config: { ...config, font } };
  }

  /* A chart is one picture with one label: its marks say nothing, not even that they are marks. */
  function silence(spec) {
    for (const part of ["marks", "axes", "legends"]) {
      (spec[part] || []).forEach((inner) => {
        inner.aria = false;
        silence(inner);
      });
    }
    return spec;
  }

  const widthOf = (svg) => parseFloat(svg.getAttribute("width")) || 0;

  class Chart {
    constructor(figure) {
      this.view = figure.querySelector(".cbec-chart__view");
      this.figure = figure;
      this.spec = JSON.parse(
        document.querySelector(`.cbec-chart__spec[data-chart="${figure.id}"]`).textContent,
      );
      this.label = this.view.querySelector("svg").getAttribute("aria-label");
      this.hasTwo = Boolean(this.view.querySelector("svg.cbec-phone"));
      this.drawnFor = null;
      this.drawing = false;
      this.tap = null;
    }

    hasControls() {
      return /"bind":\{/.test(JSON.stringify(this.spec));
    }

    /* Which of the still pictures the page would show; one that fits a phone is alone. */
    wanted() {
      return HANDHELD.matches ? "phone" : "wide";
    }

    async embed(layout, excess) {
      const live = document.createElement("div");
      live.className = "cbec-chart__live cbec-chart__live--hidden";
      const isNarrow = layout === "phone" && this.hasTwo;
      live.classList.toggle("cbec-chart__live--phone", isNarrow);
      this.figure.append(live);
      const spec = measured(isNarrow ? narrowed(this.spec, excess) : this.spec);
      const result = await window.vegaEmbed(live, spec, {
        mode: "vega-lite",
        renderer: "svg",
        actions: false,
        defaultStyle: false,
        patch: silence,
        ast: true, // expressions are interpreted: the pages' policy lets no text become a function
        tooltip: { disableDefaultStyle: true },
      });
      if (this.shown) {
        result.view.setState(this.choices());
        await result.view.runAsync();
      }
      return { live, result, svg: live.querySelector("svg") };
    }

    /* What a reader has chosen with sliders, lists and legends, to go on into the next drawing. */
    choices() {
      const { view, vgSpec } = this.shown;
      const signals = vgSpec.signals || [];
      const bound = new Set(signals.filter(({ bind }) => bind).map(({ name }) => name));
      return view.getState({
        signals: (name) => bound.has(name),
        data: (name) => name.endsWith("_store"),
        // Panels have no choices of their own, and the next drawing may lay out others.
        recurse: false,
      });
    }

    async draw() {
      const layout = this.wanted();
      if (this.drawing || this.view.clientWidth === 0 || layout === this.drawnFor) return;
      this.drawing = true;
      try {
        let next = await this.embed(layout, 0);
        const excess = widthOf(next.svg) - PHONE;
        if (layout === "phone" && this.hasTwo && excess > 1) {
          // Axes and letters don't shrink with their views: what is over is taken from these.
          next.result.finalize();
          next.live.remove();
          next = await this.embed(layout, excess);
        }
        this.show(next);
        this.figure.dataset.layout = layout;
      } catch (error) {
        this.figure.querySelectorAll(".cbec-chart__live--hidden").forEach((node) => node.remove());
        console.warn("This chart stays a still picture:", error);
      }
      this.drawnFor = layout;
      this.drawing = false;
      if (this.wanted() !== this.drawnFor) this.draw();
    }

    show({ live, result, svg }) {
      svg.setAttribute("role", "img");
      svg.setAttribute("aria-label", this.label);
      live.removeAttribute("role");
      live.removeAttribute("aria-roledescription");
      live.removeAttribute("aria-label");
      live.classList.remove("cbec-chart__live--hidden");
      const inputs = (place) => [...place.querySelectorAll("input, select")];
      const focused = inputs(this.view).indexOf(document.activeElement);
      this.view.replaceChildren(live);
      if (focused >= 0) inputs(live)[focused].focus({ preventScroll: true });
      if (this.shown) this.shown.finalize();
      this.shown = result;
      this.figure.dataset.state = "live";
      if (this.tap) hover(this.view, this.tap);
      this.tap = null;
    }
  }

  let fetched = null;
  function fetchVega() {
    fetched ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      Object.assign(script, { src: VEGA, onload: resolve, onerror: reject });
      document.head.append(script);
    })
      .catch(() => {
        fetched = null; // the next chart that is wanted asks again
        throw new Error("cbec-vega.js could not be loaded");
      })
      .then(measureAsStills);
    return fetched;
  }

  const waiting = [];
  const whenIdle = (work) =>
    window.requestIdleCallback
      ? window.requestIdleCallback(work, { timeout: 1000 })
      : setTimeout(work, 50);
  const charts = new Map();
  let sizes = null;
  let atWork = false;

  async function drawNext() {
    const chart = waiting.shift();
    if (!chart) {
      atWork = false;
      return;
    }
    atWork = true;
    try {
      await fetchVega();
      sizes.observe(chart.view); // which draws it, and again when there is other room
      // Below a finger nothing moves: there the hint stays, and is true of the live view, too.
      if (HOVERS.matches) chart.hint?.remove();
    } catch (error) {
      chart.isWanted = false;
      console.warn("This chart stays a still picture:", error);
    }
    whenIdle(drawNext);
  }

  function enliven(chart, now) {
    if (chart.isWanted) return;
    chart.isWanted = true;
    waiting[now ? "unshift" : "push"](chart);
    if (!atWork) (now ? drawNext : () => whenIdle(drawNext))();
  }

  /* A finger doesn't hover: where it tapped, the chart is told of a mouse, so that it shows a value.
     Not at once, for the browser says next that the finger has left. */
  function hover(view, { x, y }) {
    setTimeout(() => {
      const box = view.getBoundingClientRect(); // the page may have moved since
      const [clientX, clientY] = [box.left + x, box.top + y];
      const told = { clientX, clientY, bubbles: true, pointerType: "mouse" };
      const mark = document.elementFromPoint(clientX, clientY);
      if (view.contains(mark)) mark.dispatchEvent(new PointerEvent("pointermove", told));
    }, AFTER_A_TAP);
  }

  /* What is tapped while the picture is still is shown when it has come alive. */
  function tapped(chart, event) {
    if (event.pointerType !== "touch") return;
    const box = chart.view.getBoundingClientRect();
    const place = { x: event.clientX - box.left, y: event.clientY - box.top };
    if (chart.shown) hover(chart.view, place);
    else chart.tap = place;
  }

  function start() {
    if (!window.IntersectionObserver || !window.ResizeObserver) return;
    sizes = new ResizeObserver((entries) => {
      entries.forEach((entry) => charts.get(entry.target).draw());
    });
    const near = new IntersectionObserver(
      (entries) => {
        entries.filter((entry) => entry.isIntersecting).forEach(({ target }) => {
          near.unobserve(target);
          enliven(charts.get(target), false);
        });
      },
      { rootMargin: NEAR },
    );
    document.querySelectorAll(".cbec-chart").forEach((figure) => {
      const chart = new Chart(figure);
      charts.set(chart.view, chart);
      for (const event of ["pointerenter", "pointerdown"]) {
        chart.view.addEventListener(event, () => enliven(chart, true));
      }
      chart.view.addEventListener("pointerup", (event) => tapped(chart, event));
      figure.addEventListener("focusin", () => enliven(chart, true));
      chart.hint = figure.querySelector(".cbec-chart__hint");
      if (chart.hint) chart.hint.hidden = false;
      if (!chart.hasControls()) return;
      if (HOVERS.matches) near.observe(chart.view);
      else if (chart.hint) chart.hint.textContent = chart.hint.dataset.controls;
    });
  }

  start();
})();
