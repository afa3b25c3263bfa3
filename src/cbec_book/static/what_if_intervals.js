/* Exact arithmetic in the browser, on BigInt: rational numbers, and intervals of them. Tested to agree
   with Python's cbec.figures.interval and cbec.figures.bounds. */
(function () {
  "use strict";

  const RULES = ["half-up", "half-even", "truncation", "ceiling", "floor"];

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

  /* Puts values into a message that is in the language of the page already. */
  function filled(message, values) {
    return message.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
  }

  /* What has no value: the message says why. */
  class Undefined extends Error {}

  function requireBase(base, name, said) {
    if (within(base, POSITIVE)) return;
    let message = _("the base of {name}, {base}, may be zero or negative");
    if (within(base, AT_LEAST_ZERO)) {
      message = isPoint(base)
        ? _("the base of {name}, {base}, is zero")
        : _("the base of {name}, {base}, may be zero");
    } else if (within(base, AT_MOST_ZERO)) {
      message = meets(base, point(ZERO))
        ? _("the base of {name}, {base}, is zero or negative")
        : _("the base of {name}, {base}, is negative");
    }
    throw new Undefined(filled(message, { name, base: said }));
  }

  function quotientOf(i, j, name, said) {
    if (name === "growth" || name === "multiple") requireBase(j, name, said);
    else if (meets(j, point(ZERO))) {
      const message = _("the divisor of {name}, {divisor}, may be zero");
      throw new Undefined(filled(message, { name, divisor: said }));
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

  window.cbecAudit = Object.freeze({
    AT_LEAST_ZERO,
    AT_MOST_ZERO,
    compare,
    differenceOf,
    equal,
    filled,
    floor,
    HALF,
    interval,
    isPoint,
    isWhole,
    meets,
    minus,
    NEGATIVE,
    negative,
    ONE,
    over,
    parseRational,
    plus,
    point,
    POSITIVE,
    quotientOf,
    rational,
    rounded,
    RULES,
    sign,
    sumOf,
    times,
    Undefined,
    within,
    ZERO,
  });
})();
