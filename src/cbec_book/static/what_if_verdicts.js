/* The audit in the browser, tested to agree with Python's cbec.audit.verdict_rules.

   A derivation is a tree: an id, a literal {value: "5/2"}, or an array of a function's name, or a
   comparator, and its arguments. No derivation uses a figure twice (the page's builder sees to it),
   so that the arithmetic of intervals gives its sharp range. Nothing here knows the page. */
(function () {
  "use strict";

  const {
    AT_LEAST_ZERO,
    AT_MOST_ZERO,
    compare,
    differenceOf,
    equal,
    figureInterval,
    filled,
    interval,
    intervalText,
    isExact,
    isPoint,
    meets,
    minus,
    NEGATIVE,
    negative,
    ONE,
    parseRational,
    plus,
    point,
    POSITIVE,
    quotientOf,
    rational,
    reprint,
    revive,
    rounded,
    RULES,
    sign,
    sumOf,
    times,
    Undefined,
    within,
    ZERO,
  } = window.cbecAudit;

  // Nobody publishes statistics rounded up throughout: where only that agrees, it is a remark.
  const isPublished = (rule) => rule !== "ceiling";
  const ROUNDED_UP = _(
    "rounding up throughout would reconcile the figures; nobody publishes statistics so, and the " +
      "verdict stays",
  );

  // Derivations -------------------------------------------------------------------------------

  function evaluate(tree, box) {
    if (typeof tree === "string") return box(tree);
    if (!Array.isArray(tree)) return point(parseRational(tree.value));
    const [name, ...branches] = tree;
    if (name === "rank") return rankOf(branches, box);
    const parts = branches.map((branch) => evaluate(branch, box));
    switch (name) {
      case "sum":
        return parts.reduce(sumOf);
      case "difference":
        return differenceOf(...parts);
      case "growth":
        return sumOf(quotientOf(...parts, name, shown(branches[1])), point(negative(ONE)));
      case "share":
      case "ratio":
      case "multiple":
        return quotientOf(...parts, name, shown(branches[1]));
    }
    throw new Error(`${name} can't be evaluated here`);
  }

  /* Names a part of a derivation in a message. */
  function shown(tree) {
    if (typeof tree === "string") return tree;
    return Array.isArray(tree) ? `${tree[0]}(…)` : tree.value;
  }

  function rankOf([first, ...others], box) {
    const better = others.map((other) => truth([">", other, first], box));
    const count = (way) => rational(1n + BigInt(better.filter((found) => found[way]).length));
    return interval(count("certain"), count("possible"));
  }

  const REGIONS = {
    "=": [point(ZERO)],
    "!=": [NEGATIVE, POSITIVE],
    "<": [NEGATIVE],
    "<=": [AT_MOST_ZERO],
    ">": [POSITIVE],
    ">=": [AT_LEAST_ZERO],
  };
  const isComparison = (tree) => Array.isArray(tree) && tree[0] in REGIONS;

  /* Whether a comparison can hold, and whether it must. */
  function truth([comparator, left, right], box) {
    const difference = differenceOf(evaluate(left, box), evaluate(right, box));
    return {
      possible: REGIONS[comparator].some((region) => meets(difference, region)),
      certain: REGIONS[comparator].some((region) => within(difference, region)),
    };
  }

  /* The ids that a derivation uses. */
  function names(tree) {
    if (typeof tree === "string") return [tree];
    return Array.isArray(tree) ? tree.slice(1).flatMap(names) : [];
  }

  // Verdicts ----------------------------------------------------------------------------------

  /* Holds one derivation against what is printed. `figures` are those of `revive`, by id. */
  function check({ id, tree }, figures) {
    if (tree === null) return outcome("not-derivable");
    const boxes = Object.fromEntries(
      RULES.map((rule) => [rule, (name) => figureInterval(figures[name], rule)]),
    );
    const faces = (name) =>
      figures[name].comparator === "="
        ? point(figures[name].value)
        : figureInterval(figures[name], "half-up");
    try {
      return isComparison(tree)
        ? checkComparison(tree, boxes, faces)
        : checkValue(tree, figures[id], boxes, faces);
    } catch (error) {
      const verdict = error instanceof Undefined ? "not-derivable" : "failed";
      return outcome(verdict, { reason: error.message });
    }
  }

  function outcome(verdict, found = {}) {
    return { verdict, rules: [], recomputed: "", bounds: "", reason: "", remarks: [], ...found };
  }

  function agreement(rules) {
    if (!rules.some(isPublished)) return "inconsistent";
    return rules.includes("half-up") ? "rounding" : "rounding-rule";
  }

  /* Evaluates under each rounding rule: null for a rule without a value, but half-up needs one. */
  function byRule(evaluated) {
    return RULES.map((rule) => {
      try {
        return evaluated(rule);
      } catch (error) {
        if (rule === "half-up" || !(error instanceof Undefined)) throw error;
        return null;
      }
    });
  }

  const published = (ranges) => ranges.filter((range, i) => isPublished(RULES[i]));

  /* What else a reader should know where half-up doesn't reconcile the figures. */
  const roundedUp = (verdict, rules) =>
    verdict === "inconsistent" && rules.includes("ceiling") ? [ROUNDED_UP] : [];

  /* Says if growth to a multiple is printed for growth by it, or the other way round. */
  function toOrBy(figure, name, halfUp, face) {
    const shift = { growth: ONE, multiple: negative(ONE) }[name];
    if (!shift || figure.comparator !== "=") return [];
    const other = plus(face, shift);
    const [by, to] = name === "growth" ? [face, other] : [other, face];
    const shifted = sumOf(halfUp, point(shift));
    if (sign(to) < 0 || !meets(shifted, figureInterval(figure, "half-up"))) return [];
    const fell = sign(by) < 0;
    const isPercent = equal(figure.scale, rational(1n, 100n));
    const unit = isPercent ? "%" : equal(figure.scale, ONE) ? _(" times") : figure.tail;
    const plain = { ...figure, sign: "", spelled: false };
    const texts = [to, fell ? negative(by) : by].map((value) => reprint(plain, value));
    const [toNumber, byNumber] = texts.map((text) =>
      text.slice(0, text.length - figure.tail.length),
    );
    const levels = fell
      ? _("at face values the levels fell to {to} and by {by} (下降到{toZh}, 下降{byZh})")
      : _("at face values the levels grew to {to} and by {by} (增长到{toZh}, 增长{byZh})");
    const agrees =
      name === "growth"
        ? _("{levels}; the printed figure agrees with the former")
        : _("{levels}; the printed figure agrees with the latter");
    const values = { to: toNumber + unit, by: byNumber + unit, toZh: texts[0], byZh: texts[1] };
    return [filled(agrees, { levels: filled(levels, values) })];
  }

  function checkValue(tree, figure, boxes, faces) {
    const ranges = byRule((rule) => evaluate(tree, boxes[rule]));
    const atFace = evaluate(tree, faces);
    const face = isPoint(atFace) ? atFace.lower : null;
    const rules = RULES.filter(
      (rule, i) => ranges[i] && meets(ranges[i], figureInterval(figure, rule)),
    );
    const halfUp = ranges[0];
    const isThreshold = figure.comparator !== "=";
    const agrees =
      (isThreshold || face !== null) &&
      within(isThreshold ? halfUp : atFace, figureInterval(figure, "half-up"));
    let verdict = agrees ? "exact" : agreement(rules);
    if (["exact", "rounding"].includes(verdict) && !isThreshold && isWide(halfUp, figure)) {
      verdict = "wide";
    }
    const remarks = roundedUp(verdict, rules);
    if (["inconsistent", "rounding-rule"].includes(verdict) && face !== null) {
      remarks.push(...toOrBy(figure, tree[0], halfUp, face));
    }
    if (verdict === "inconsistent" && crosses(figure, published(ranges))) verdict = "decision";
    let recomputed = "";
    if (face !== null) {
      recomputed = reprint(figure, face);
      // Finer beside a threshold, and where it would look like a figure that it misses.
      const looksLike = recomputed === reprint(figure, figure.value);
      if (isThreshold || (looksLike && !agrees)) recomputed = intervalText(point(face), figure);
    }
    const bounds =
      isPoint(halfUp) && isExact(figure) ? "" : intervalText(halfUp, figure);
    return outcome(verdict, { rules, recomputed, bounds, remarks });
  }

  function isWide(range, figure) {
    if (within(range, figureInterval(figure, "half-up"))) return false;
    if (range.lower === null || range.upper === null) return true;
    const size = sign(figure.value) < 0 ? negative(figure.value) : figure.value;
    return compare(minus(range.upper, range.lower), size) > 0;
  }

  /* Whether the whole recomputed range contradicts the stated threshold, rank or sign. Zero has
     no sign, and a published rule without a value leaves the range open. */
  function crosses(figure, ranges) {
    if (ranges.includes(null)) return false;
    if (figure.comparator !== "=" || figure.kind === "rank") return true;
    if (figure.kind !== "growth" || sign(figure.value) === 0) return false;
    const otherSide = sign(figure.value) > 0 ? NEGATIVE : POSITIVE;
    return ranges.every((range) => within(range, otherSide));
  }

  function checkComparison(tree, boxes, faces) {
    const found = byRule((rule) => truth(tree, boxes[rule]));
    const rules = RULES.filter((rule, i) => found[i]?.possible);
    const agrees = tree[0] === "=" ? truth(tree, faces).certain : found[0].certain;
    let verdict = agrees ? "exact" : agreement(rules);
    const remarks = roundedUp(verdict, rules);
    const isOrdering = /^[<>]/.test(tree[0]) && !published(found).includes(null);
    if (verdict === "inconsistent" && isOrdering) verdict = "decision";
    return outcome(verdict, { rules, remarks });
  }

  window.cbecAudit = Object.freeze({
    ...window.cbecAudit,
    check,
    evaluate,
    names,
    truth,
  });
})();
