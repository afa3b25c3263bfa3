/* Replaces the still picture of a chart by a live Vega view when somebody wants it: when it is
   touched, hovered or reached by the keyboard; one with controls already when it nears the window,
   one at a time while the page is idle, but not on a touch screen, where the script is slow to come
   and would hold up the scrolling. Until then no script of Vega's is fetched. */
(function () {
  "use strict";

  const VEGA = document.currentScript.src.replace("charts.js", "cbec-vega.js");
  const NEAR = "600px"; // to the window, for charts with controls

  const NARROW = 520; // px: views are stacked, and the legend moves below them
  const SMALLEST_PLOT = 120;
  const AXIS_ROOM = 72;
  const TRIES = 3; // to fit a place
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

  /* The specification for a box of width `room`; `excess` is by how much the last try missed it. */
  function fitted(original, natural, room, excess) {
    const spec = JSON.parse(JSON.stringify(original));
    if (natural <= room) return spec;
    const narrow = room < NARROW;
    if (narrow) {
      spec.config = spec.config || {};
      spec.config.legend = Object.assign({ orient: "bottom", columns: 2 }, spec.config.legend);
    }
    if (isSingle(spec) && !isFaceted(spec)) {
      if (isNumber(spec.width)) {
        spec.width = room;
        spec.autosize = { type: "fit-x", contains: "padding" };
      }
    } else if (narrow) {
      stack(spec);
      resize(spec, () => room - AXIS_ROOM - excess);
    } else {
      resize(spec, (width) => width * (room / natural - (1.2 * excess) / natural));
    }
    return spec;
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
      const still = this.view.querySelector("svg");
      this.natural = widthOf(still);
      this.label = still.getAttribute("aria-label");
      this.drawnFor = null;
      this.drawing = false;
    }

    hasControls() {
      return /"bind":\{/.test(JSON.stringify(this.spec));
    }

    /* Two widths that both leave the chart its natural size need no second drawing. */
    wanted() {
      const room = Math.floor(this.view.clientWidth);
      return room >= this.natural ? Infinity : room;
    }

    async embed(room, excess) {
      const live = document.createElement("div");
      live.className = "cbec-chart__live cbec-chart__live--hidden";
      this.figure.append(live);
      const result = await window.vegaEmbed(live, fitted(this.spec, this.natural, room, excess), {
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
      const room = this.wanted();
      if (this.drawing || room <= 0 || room === this.drawnFor) return;
      this.drawing = true;
      try {
        let next = await this.embed(room, 0);
        if (room === Infinity && widthOf(next.svg) > this.view.clientWidth + 1) {
          // The browser's fonts are wider than the still picture's: the chart has no room after all.
          this.natural = widthOf(next.svg);
          next.result.finalize();
          next.live.remove();
          this.drawing = false;
          await this.draw();
          return;
        }
        // Axes and letters don't shrink with their views: what is over is taken from these.
        let excess = 0;
        for (let tries = 0; tries < TRIES && widthOf(next.svg) - room > 1; tries += 1) {
          excess += widthOf(next.svg) - room;
          next.result.finalize();
          next.live.remove();
          next = await this.embed(room, excess);
        }
        this.show(next);
        this.drawnFor = room;
        this.figure.dataset.room = room === Infinity ? "natural" : room;
      } catch (error) {
        this.figure.querySelectorAll(".cbec-chart__live--hidden").forEach((node) => node.remove());
        this.drawnFor = room; // the still picture stays
        console.warn("This chart stays a still picture:", error);
      }
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
    }
  }

  let fetched = null;
  function fetchVega() {
    fetched ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      Object.assign(script, { src: VEGA, onload: resolve, onerror: reject });
      document.head.append(script);
    }).catch(() => {
      fetched = null; // the next chart that is wanted asks again
      throw new Error("cbec-vega.js could not be loaded");
    });
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
      chart.hint?.remove();
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

  /* A finger doesn't hover: where it taps, the chart is told of a mouse, so that it shows a value.
     Not at once, for the browser says next that the finger has left. */
  function tapped(event) {
    if (event.pointerType !== "touch") return;
    const { clientX, clientY } = event;
    const told = { clientX, clientY, bubbles: true, pointerType: "mouse" };
    setTimeout(() => {
      const mark = document.elementFromPoint(clientX, clientY);
      mark?.dispatchEvent(new PointerEvent("pointermove", told));
    }, AFTER_A_TAP);
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
      chart.view.addEventListener("pointerup", tapped);
      figure.addEventListener("focusin", () => enliven(chart, true));
      chart.hint = figure.querySelector(".cbec-chart__hint");
      if (chart.hint) chart.hint.hidden = false;
      if (!chart.hasControls()) return;
      if (matchMedia("(hover: hover)").matches) near.observe(chart.view);
      else if (chart.hint) chart.hint.textContent = chart.hint.dataset.controls;
    });
  }

  start();
})();
