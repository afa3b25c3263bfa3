/* The arithmetic of the audit in the browser: exact, on BigInt, and tested to agree with Python's
   cbec.rounding, cbec.interval, cbec.expression and cbec.audit.

   A derivation is a tree: an id, a literal {value: "5/2"}, or an array of a function's name, or a
   comparator, and its arguments. No derivation uses a figure twice (the page's builder sees to it),
   so that the arithmetic of intervals gives its sharp range. Nothing here knows the page. */
(function () {
  "use strict";

  const RULES = ["half-up", "half-even", "truncation", "ceiling", "floor"];
  // Nobody publishes statistics rounded up throughout: where only that agrees, it is a remark.
  const isPublished = (rule) => rule !== "ceiling";
  const ROUNDED_UP =
    "rounding up throughout would reconcile the figures; nobody publishes statistics so, and the " +
    "verdict stays";
  const EXACT_KINDS = ["count", "rank", "duration"];
  const MOST_CHARACTERS = 100;

  // Rational numbers: {n, d} in lowest terms, d positive ------------------------------------

  function rational(n, d = 1n) {
    let [a, b] = [n < 0n ? -n : n, d < 0n ? -d : d];
    while (b) [a, b] = [b, a % b];
    if (d < 0n) a = -a;
    return { n: n / a, d: d / a };
  }

  const ZERO = rational(0n);
  const ONE = rational(1n);
  const HALF = rational(1n, 2n);
  const plus = (x, y) => rational(x.n * y.d + y.n * x.d, x.d * y.d);
  const minus = (x, y) => rational(x.n * y.d - y.n * x.d, x.d * y.d);
  const times = (x, y) => rational(x.n * y.n, x.d * y.d);
  const over = (x, y) => rational(x.n * y.d, x.d * y.n);
  const negative = (x) => ({ n: -x.n, d: x.d });
  const sign = (x) => (x.n > 0n ? 1 : x.n < 0n ? -1 : 0);
  const compare = (x, y) => sign(minus(x, y));
  const equal = (x, y) => x.n === y.n && x.d === y.d;
  const isWhole = (x) => x.d === 1n;

  /* Reads "17" or "-7/2". */
  function parseRational(text) {
    const [n, d = "1"] = text.split("/");
    return rational(BigInt(n), BigInt(d));
  }

  function floor(x) {
    const quotient = x.n / x.d;
    return x.n < 0n && quotient * x.d !== x.n ? quotient - 1n : quotient;
  }

  /* The whole number that a rule rounds to; half-up rounds ties away from zero. */
  function rounded(x, rule) {
    const below = floor(x);
    if (isWhole(x) || rule === "floor") return below;
    if (rule === "ceiling") return below + 1n;
    if (rule === "truncation") return x.n < 0n ? below + 1n : below;
    const side = compare(minus(x, rational(below)), HALF);
    if (side !== 0) return side > 0 ? below + 1n : below;
    const upward = rule === "half-even" ? below % 2n !== 0n : x.n > 0n;
    return upward ? below + 1n : below;
  }

  // Intervals: null as an end is infinite; an empty one is null -----------------------------

  function interval(lower, upper, lowerClosed = true, upperClosed = true) {
    const made = {
      lower,
      upper,
      lowerClosed: lower !== null && lowerClosed,
      upperClosed: upper !== null && upperClosed,
    };
    if (lower === null || upper === null) return made;
    const order = compare(lower, upper);
    return order < 0 || (order === 0 && lowerClosed && upperClosed) ? made : null;
  }

  const point = (x) => interval(x, x);
  const isPoint = (i) => i.lower !== null && i.upper !== null && equal(i.lower, i.upper);
  const mirrored = (i) =>
    interval(
      i.upper && negative(i.upper),
      i.lower && negative(i.lower),
      i.upperClosed,
      i.lowerClosed,
    );
  const NEGATIVE = interval(null, ZERO, false, false);
  const AT_MOST_ZERO = interval(null, ZERO);
  const POSITIVE = mirrored(NEGATIVE);
  const AT_LEAST_ZERO = mirrored(AT_MOST_ZERO);

  /* The larger of two lower ends, open where either is. */
  function innerLower(i, j) {
    if (i.lower === null || j.lower === null) return i.lower === null ? j : i;
    const order = compare(i.lower, j.lower);
    return order > 0 || (order === 0 && !i.lowerClosed) ? i : j;
  }

  function intersection(i, j) {
    const low = innerLower(i, j);
    const high = mirrored(innerLower(mirrored(i), mirrored(j)));
    return interval(low.lower, high.upper, low.lowerClosed, high.upperClosed);
  }

  const sameEnd = (x, y) => (x === null || y === null ? x === y : equal(x, y));
  const meets = (i, j) => intersection(i, j) !== null;

  /* Whether every number of the first lies in the second. */
  function within(i, j) {
    const shared = intersection(i, j);
    return (
      shared !== null &&
      sameEnd(shared.lower, i.lower) &&
      sameEnd(shared.upper, i.upper) &&
      shared.lowerClosed === i.lowerClosed &&
      shared.upperClosed === i.upperClosed
    );
  }

  function sumOf(i, j) {
    return interval(
      i.lower === null || j.lower === null ? null : plus(i.lower, j.lower),
      i.upper === null || j.upper === null ? null : plus(i.upper, j.upper),
      i.lowerClosed && j.lowerClosed,
      i.upperClosed && j.upperClosed,
    );
  }

  const differenceOf = (i, j) => sumOf(i, mirrored(j));

  /* What has no value: the message says why. */
  class Undefined extends Error {}

  function requireBase(base, name, said) {
    if (within(base, POSITIVE)) return;
    let state = "may be zero or negative";
    if (within(base, AT_LEAST_ZERO)) state = isPoint(base) ? "is zero" : "may be zero";
    else if (within(base, AT_MOST_ZERO)) {
      state = meets(base, point(ZERO)) ? "is zero or negative" : "is negative";
    }
    throw new Undefined(`the base of ${name}, ${said}, ${state}`);
  }

  function quotientOf(i, j, name, said) {
    if (name === "growth" || name === "multiple") requireBase(j, name, said);
    else if (meets(j, point(ZERO))) {
      throw new Undefined(`the divisor of ${name}, ${said}, may be zero`);
    }
    const [top, bottom] = meets(j, NEGATIVE) ? [mirrored(i), mirrored(j)] : [i, j];
    const high = largestQuotient(top, bottom);
    const low = largestQuotient(mirrored(top), bottom);
    return interval(low.end && negative(low.end), high.end, low.closed, high.closed);
  }

  /* The upper end of a quotient by a positive divisor, and whether it is attained. */
  function largestQuotient(top, bottom) {
    const [end, closed] = [top.upper, top.upperClosed];
    if (end === null) return { end: null, closed: false };
    if (sign(end) === 0) return { end: ZERO, closed }; // whatever the divisor
    if (sign(end) > 0) {
      if (sign(bottom.lower) === 0) return { end: null, closed: false };
      return { end: over(end, bottom.lower), closed: closed && bottom.lowerClosed };
    }
    if (bottom.upper === null) return { end: ZERO, closed: false };
    return { end: over(end, bottom.upper), closed: closed && bottom.upperClosed };
  }

  // Printed figures ---------------------------------------------------------------------------

  const isWholeFigure = (figure) =>
    ["count", "rank", "year"].includes(figure.dimension) &&
    !figure.multiplied &&
    !figure.roundedCount;
  /* A claim's kind decides whether its digits are exact; an outside figure has none. */
  const isExact = (figure) =>
    isWholeFigure(figure) && (figure.kind ? EXACT_KINDS.includes(figure.kind) : figure.worded);

  /* The numbers that print as a figure under a rounding rule. */
  function printedInterval(figure, rule) {
    const [value, step] = [figure.value, figure.resolution];
    const half = times(step, HALF);
    if (rule === "half-even") {
      const even = over(value, step).n % 2n === 0n;
      return interval(minus(value, half), plus(value, half), even, even);
    }
    if (rule === "floor") return interval(value, plus(value, step), true, false);
    if (rule === "ceiling") return interval(minus(value, step), value, false, true);
    const [reach, inner] = rule === "half-up" ? [half, half] : [step, ZERO];
    if (sign(value) > 0) return interval(minus(value, inner), plus(value, reach), true, false);
    if (sign(value) < 0) return interval(minus(value, reach), plus(value, inner), false, true);
    return interval(negative(reach), reach, false, false);
  }

  /* The numbers that a figure allows: a threshold's side, a count itself, else its rounding. */
  function figureInterval(figure, rule) {
    const { value, comparator, kind } = figure;
    if (comparator === ">" || comparator === "≥") {
      return interval(value, null, comparator === "≥", false);
    }
    if (comparator === "<" || comparator === "≤") {
      const least = kind !== "growth" && sign(value) > 0 ? ZERO : null;
      return interval(least, value, true, comparator === "≤");
    }
    const isPrecise = kind === "policy parameter" || isExact(figure);
    return isPrecise ? point(value) : printedInterval(figure, rule);
  }

  function decimalText(value, decimals, grouped, rule = "half-up") {
    const power = 10n ** BigInt(decimals);
    const units = rounded(times(value, rational(power)), rule);
    const size = units < 0n ? -units : units;
    let text = String(size / power);
    if (grouped) text = text.replace(/\B(?=(\d{3})+$)/g, ",");
    if (decimals) text += "." + String(size % power).padStart(decimals, "0");
    return units < 0n ? "-" + text : text;
  }

  /* How many decimals write a number exactly; 0 if no number of them does. */
  function finiteDecimals(x) {
    let [rest, twos, fives] = [x.d, 0, 0];
    for (; rest % 2n === 0n; rest /= 2n) twos += 1;
    for (; rest % 5n === 0n; rest /= 5n) fives += 1;
    return rest === 1n ? Math.max(twos, fives) : 0;
  }

  /* A number of the base unit without its unit, written the way a figure is printed. */
  function numberText(value, figure) {
    const fine = finiteDecimals(over(figure.resolution, figure.scale));
    const decimals = Math.max(figure.decimals, fine);
    const number = decimalText(over(value, figure.scale), decimals, figure.grouped);
    const zeros = sign(value) === 0 && sign(figure.value) === 0;
    if (zeros || (sign(value) > 0 && figure.sign === "+")) return figure.sign + number;
    return sign(value) < 0 && figure.sign === "−" ? number.replace("-", "−") : number;
  }

  /* Another number, rounded half-up and printed the way a figure is printed. */
  function reprint(figure, value) {
    const units = rounded(over(value, figure.resolution), "half-up");
    const near = times(rational(units), figure.resolution);
    if (figure.spelled && equal(near, figure.value)) return figure.text;
    return numberText(near, figure) + figure.tail;
  }

  function intervalText(range, like) {
    const scaled = (end) => end && over(end, like.scale);
    const ends = [scaled(range.lower), scaled(range.upper)];
    const finite = ends.filter((end) => end !== null);
    const whole = isWholeFigure(like) && finite.every(isWhole);
    let decimals = whole ? 0 : like.decimals + 1;
    // A single end is rounded outward, so that "above" and "below" stay true.
    let rule = "half-up";
    if (finite.length === 1) rule = ends[0] === null ? "ceiling" : "floor";
    const texts = () => finite.map((end) => decimalText(end, decimals, like.grouped, rule));
    const digits = (text) => text.replace(/^[-0.]+/, "").replace(/\D/g, "").length;
    const isShort = () => {
      const written = texts();
      const alike =
        finite.length === 2 && !equal(finite[0], finite[1]) && written[0] === written[1];
      // A zero says all with any number of digits.
      const others = written.filter((text, i) => sign(finite[i]) !== 0);
      return alike || (others.length > 0 && Math.max(...others.map(digits)) < 3);
    };
    while (!whole && decimals < 8 && isShort()) decimals += 1;
    const written = texts();
    if (isPoint(range)) return written[0] + like.tail;
    if (!finite.length) return "any value";
    if (ends[0] === null) {
      return `${range.upperClosed ? "at most" : "below"} ${written[0]}${like.tail}`;
    }
    if (ends[1] === null) {
      return `${range.lowerClosed ? "at least" : "above"} ${written[0]}${like.tail}`;
    }
    return `${written[0]} to ${written[1]}${like.tail}`;
  }

  /* Reads a number typed for a figure, with the figure's unit or without one; an error's message
     is what to write instead. */
  function read(typed, like) {
    const unit = like.tail.trim();
    let text = typed.trim();
    if (text === like.text) return like;
    if (unit && text.endsWith(unit)) text = text.slice(0, -unit.length).trim();
    const found = /^([+\-−]?)([1-9]\d{0,2}(?:,\d{3})+|0|[1-9]\d*)(?:\.(\d+))?$/.exec(text);
    if (!found) throw new Error(remedy(text, unit));
    if ([...(text + like.tail)].length > MOST_CHARACTERS) {
      throw new Error(`write a figure of at most ${MOST_CHARACTERS} characters`);
    }
    if (like.spelled && text === numberText(like.value, like)) return like;
    const [, mark, whole, part = ""] = found;
    const power = 10n ** BigInt(part.length);
    const size = rational(BigInt(whole.replaceAll(",", "") + part), power);
    return {
      ...like,
      text: text + like.tail,
      value: times(mark === "-" || mark === "−" ? negative(size) : size, like.scale),
      resolution: times(like.scale, rational(1n, power)),
      decimals: part.length,
      sign: mark,
      grouped: whole.includes(","),
      spelled: false,
      roundedCount: part.length > 0,
    };
  }

  /* What to write instead of a text that is no number, in the order of cbec.rounding. */
  function remedy(text, unit) {
    if (!text) return "write the figure as it is printed";
    const folded = text.replace(/[！-～]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0));
    if (folded !== text) return `write ${folded}`;
    if ("<>≤≥=≈~约超逾近".includes(text[0])) return "write the number only, without a comparator";
    const comma = /^([+\-−]?\d+),(\d{1,2}|\d{4,})([^\d,.].*)?$/.exec(text);
    if (comma) return `write ${comma[1]}.${comma[2]}${comma[3] || ""}`;
    const zeros = /^([+\-−]?)0+(\d.*)$/.exec(text);
    if (zeros) return `write ${zeros[1]}${zeros[2]}`;
    const bare = /^([+\-−]?)\.(\d+)$/.exec(text);
    if (bare) return `write ${bare[1]}0.${bare[2]}`;
    const worded = /^([+\-−]?\d[\d,]*(?:\.\d+)?)[^\d.,]\D*$/.exec(text);
    if (worded) return `write ${worded[1]}${unit ? `; its unit is ${unit}` : ", without a unit"}`;
    return "write digits, with a decimal point if there is one, such as 17.66";
  }

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
    const unit = isPercent ? "%" : equal(figure.scale, ONE) ? " times" : figure.tail;
    const plain = { ...figure, sign: "", spelled: false };
    const texts = [to, fell ? negative(by) : by].map((value) => reprint(plain, value));
    const [toNumber, byNumber] = texts.map((text) =>
      text.slice(0, text.length - figure.tail.length),
    );
    const [moved, movedZh] = fell ? ["fell", "下降"] : ["grew", "增长"];
    return [
      `at face values the levels ${moved} to ${toNumber}${unit} and by ${byNumber}${unit} ` +
        `(${movedZh}到${texts[0]}, ${movedZh}${texts[1]}); the printed figure agrees with the ` +
        (name === "growth" ? "former" : "latter"),
    ];
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

  /* Figures as the page states them, their numbers as texts, ready for the arithmetic. */
  function revive(figures) {
    const made = Object.entries(figures).map(([id, figure]) => {
      const numbers = ["value", "resolution", "scale"].map((key) => [
        key,
        parseRational(figure[key]),
      ]);
      return [id, { ...figure, ...Object.fromEntries(numbers) }];
    });
    return Object.fromEntries(made);
  }

  /* The figure moved by whole units of its last digit. */
  function stepped(figure, steps) {
    const value = plus(figure.value, times(rational(BigInt(steps)), figure.resolution));
    return read(numberText(value, figure), figure);
  }

  window.cbecAudit = Object.freeze({
    RULES,
    check,
    evaluate,
    interval,
    names,
    numberText,
    parseRational,
    read,
    revive,
    stepped,
    truth,
  });
})();
