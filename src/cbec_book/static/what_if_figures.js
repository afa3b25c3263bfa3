/* Printed figures in the browser: what they stand for, how they are read and written. Tested to agree
   with Python's cbec.figures.printed and cbec.figures.in_words. */
(function () {
  "use strict";

  const {
    rational,
    ZERO,
    HALF,
    plus,
    minus,
    times,
    over,
    negative,
    sign,
    equal,
    filled,
    isWhole,
    parseRational,
    floor,
    rounded,
    interval,
    point,
    isPoint,
  } = window.cbecAudit;

  const EXACT_KINDS = ["count", "rank", "duration"];
  const MOST_CHARACTERS = 100;

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
    if (!finite.length) return _("any value");
    const number = written[0] + like.tail;
    if (ends[0] === null) {
      return filled(range.upperClosed ? _("at most {number}") : _("below {number}"), { number });
    }
    if (ends[1] === null) {
      return filled(range.lowerClosed ? _("at least {number}") : _("above {number}"), { number });
    }
    return filled(_("{low} to {high}"), { low: written[0], high: written[1] + like.tail });
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
      const message = _("write a figure of at most {count} characters");
      throw new Error(filled(message, { count: MOST_CHARACTERS }));
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

  /* What to write instead of a text that is no number, in the order of cbec.figures.rounding. */
  function remedy(text, unit) {
    if (!text) return _("write the figure as it is printed");
    const write = (number) => filled(_("write {number}"), { number });
    const folded = text.replace(/[！-～]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0));
    if (folded !== text) return write(folded);
    if ("<>≤≥=≈~约超逾近".includes(text[0])) return _("write the number only, without a comparator");
    const comma = /^([+\-−]?\d+),(\d{1,2}|\d{4,})([^\d,.].*)?$/.exec(text);
    if (comma) return write(`${comma[1]}.${comma[2]}${comma[3] || ""}`);
    const zeros = /^([+\-−]?)0+(\d.*)$/.exec(text);
    if (zeros) return write(`${zeros[1]}${zeros[2]}`);
    const bare = /^([+\-−]?)\.(\d+)$/.exec(text);
    if (bare) return write(`${bare[1]}0.${bare[2]}`);
    const worded = /^([+\-−]?\d[\d,]*(?:\.\d+)?)[^\d.,]\D*$/.exec(text);
    if (worded) {
      const said = unit
        ? _("write {number}; its unit is {unit}")
        : _("write {number}, without a unit");
      return filled(said, { number: worded[1], unit });
    }
    return _("write digits, with a decimal point if there is one, such as 17.66");
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
    ...window.cbecAudit,
    figureInterval,
    intervalText,
    isExact,
    numberText,
    read,
    reprint,
    revive,
    stepped,
  });
})();
