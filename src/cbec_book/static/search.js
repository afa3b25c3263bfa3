/* Searches the places of the site: sections, charts, entries of the ledger, terms, functions. The
   index is loaded when something is looked for, as a script, since a page in a folder may read no
   file. A text is looked for as it is written, whatever its case, endings and grouping of digits. */
(function () {
  "use strict";

  const MOST = 40;
  const EXCERPT = 220;
  const WEIGHTS = { whole: 20, heading: 8, prose: 1, unquoted: 0.5, page: 0.2 };
  const HAN = "\u3400-\u9fff\uf900-\ufaff";
  const CHINESE = new RegExp(`[${HAN}]+`);

  const results = document.getElementById("search-results");
  const asked = (new URLSearchParams(location.search).get("q") || "").normalize("NFKC").trim();
  document.querySelectorAll("form.bd-search input[name=q]").forEach((field) => {
    field.value = asked;
  });

  // What is looked for --------------------------------------------------------------------------

  const quoted = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

  // The first group of a pattern is what stands before: Safari learnt to look back only in 2023.
  function patternOf(word) {
    if (CHINESE.test(word)) return `()(${quoted(word)})`;
    const number = word.match(/^([-−–]?)(\d[\d,]*(?:\.\d+)?)(.*)$/);
    if (number) {
      const digits = quoted(number[2].replace(/,/g, "")).replace(/(\d)(?=\d)/g, "$1[,\\u2009\\u202f]?");
      const sign = number[1] ? "[-−–]" : "";
      const unit = number[3] ? `\\s?${quoted(number[3])}` : "(?![\\d]|[.,]\\d)";
      return `(^|[^\\d.,])(${sign}${digits}${unit})`;
    }
    const plain = quoted(word)
      .replace(/-/g, "[-\u2010\u2011 ]?")
      .replace(/ies$/, "(?:y|ies)")
      .replace(/^(.{3,}?)(?:ed|es|s|ing)$/, "$1");
    return `(^|[^\\p{L}\\p{N}])(${plain}[\\p{L}\\p{N}_]*)`;
  }

  function termsOf(text) {
    const parts = text.split(/[\s、。;]+|,(?!\d)/);
    const cut = new RegExp(`[${HAN}]+|[^${HAN}]+`, "g");
    return parts
      .flatMap((part) => part.match(cut) || [])
      .map((part) => part.replace(/^[^\p{L}\p{N}−–-]+|[^\p{L}\p{N}%％‰]+$/gu, ""))
      .filter((part) => /[\p{L}\p{N}]/u.test(part));
  }

  // A term may be found in other words, whole or as a part (进口增速: 进口 and 同比增长), or, in
  // Chinese, in its pairs of characters.
  function waysOf(term, synonyms) {
    const ways = [[term]];
    synonyms.forEach((group) => {
      const own = group.filter((word) => term.toLowerCase().includes(word.toLowerCase()));
      const longest = own.sort((a, b) => b.length - a.length)[0];
      if (!longest) return;
      const isWhole = term.length === longest.length;
      group.filter((word) => word !== longest).forEach((word) => {
        if (isWhole) ways.push([word]);
        else if (CHINESE.test(word)) ways.push([...term.split(longest).filter(Boolean), word]);
      });
    });
    if (CHINESE.test(term) && term.length > 2) {
      ways.push([...term].slice(1).map((character, i) => term[i] + character));
    }
    return ways.map((way) => way.map((word) => new RegExp(patternOf(word), "giu")));
  }

  // Where it is ---------------------------------------------------------------------------------

  function count(pattern, text) {
    return text ? [...text.matchAll(pattern)].length : 0;
  }

  function worth(pattern, place) {
    const inHeading = count(pattern, place.heading);
    const matched = inHeading ? [...place.heading.matchAll(pattern)][0][2] : "";
    return (
      (matched.length && matched.length === place.heading.length ? WEIGHTS.whole : 0) +
      (inHeading ? WEIGHTS.heading : 0) +
      WEIGHTS.prose * Math.min(count(pattern, place.prose), 4) +
      (count(pattern, place.unquoted) ? WEIGHTS.unquoted : 0)
    );
  }

  // The first way in which a place has the term: the others stand in for it.
  function match(ways, place) {
    for (const [rank, way] of ways.entries()) {
      const worths = way.map((pattern) => worth(pattern, place));
      if (worths.every((value) => value > 0)) {
        return { way, worth: Math.min(...worths) / (rank ? 2 : 1) };
      }
    }
    const onPage = ways[0].every((pattern) => count(pattern, place.title));
    return onPage && { way: ways[0], worth: WEIGHTS.page };
  }

  function find(text, index) {
    const terms = termsOf(text).map((term) => waysOf(term, index.synonyms));
    if (!terms.length) return [];
    return index.places
      .map(([page, anchor, heading, prose, unquoted]) => {
        const [address, title, weight] = index.pages[page];
        const place = { address, anchor, title, weight, heading, prose, unquoted };
        const found = terms.map((ways) => match(ways, place));
        if (!found.every(Boolean) || found.every((one) => one.worth <= WEIGHTS.page)) return null;
        place.patterns = found.flatMap((one) => one.way);
        place.worth = Math.abs(weight) * found.reduce((sum, one) => sum + one.worth, 0);
        return place;
      })
      .filter(Boolean)
      .sort((a, b) => Math.sign(b.weight) - Math.sign(a.weight) || b.worth - a.worth);
  }

  // What is shown -------------------------------------------------------------------------------

  function element(name, words, attributes = {}) {
    const made = document.createElement(name);
    made.textContent = words;
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    return made;
  }

  // Where the patterns match a text, as pairs of its places, in order and apart.
  function spans(text, patterns) {
    const all = patterns.flatMap((pattern) =>
      [...text.matchAll(pattern)].map((m) => [m.index + m[1].length, m.index + m[0].length]),
    );
    all.sort((a, b) => a[0] - b[0]);
    return all.filter(([start], i) => i === 0 || start >= Math.max(...all.slice(0, i).map((s) => s[1])));
  }

  function write(parent, text) {
    text.split(new RegExp(`([${HAN}]+)`)).forEach((part) => {
      parent.append(CHINESE.test(part) ? element("span", part, { lang: "zh-CN" }) : part);
    });
  }

  function excerpt(place) {
    const all = spans(place.prose, place.patterns);
    const first = all.length ? all[0][0] : 0;
    let start = Math.max(0, first - Math.floor(EXCERPT / 3));
    if (start > 0) {
      const sentence = place.prose.slice(start, first).search(/[.?!。] /);
      const blank = place.prose.slice(start, first).search(/\s/);
      start += sentence >= 0 ? sentence + 2 : Math.max(blank, 0) + (blank >= 0 ? 1 : 0);
    }
    let end = Math.min(place.prose.length, start + EXCERPT);
    const lastBlank = place.prose.lastIndexOf(" ", end);
    if (end < place.prose.length && lastBlank > Math.max(first, end - 30)) end = lastBlank;
    const line = element("p", start > 0 ? "… " : "", { class: "context" });
    let at = start;
    all.filter(([from, to]) => from >= start && to <= end).forEach(([from, to]) => {
      write(line, place.prose.slice(at, from));
      const mark = element("mark", "");
      write(mark, place.prose.slice(from, to));
      line.append(mark);
      at = to;
    });
    write(line, place.prose.slice(at, end));
    if (end < place.prose.length) line.append(" …");
    return line;
  }

  function remember(place) {
    const text = `${place.heading} ${place.prose} ${place.unquoted}`;
    const words = spans(text, place.patterns).map(([from, to]) => text.slice(from, to));
    try {
      // The page that opens marks them.
      localStorage.setItem("sphinx_highlight_terms", [...new Set(words)].slice(0, 8).join(" "));
    } catch {
      // Where nothing may be stored, nothing is marked.
    }
  }

  function item(place) {
    const li = document.createElement("li");
    const link = element("a", "", { href: `${place.address}#${place.anchor}` });
    write(link, place.heading || place.title);
    link.addEventListener("click", () => remember(place));
    li.append(link);
    if (place.heading !== place.title) li.append(element("span", place.title, { class: "cbec-found__page" }));
    if (place.prose) li.append(excerpt(place));
    if (!spans(`${place.heading} ${place.prose}`, place.patterns).length) {
      const where = _("Found in a table, a list or a folded part of it.");
      li.append(element("p", where, { class: "cbec-found__where" }));
    }
    return li;
  }

  function summed(number) {
    // What a reader types may hold signs that a text to put in must not have.
    if (!number) return _("Nothing on this site has “{words}”.").replace("{words}", () => asked) + " ";
    const { ngettext } = Documentation;
    const said =
      number > MOST
        ? _("{count} places found; here are the first {most}. One word more finds fewer.")
        : ngettext("{count} place found.", "{count} places found.", number);
    return said.replace("{count}", number).replace("{most}", MOST);
  }

  function show(found) {
    const summary = element("p", summed(found.length), { class: "search-summary", role: "status" });
    if (!found.length) {
      const ledger = `reference/ledger.html?find=${encodeURIComponent(asked)}`;
      summary.append(element("a", _("Look for it in the ledger’s filter"), { href: ledger }));
    }
    const list = element("ul", "", { class: "search" });
    list.append(...found.slice(0, MOST).map(item));
    results.replaceChildren(summary, list);
  }

  if (asked) {
    const script = document.createElement("script");
    script.src = results.dataset.index;
    script.onload = () => show(find(asked, globalThis.cbecSearchIndex));
    script.onerror = () => {
      results.append(_("The index of the search could not be loaded. Load the page again."));
    };
    document.head.append(script);
  } else {
    const hint = _("Words, figures as they are printed (17.66, 9.57%, 70,769), or Chinese (进口增速).");
    results.append(element("p", hint));
  }
})();
