# ruff: noqa: E501
"""Deliberate faults: does the suite see them? python -m tools.faults REPO [ids or kinds ...].

Each fault is put into REPO, a clean checkout with its .venv (one replacement in one file), the
tests that should catch it are run there, and the file is put back with git. Faults of kind "site"
are built first; those that share a letter in `batch` share a build, since no test of the one looks
at what the other breaks (--single: one build each). A fault that its own tests miss is tried on
the wider part of the suite (`wide`, else the folders of its tests), unless --no-wide.

--check    only tell whether each old text occurs exactly once in REPO
--list     list the faults
--compare  print where a second file of results says otherwise than a first
--out      where the results are merged into (_build/faults.json)
--wide-only, --nok    begin with the wider part; leave the -k selections out
"""

from __future__ import annotations

import json
import os
import re
import resource
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parents[1] / "_build"
# Seconds of the clock; a machine that others share may take three times the processor's time.
PATIENCE, PATIENCE_WIDE = 900, 1800


@dataclass
class Fault:
    id: str
    kind: str  # unit | data | notebook | site
    file: str
    what: str
    old: str
    new: str
    tests: list[str]
    k: str = ""
    batch: str = ""  # of kind site
    build: bool = True  # of kind site: whether pages change
    wide: list[str] = field(default_factory=list)


FAULTS: list[Fault] = []


def fault(id, kind, file, what, old, new, tests, **more):
    FAULTS.append(Fault(id, kind, file, what, old, new, tests.split(), **more))


# --- unit: rules of tables and of the descriptor (what the damage tests guard) -------------------

fault(
    "tables-unique",
    "unit",
    "src/cbec/tables/package_checks.py",
    "columns that must be unique, and aren't the key, are no longer checked for duplicates",
    "for columns in dict.fromkeys([table.primary_key, *unique]):",
    "for columns in [table.primary_key]:",
    "tests/project/data/test_damage.py tests/tables/test_frames.py",
    wide=["tests/tables", "tests/audit", "tests/tools"],
)
fault(
    "tables-keys",
    "unit",
    "src/cbec/tables/package_checks.py",
    "of several foreign keys only the first is checked",
    "for key in table.foreign_keys:\n        yield from _strays",
    "for key in table.foreign_keys[:1]:\n        yield from _strays",
    "tests/project/data/test_damage.py tests/tables/test_frames.py",
)
fault(
    "tables-range",
    "unit",
    "src/cbec/tables/package_checks.py",
    "a maximum is taken for a minimum: values above it pass",
    '("maximum", "above", operator.gt),',
    '("maximum", "above", operator.lt),',
    "tests/project/data/test_damage.py tests/tables/test_frames.py",
)
fault(
    "tables-pattern",
    "unit",
    "src/cbec/tables/package_checks.py",
    "a pattern need only match the beginning of a cell",
    'if "pattern" in rules and not re.fullmatch(rules["pattern"], text):',
    'if "pattern" in rules and not re.match(rules["pattern"].removesuffix("$"), text):',
    "tests/project/data/test_damage.py tests/tables/test_frames.py",
)
fault(
    "tables-line-ends",
    "unit",
    "src/cbec/tables/package_checks.py",
    "a file whose line ends were changed passes the check of its hash and size",
    "content = table.path.read_bytes()\n",
    'content = table.path.read_bytes().replace(b"\\r\\n", b"\\n")\n',
    "tests/project/data/test_damage.py tests/tables/test_frames.py",
)
fault(
    "csv-short-rows",
    "unit",
    "src/cbec/tables/csv_rows.py",
    "a row with too few cells ends in a traceback instead of a message",
    "if len(cells) != len(header):",
    "if len(cells) > len(header):",
    "tests/audit/test_ledger.py tests/tables/test_frames.py",
)
fault(
    "csv-quotes",
    "unit",
    "src/cbec/tables/csv_rows.py",
    "CSV is read leniently: an unclosed quote swallows the rest of the file",
    'newline=""), strict=True)',
    'newline=""))',
    "tests/project/data/test_damage.py tests/tables/test_frames.py",
)
fault(
    "descriptor-keys",
    "unit",
    "src/cbec/tables/datapackage.py",
    "a foreign key that points at a column that isn't there is accepted",
    "wanted += [(table, key.columns), (package.table(key.table), key.targets)]",
    "wanted += [(table, key.columns)]",
    "tests/tables/test_frames.py tests/project/data/test_damage.py",
)
fault(
    "datapackage-rows",
    "unit",
    "tools/datapackage.py",
    "make data no longer renews a table's number of rows",
    '            "rows": rows,\n',
    "",
    "tests/tools/test_datapackage.py",
)
fault(
    "notebooks-stderr",
    "unit",
    "tools/notebooks.py",
    "a notebook that prints warnings to stderr is stored all the same",
    'if output.output_type == "stream" and output.name == "stderr":',
    'if output.output_type == "error" and output.name == "stderr":',
    "tests/tools/test_notebooks.py tests/nbval/test_damage.py",
)
fault(
    "grades-gap",
    "unit",
    "src/cbec/tables/evidence_grades.py",
    "the latest run of years bridges a missing year",
    ".diff().ne(1).cumsum()",
    ".diff().gt(2).cumsum()",
    "tests/tables/test_evidence_grades.py",
)

# --- unit: the ledger, its figures and its verdicts ----------------------------------------------

fault(
    "ledger-own-evidence",
    "unit",
    "src/cbec/audit/ledger_reader.py",
    "the paper's own page is accepted as a source that supports its figure",
    '(grade == "printed" or row["source"] == PAPER)',
    '(grade == "printed" and row["source"] == PAPER)',
    "tests/audit/test_ledger.py tests/project/data/test_independence.py",
)
fault(
    "ledger-units",
    "unit",
    "src/cbec/figures/dimensions.py",
    "dollars and a bare number may be added",
    'definite[0] in {"CNY", "USD"}',
    'definite[0] in {"CNY"}',
    "tests/audit/test_ledger.py tests/figures",
    wide=["tests/audit", "tests/figures", "tests/measures"],
)
fault(
    "rounding-negative",
    "unit",
    "src/cbec/figures/rounding.py",
    "half-up rounds negative ties towards plus infinity",
    "nearest = math.floor(abs(quotient) + Fraction(1, 2))\n        return (nearest if quotient >= 0 else -nearest) * step",
    "nearest = math.floor(quotient + Fraction(1, 2))\n        return nearest * step",
    "tests/figures/test_rounding.py",
)
fault(
    "interval-ends",
    "unit",
    "src/cbec/figures/interval.py",
    "the upper end of an intersection is closed as that of the other interval is",
    "return Interval(left.lower, right.upper, left.lower_closed, right.upper_closed)",
    "return Interval(left.lower, right.upper, left.lower_closed, left.upper_closed)",
    "tests/figures/test_interval.py",
)
fault(
    "bounds-open-ends",
    "unit",
    "src/cbec/figures/ratio_range.py",
    "the upper end of a recomputed range counts as reached though it isn't",
    "        low in attained,\n        high in attained,\n",
    "        low in attained,\n        high != math.inf,\n",
    "tests/figures/test_expression.py",
)
fault(
    "threshold-words",
    "unit",
    "src/cbec/figures/in_words.py",
    "bounds with a single end are rounded inward, so that 'above' isn't true",
    "rule = Rule.CEILING if low is None else Rule.FLOOR",
    "rule = Rule.FLOOR if low is None else Rule.CEILING",
    "tests/audit/test_verdict_rules.py tests/test_cli.py",
    wide=[
        "tests/figures",
        "tests/audit",
        "tests/test_cli.py",
        "tests/cbec_book/content/test_roles.py",
        "tests/cbec_book/content/test_overview.py",
        "tests/site/test_whatif.py",
    ],
)
fault(
    "verdict-relays",
    "unit",
    "src/cbec/audit/verdict_rules.py",
    "two relays of one origin confirm a figure",
    "ledger.sources[f.source].origin",
    "ledger.sources[f.source].id",
    "tests/audit/test_verdict_rules.py",
)
fault(
    "verdict-unconfirmed",
    "unit",
    "src/cbec/audit/verdict_rules.py",
    "a finding that is only recalled counts as evidence",
    'kinds = {f.finding for f in findings if f.grade != "unconfirmed" or f.finding == "not-found"}',
    "kinds = {f.finding for f in findings}",
    "tests/audit/test_verdict_rules.py",
)
fault(
    "verdict-ceiling",
    "unit",
    "src/cbec/audit/verdict_rules.py",
    "rounding up throughout excuses an inconsistency",
    "_PUBLISHED = frozenset(Rule) - {Rule.CEILING}",
    "_PUBLISHED = frozenset(Rule)",
    "tests/audit/test_verdict_rules.py",
)
fault(
    "cli-data-exit",
    "unit",
    "src/cbec/cli.py",
    "cbec data check ends with 0 though tables are broken",
    "return _written(text, _WRONG if problems else _FINE)",
    "return _written(text, _FINE)",
    "tests/test_cli.py",
)
fault(
    "cli-strict-only",
    "unit",
    "src/cbec/cli.py",
    "--only hides failures from --strict",
    "if options.strict and result.failing else",
    "if options.strict and not wanted and result.failing else",
    "tests/test_cli.py",
)
fault(
    "provenance-comparator",
    "unit",
    "src/cbec/audit/provenance.py",
    "a lower bound is cited as if it were the figure: its comparator is lost",
    'return f"{comparator} {figure}".strip()',
    "return figure.strip()",
    "tests/audit/test_provenance.py",
)
fault(
    "certificate-broken-check",
    "unit",
    "src/cbec/audit/certificate.py",
    "a cross-check that couldn't be made is certified as holding",
    '{"count": len(audit.holding), "of"',
    '{"count": sum(r not in audit.failing for r in audit.cross_checks), "of"',
    "tests/audit/test_certificate.py",
    wide=[
        "tests/audit/test_badge.py",
        "tests/cbec_book/content/test_certificate_page.py",
        "tests/audit/test_verdict_rules.py",
    ],
)

# --- unit: forecasts and measures ----------------------------------------------------------------

fault(
    "drift-interval",
    "unit",
    "src/cbec/trend/closed_form.py",
    "the interval of drift leaves out the drift's own error",
    "spread * np.sqrt(h * (1 + h / len(steps))),",
    "spread * np.sqrt(h),",
    "tests/trend/test_forecasting.py tests/trend/test_closed_form.py",
)
fault(
    "combination-ends",
    "unit",
    "src/cbec/trend/combination.py",
    "the lower interval has the calibrated width of the upper one, and the other way round",
    "below95, below80, above80, above95 = halves",
    "above95, above80, below80, below95 = halves",
    "tests/trend/test_combination.py",
)
fault(
    "mase-zero",
    "unit",
    "src/cbec/trend/accuracy.py",
    "an error that can't be scaled is 0, as if the forecast were perfect",
    "out=np.full(part.shape, np.nan)",
    "out=np.zeros(part.shape)",
    "tests/trend/test_accuracy.py",
)
fault(
    "rolling-leak",
    "unit",
    "src/cbec/trend/rolling.py",
    "a model that is evaluated sees the first year that it is to forecast",
    "known, ahead = series.values[:end], series.values[end : end + steps]",
    "known, ahead = series.values[: end + 1], series.values[end : end + steps]",
    "tests/trend/test_rolling.py",
)
fault(
    "register-date",
    "unit",
    "src/cbec/chapters/forecast_register.py",
    "a forecast that comes out otherwise keeps its old numbers and date in the register",
    "rows.append(old if same else record)",
    "rows.append(record if old is None else old)",
    "tests/chapters/test_forecast_register.py",
)
fault(
    "register-vintage",
    "unit",
    "src/cbec/chapters/forecast_scorecard.py",
    "a forecast is scored by the outturn of whatever vintage comes last",
    'key = (record["series"], record["data_vintage"], record["target_year"])\n        if (outturn := outturns.get(key)) is None:',
    'key = (record["series"], record["target_year"])\n        if (outturn := {(s, y): o for (s, _, y), o in outturns.items()}.get(key)) is None:',
    "tests/chapters/test_forecast_register.py tests/chapters/test_forecast_scorecard.py",
)
fault(
    "contribution-base",
    "unit",
    "src/cbec/measures/growth.py",
    "a contribution to growth is taken over this year's total instead of last year's",
    "{t: _share(changes[t], wholes[t - 1]) for t in changes if t - 1 in wholes}",
    "{t: _share(changes[t], wholes[t]) for t in changes if t in wholes}",
    "tests/measures/test_growth.py",
)

# --- unit: charts --------------------------------------------------------------------------------

fault(
    "chart-alt",
    "unit",
    "src/cbec/charts/theme.py",
    "a chart loses its description for who can't see it",
    '"source": source, "alt": description, **own}',
    '"source": source, "alt": title, **own}',
    "tests/charts/test_charts.py",
)
fault(
    "chart-fan-interval",
    "unit",
    "src/cbec/charts/forecasts.py",
    "both bands of a fan end at the 80% interval above",
    'alt.Y2(f"upper_{level}:Q"))',
    'alt.Y2("upper_80:Q"))',
    "tests/charts/test_forecasts.py",
    wide=["chapters/02_development.ipynb"],
)
fault(
    "chart-bars-zero",
    "unit",
    "src/cbec/charts/axes.py",
    "bars don't start at zero",
    "domain=[0, float(values.max()) * (1 + spare)]",
    "domain=[float(values.min()) * 0.9, float(values.max()) * (1 + spare)]",
    "tests/charts",
    wide=["chapters/01_introduction.ipynb", "chapters/02_development.ipynb"],
)
fault(
    "chart-hollow",
    "unit",
    "src/cbec/charts/comparisons.py",
    "bars of unconfirmed figures are filled like the others",
    "drawn.encode(across, fillOpacity=hollow(), **plain",
    "drawn.encode(across, **plain",
    "tests/charts/test_charts.py",
)
fault(
    "chart-legend",
    "unit",
    "src/cbec/charts/marks.py",
    "the legend of hollow marks says 'true' instead of 'unconfirmed'",
    "        labelExpr=\"'unconfirmed'\",\n",
    "",
    "tests/charts",
    wide=["chapters/02_development.ipynb"],
)
fault(
    "chart-palette",
    "unit",
    "src/cbec/charts/colours.py",
    "a colour is too light against white",
    '"sky": "#3a98cc",',
    '"sky": "#56b4e9",',
    "tests/charts/test_charts.py",
)
fault(
    "chart-break",
    "unit",
    "src/cbec/charts/series.py",
    "a line is drawn through a break of method",
    'crosses = (before < gap.to_year) & (data["year"] > gap.from_year)',
    'crosses = (before < gap.from_year) & (data["year"] > gap.to_year)',
    "tests/charts/test_charts.py",
)

# --- unit: the extension -------------------------------------------------------------------------

fault(
    "role-words",
    "unit",
    "src/cbec_book/content/roles.py",
    "a screen reader hears a claim's figure without its verdicts",
    '<span class="visually-hidden"> ({escape(words)})</span> {symbol_html(main, words)}',
    "{symbol_html(main, words)}",
    "tests/cbec_book/content/test_roles.py",
)
fault(
    "role-threshold",
    "unit",
    "src/cbec_book/content/roles.py",
    "the ends of a derived threshold are rounded inward",
    "value, down, up = interval.lower, Rule.FLOOR, Rule.CEILING",
    "value, down, up = interval.lower, Rule.CEILING, Rule.FLOOR",
    "tests/cbec_book/content/test_roles.py",
)
fault(
    "note-back",
    "unit",
    "src/cbec_book/content/numbers.py",
    "of a number that is used twice, the note leads back to its last use only",
    "                back.append(\n",
    "                back[:] = []\n                back.append(\n",
    "tests/cbec_book/content/test_numbers.py",
)
fault(
    "discussions-gone",
    "unit",
    "src/cbec_book/content/discussions.py",
    "the ledger goes on linking sections of a page that has gone",
    "_pages(env).pop(docname, None)",
    "_pages(env).get(docname)",
    "tests/cbec_book/content/test_discussions.py",
)
fault(
    "glossary-word",
    "unit",
    "src/cbec_book/content/glossary_links.py",
    "terms are linked inside of longer words",
    "for n in names)})(?![\\w-])",
    "for n in names)})",
    "tests/cbec_book/content/test_glossary_links.py",
)
fault(
    "mathml-unknown",
    "unit",
    "src/cbec_book/content/mathml.py",
    "a misspelt command in a formula isn't reported if a known one begins like it",
    "if name not in COMMANDS and name not in SIGNS",
    "if not any(name.startswith(known) for known in COMMANDS) and name not in SIGNS",
    "tests/cbec_book/content/test_mathml.py",
)
fault(
    "head-escape",
    "unit",
    "src/cbec_book/page/head.py",
    "a quotation mark in a description ends the attribute",
    'content="{escape(value)}">',
    'content="{value}">',
    "tests/cbec_book/page/test_head.py",
)
fault(
    "lighten-script-words",
    "unit",
    "src/cbec_book/output/stylesheets.py",
    "rules for classes that only a script sets are pruned",
    "            names.update(_WORD.findall(script))\n",
    "",
    "tests/cbec_book/output/test_lighten.py",
)
fault(
    "ledger-script-end",
    "unit",
    "src/cbec/display/vega.py",
    "a text with </script> ends the data of a page",
    'text.replace("<", "\\\\u003c").replace(">", "\\\\u003e")',
    'text.replace(">", "\\\\u003e")',
    "tests/cbec_book/content/test_ledger_tools.py tests/cbec_book/content/test_chart.py",
)

# --- unit: the project ---------------------------------------------------------------------------

fault(
    "architecture-import",
    "unit",
    "src/cbec/measures/annual_figures.py",
    "a measure imports from the trend models, against the order of the packages",
    "from cbec.figures.printed import parse_printed\n",
    "from cbec.figures.printed import parse_printed\nfrom cbec.trend.arguments import shown as _shown  # noqa: F401\n",
    "tests/project/test_architecture.py",
)
fault(
    "docs-module",
    "unit",
    "CONTRIBUTING.md",
    "the docs name a module that isn't there",
    "`cbec.chapters.trend_tables`",
    "`cbec.chapters." + "trend_frames`",
    "tests/project/test_architecture.py",
)
fault(
    "lock-missing",
    "unit",
    "pyproject.toml",
    "a dependency is added without renewing the lock",
    '  "tabulate>=0.9",\n',
    '  "tabulate>=0.9",\n  "seaborn>=0.13",\n',
    "tests/project/test_project.py",
)
fault(
    "machine-path",
    "unit",
    "README.md",
    "the readme names a path of one machine",
    "`.venv/bin/jupyter lab chapters",
    "`/" + "home/ann/cbec/.venv/bin/jupyter lab chapters",
    "tests/project/test_project.py",
)

# --- data ----------------------------------------------------------------------------------------

fault(
    "data-market",
    "data",
    "data/market.csv",
    "a digit of a level is mistyped: exports and imports no longer make the total",
    "market-total,2020,12.5,",
    "market-total,2020,12.9,",
    "tests/tables/test_frames.py",
)
fault(
    "data-claim",
    "data",
    "data/claims.csv",
    "a printed figure isn't the paper's",
    "CBEC market on the year before,跨境电商市场规模同比增长,2024,4.8%,",
    "CBEC market on the year before,跨境电商市场规模同比增长,2024,4.9%,",
    "tests/project/data/test_claims.py",
)
fault(
    "data-input",
    "data",
    "data/inputs.csv",
    "two digits of an outside figure are transposed",
    ",2024,43.85,trillion CNY,first-published",
    ",2024,43.58,trillion CNY,first-published",
    "tests/project/data/test_claims.py",
)
fault(
    "data-search",
    "data",
    "data/searches.csv",
    "a search names a claim that there isn't",
    "2026-11-28,market-2024 export-2024 import-2024",
    "2026-11-28,market-2024 exports-2024 import-2024",
    "tests/project/data/test_independence.py",
)
fault(
    "data-grade",
    "data",
    "data/market.csv",
    "a figure that only the paper prints is graded as borne by a source",
    "market-export,2024,13.7,as-published,printed,the-paper",
    "market-export,2024,13.7,as-published,single-source,the-paper",
    "tests/project/data/test_independence.py",
)
fault(
    "data-frozen",
    "data",
    "data/forecasts.csv",
    "a published forecast of the first default is changed after the fact",
    "combination,2025,19.4085,16.9565,21.2859,15.4071,23.3960",
    "combination,2025,19.3085,16.9565,21.2859,15.4071,23.3960",
    "tests/chapters/test_forecast_register.py",
)

# --- notebook ------------------------------------------------------------------------------------

fault(
    "notebook-output",
    "notebook",
    "chapters/04_countermeasures.ipynb",
    "a stored output isn't what the code gives",
    '"1: 41.5% to 42.5% a year\\n"',
    '"1: 41.6% to 42.5% a year\\n"',
    "chapters/04_countermeasures.ipynb",
)
fault(
    "notebook-table",
    "notebook",
    "chapters/01_introduction.ipynb",
    "a stored table shows another figure than the data",
    "<tr><td>import-growth-2024</td><td>9.57%</td>",
    "<tr><td>import-growth-2024</td><td>9.75%</td>",
    "chapters/01_introduction.ipynb",
)
fault(
    "notebook-prose",
    "notebook",
    "chapters/03_challenges.ipynb",
    "a number is typed in prose where a role should put it",
    "For that to hold there would have to be more than {derive}`ratio(cbec-programmes, 10%); 0` such",
    "For that to hold there would have to be more than 2,000 such",
    "tests/project/notebooks/test_prose.py",
)
fault(
    "notebook-stale",
    "notebook",
    "chapters/04_countermeasures.ipynb",
    "a code cell was changed and not run again",
    '"verdicts.in_section(\\"4\\")"',
    '"verdicts.in_section(\\"4.1\\")"',
    "chapters/04_countermeasures.ipynb",
)
fault(
    "notebook-form",
    "notebook",
    "chapters/03_challenges.ipynb",
    "a notebook is saved by an editor and not brought to its stored form",
    '  "language_info": {\n   "name": "python"\n',
    '  "language_info": {\n   "name": "python",\n   "version": "3.11.7"\n',
    "tests/project/test_project.py",
)
fault(
    "notebook-hidden",
    "notebook",
    "chapters/04_countermeasures.ipynb",
    "the solution of an exercise stands open",
    '"id": "61d0dd2a",\n   "metadata": {\n    "tags": [\n     "hide-cell"',
    '"id": "61d0dd2a",\n   "metadata": {\n    "tags": [\n     "hide-input"',
    "tests/project/notebooks/test_structure.py",
)
fault(
    "notebook-chart",
    "notebook",
    "chapters/04_countermeasures.ipynb",
    "a value in a stored chart isn't that of the data; the stored picture is right",
    '"unconfirmed":false,"value":13.0,',
    '"unconfirmed":false,"value":15.0,',
    "tests/project/notebooks/test_structure.py chapters/04_countermeasures.ipynb",
)

fault(
    "chart-steps",
    "notebook",
    "src/cbec/charts/series.py",
    "a change of a chart that no chapter was run again after: each step stands a batch too early",
    'interpolate="step-after"',
    'interpolate="step-before"',
    "tests/charts/test_charts.py chapters/04_countermeasures.ipynb",
)

# --- site ----------------------------------------------------------------------------------------

S = "src/cbec_book/static/"

fault(
    "site-whatif-ends",
    "site",
    S + "what_if_intervals.js",
    "what-if: an end that is open in both intervals is taken for closed, so a verdict differs from Python's",
    "return order > 0 || (order === 0 && !i.lowerClosed) ? i : j;",
    "return order > 0 || (order === 0 && i.lowerClosed) ? i : j;",
    "tests/site/test_whatif.py",
    batch="A",
)
fault(
    "site-ledger-groups",
    "site",
    S + "ledger.js",
    "ledger: two boxes of one group find nothing instead of adding up",
    "chosen.some((input) => input.value === value)",
    "chosen.every((input) => input.value === value)",
    "tests/site/test_ledger.py",
    batch="A",
)
fault(
    "site-search-chinese",
    "site",
    "src/cbec_book/output/chinese_search.py",
    "search: a Chinese query is cut into other pieces than the index, and finds nothing",
    "(_, i) => part.slice(i, i + 2));",
    "(_, i) => part.slice(i, i + 3));",
    "tests/site/test_search.py",
    batch="A",
)
fault(
    "site-copy",
    "site",
    "src/cbec_book/page/scripts.py",
    "the copy button does nothing: its script is left out of every page",
    '"clipboard.min.js": re.compile(r\'class="highlight"\'),',
    '"clipboard.min.js": re.compile(r\'class="highlights"\'),',
    "tests/site/test_site.py",
    k="copied",
    batch="A",
)
fault(
    "site-chart-choices",
    "site",
    S + "charts.js",
    "what a reader chose in a chart is lost when the window is turned",
    "        result.view.setState(this.choices());\n",
    "",
    "tests/site/test_site.py",
    k="chosen",
    batch="A",
)

fault(
    "site-whatif-arrows",
    "site",
    S + "what_if_form.js",
    "what-if: the arrow keys move the last digit once and no further",
    "write(stepped(current, steps));\n    });\n    form",
    "write(stepped(original(), steps));\n    });\n    form",
    "tests/site/test_whatif.py",
    batch="B",
)
fault(
    "site-ledger-link",
    "site",
    S + "ledger.js",
    "ledger: of several boxes ticked only the last is in the link that is copied",
    "return new URLSearchParams(chosen).toString();",
    "return new URLSearchParams(Object.fromEntries(chosen)).toString();",
    "tests/site/test_ledger.py",
    batch="B",
)
fault(
    "site-404-depth",
    "site",
    "src/cbec_book/page/not_found.py",
    "the page for wrong addresses has no style and dead links at a depth",
    """return _RELATIVE.sub(lambda address: f' {address[1]}="{root[1]}', page)""",
    "return page",
    "tests/site/test_notfound.py",
    batch="B",
)
fault(
    "site-note-expanded",
    "site",
    S + "notes.js",
    "a number whose note was closed still says that it is open",
    '    left.setAttribute("aria-expanded", "false");\n',
    "",
    "tests/site/test_trace.py",
    k="number or note",
    batch="B",
)
fault(
    "site-menu-off",
    "site",
    S + "buttons.js",
    "the menu of downloads opens beyond the right edge of a phone",
    'inset: fits ? "0 auto auto 0" : "0 0 auto auto",',
    'inset: "0 auto auto 0",',
    "tests/site/test_buttons.py",
    batch="B",
)
fault(
    "site-print-theme",
    "site",
    S + "mode.js",
    "after printing, a dark page stays light",
    "    page.theme = read;\n",
    "",
    "tests/site/test_print.py",
    batch="B",
)

fault(
    "site-note-place",
    "site",
    S + "notes.js",
    "a note of a number at the right edge is cut off on a phone",
    "const left = Math.min(line.left, room - box.offsetWidth - MARGIN);",
    "const left = line.left;",
    "tests/site/test_trace.py",
    k="number or note",
    batch="C",
)
fault(
    "site-print-title",
    "site",
    S + "print.css",
    "a page is printed without its title",
    "    display: block;\n    margin-block: 0 1.5rem;\n",
    "    margin-block: 0 1.5rem;\n",
    "tests/site/test_print.py",
    k="title",
    batch="H",
)
fault(
    "site-alive",
    "site",
    "src/cbec_book/content/chart.py",
    "no chart comes alive: its script doesn't find its specification",
    'class="cbec-chart__spec" data-chart="{name}">',
    'class="cbec-chart__spec" data-figure="{name}">',
    "tests/site/test_site.py",
    k="alive",
    batch="C",
)

fault(
    "site-theme-switch",
    "site",
    S + "focus.js",
    "who uses the keyboard loses the focus when switching the theme",
    "const isByMouse = event.detail !== 0;",
    "const isByMouse = event.detail === 0;",
    "tests/site/test_accessibility.py",
    k="theme or dialog",
    batch="D",
)
fault(
    "site-weight",
    "site",
    "src/cbec_book/page/scripts.py",
    "every page loads the script of the charts, half a megabyte",
    '"cbec-vega.js": _CHART,',
    '"cbec-vega.js": None,',
    "tests/site/test_weight.py",
    batch="D",
)
fault(
    "site-term-link",
    "site",
    S + "notes.js",
    "the definition of a term doesn't lead to its entry in the glossary",
    "link.href = term.href;",
    "link.href = term.hash;",
    "tests/site/test_terms.py",
    batch="D",
)
fault(
    "site-chinese-lang",
    "site",
    "src/cbec_book/page/accessibility.py",
    "Chinese in the text isn't marked as Chinese",
    "CHANGES = (name_controls, correct_roles, name_tables, mark_chinese)",
    "CHANGES = (name_controls, correct_roles, name_tables)",
    "tests/site/test_accessibility.py",
    k="chinese",
    batch="D",
)
fault(
    "site-motion",
    "site",
    S + "accessibility.css",
    "things move though the reader asked for no motion",
    "    transition-duration: 1ms !important;\n",
    "    transition-duration: 250ms !important;\n",
    "tests/site/test_accessibility.py",
    k="motion",
    batch="D",
)

fault(
    "site-dialog-name",
    "site",
    "src/cbec_book/page/accessibility.py",
    "the search dialog has no name (the theme's markup isn't met any more)",
    "'<dialog id=\"pst-search-dialog\">': '<dialog",
    "'<dialog id=\"pst-search-dialogue\">': '<dialog",
    "tests/site/test_accessibility.py",
    k="landmarks",
    batch="E",
)
fault(
    "site-dark-contrast",
    "site",
    S + "colours.css",
    "quiet text is too faint on a dark page",
    "--cbec-quiet: #aeb9c4;",
    "--cbec-quiet: #69737d;",
    "tests/site/test_axe.py",
    k="dark",
    batch="E",
)
fault(
    "site-pdf-numbers",
    "site",
    "tools/pdf.py",
    "the contents of the PDF name the sheet before the right one",
    "anchor: 1 + (reader.get_destination_page_number(",
    "anchor: 0 + (reader.get_destination_page_number(",
    "tests/site/test_pdf.py",
    batch="E",
    build=False,
)

fault(
    "site-focus",
    "site",
    S + "accessibility.css",
    "links show no focus",
    ":focus-visible {\n  outline: 2px solid var(--cbec-accent);\n  outline-offset: 2px;\n}\n\n/* A box",
    ":focus-visible {\n  outline: none;\n}\n\n/* A box",
    "tests/site/test_accessibility.py",
    k="control_shows",
    batch="F",
)
fault(
    "site-target",
    "site",
    S + "accessibility.css",
    "the links from a note back to the text are too small for a finger",
    "  min-width: 1.75rem;\n  min-height: 1.75rem;\n",
    "  line-height: 0.6;\n",
    "tests/site/test_axe.py",
    k="light",
    batch="F",
)
fault(
    "site-pdf-wide",
    "site",
    "tools/pdf.css",
    "wide grids get no sheet on its side: Chromium shrinks the whole PDF",
    "  page: wide;\n}\n",
    "  page: auto;\n}\n",
    "tests/site/test_pdf.py",
    batch="F",
    build=False,
)
fault(
    "site-svg-label",
    "site",
    "src/cbec_book/content/chart_svg.py",
    "the still picture of a chart has no label",
    """f'<svg role="img" aria-label="{escape(label)}"'""",
    """'<svg role="img"'""",
    "tests/site/test_accessibility.py",
    k="described",
    batch="F",
)

fault(
    "site-ledger-focus",
    "site",
    S + "ledger.css",
    "the controls of the ledger show no focus",
    ".cbec-ledger :is(button, input, select, summary):focus-visible {\n  outline: 2px solid var(--cbec-accent);",
    ".cbec-ledger :is(button, input, select, summary):focus-visible {\n  outline: none;",
    "tests/site/test_accessibility.py",
    k="control_shows and ledger",
    batch="G",
)
fault(
    "site-sideways",
    "site",
    S + "tables.css",
    "wide tables make a page scroll sideways on a phone",
    "  max-width: 100%;\n  overflow-x: auto;\n}\n\nhtml[data-theme]",
    "  overflow: visible;\n}\n\nhtml[data-theme]",
    "tests/site/test_site.py",
    k="sideways",
    batch="G",
)
fault(
    "site-dark-charts",
    "site",
    S + "charts.css",
    "the axes of charts are black on a dark page",
    "border-block: 1px solid var(--cbec-rule);\n  color: var(--pst-color-text-base);",
    "border-block: 1px solid var(--cbec-rule);\n  color: #323232;",
    "tests/site/test_site.py",
    k="dark_page",
    batch="G",
)
fault(
    "site-ids",
    "site",
    "src/cbec_book/content/chart_svg.py",
    "the clip paths of all charts of a page have the same ids",
    "svg = renumber_ids(lightened(svg), prefix)",
    'svg = renumber_ids(lightened(svg), "chart")',
    "tests/site/test_pdf.py",
    batch="G",
)
fault(
    "site-third-party",
    "site",
    "reference/reproduce.md",
    "a page asks another host for a badge",
    "# How to reproduce\n",
    "# How to reproduce\n\n![Binder](https://mybinder.org/badge_logo.svg)\n",
    "tests/site/test_site.py",
    k="third_party",
    batch="G",
)

fault(
    "site-console",
    "site",
    "src/cbec_book/content/ledger_tools.py",
    "a class is renamed on the page and not in its script: the ledger's script ends in an error",
    '<span class="cbec-ledger__view" hidden>',
    '<span class="cbec-ledger__views" hidden>',
    "tests/site/test_site.py",
    k="third_party",
    batch="H",
)
fault(
    "site-row-anchors",
    "site",
    "src/cbec_book/content/provenance_page.py",
    "figures of a grid can't be linked: the cells have lost their anchors",
    '<td class="num" id="{escape(entry.name)}">',
    '<td class="num">',
    "tests/site/test_trace.py",
    k="trace_leads",
    batch="H",
)
fault(
    "site-landmark",
    "site",
    "src/cbec_book/page/accessibility.py",
    "the masthead is no landmark",
    r"""r'\1<header class="cbec-masthead">\2</header>\3'""",
    r"""r'\1<div class="cbec-masthead">\2</div>\3'""",
    "tests/site/test_accessibility.py tests/site/test_axe.py",
    k="landmarks or axe",
    batch="H",
)
fault(
    "site-charts-phone",
    "site",
    S + "charts.js",
    "charts are laid out wider than a phone and scaled down, so that their text is small",
    '        spec.autosize = { type: "fit-x", contains: "padding" };\n',
    "",
    "tests/site/test_site.py",
    k="phone",
    batch="H",
)

fault(
    "site-anchor",
    "site",
    "reference/ledger.md",
    "a link within a page leads to no place",
    "(#which-numerals)",
    "(#which-numerals-count)",
    "tests/site/test_trace.py tests/site/test_pdf.py",
    k="trace_leads or link or id",
    batch="I",
)
fault(
    "site-no-script",
    "site",
    "src/cbec_book/content/ledger_tools.py",
    "without scripts the ledger shows controls that do nothing",
    'role="search" aria-label="The ledger" hidden>',
    'role="search" aria-label="The ledger">',
    "tests/site/test_ledger.py",
    k="without_scripts",
    batch="I",
)
fault(
    "site-icons",
    "site",
    "src/cbec_book/output/icons.py",
    "the icons of buttons can't be seen",
    "background: currentColor;\n",
    "background: none;\n",
    "tests/site/test_buttons.py",
    batch="I",
)


# --- the runner ----------------------------------------------------------------------------------

WARNING = re.compile(r"WARNING|ERROR|CRITICAL|Traceback")


class Repo:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.python = root / ".venv" / "bin" / "python"
        self.scratch = Path(tempfile.mkdtemp(prefix="faults-"))
        self.times: dict[str, os.stat_result] = {}
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("CBEC_", "PYTEST_"))}
        self.env = kept | {
            "PYTHONDONTWRITEBYTECODE": "1",
            "HYPOTHESIS_STORAGE_DIRECTORY": str(self.scratch / "hypothesis"),
        }

    def git(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["git", *words], cwd=self.root, capture_output=True, text=True)

    def apply(self, fault: Fault) -> None:
        path = self.root / fault.file
        text = path.read_bytes().decode()
        if (n := text.count(fault.old)) != 1:
            raise ValueError(f"{fault.id}: the old text occurs {n} times in {fault.file}")
        path.write_bytes(text.replace(fault.old, fault.new).encode())

    def clean(self, *names: str) -> None:
        """Refuse to touch what somebody is working on; remember the time stamps."""
        if said := self.git("status", "--porcelain", "--", *names).stdout:
            raise ValueError(f"not as committed, so left alone: {said.strip()}")
        for name in names:
            self.times.setdefault(name, (self.root / name).stat())

    def restore(self, *names: str) -> None:
        done = self.git("checkout", "-q", "--", *names)
        if done.returncode:
            print(done.stderr, file=sys.stderr)
        for name in names:
            stat = self.times[name]
            os.utime(self.root / name, ns=(stat.st_atime_ns, stat.st_mtime_ns))

    def renew(self) -> None:
        subprocess.run(
            [str(self.python), "tools/datapackage.py"],
            cwd=self.root,
            env=self.env,
            capture_output=True,
            check=True,
            text=True,
        )

    def build(self) -> list[str]:
        """Build the site; return what a strict build would have failed on."""
        html = self.root / "_build" / "html"
        shutil.rmtree(html, ignore_errors=True)
        command = [".venv/bin/jupyter-book", "build", "-q", "--keep-going", "--all", "."]
        done = subprocess.run(
            command,
            cwd=self.root,
            env=self.env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        html.mkdir(parents=True, exist_ok=True)
        (html / ".built").touch()
        plain = re.sub(r"\x1b\[[\d;]*m", "", done.stdout)
        said = [line.strip()[:300] for line in plain.splitlines() if WARNING.search(line)]
        return said or ([f"jupyter-book ended with {done.returncode}"] if done.returncode else [])

    def test(self, tests: list[str], k: str, patience: int) -> dict:
        command = [
            str(self.python),
            "-m",
            "pytest",
            *("-n", "0", "-x", "-q", "-p", "no:cacheprovider"),
            *(["-k", k] if k else []),
            *tests,
        ]
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=self.root,
            env=self.env,
            text=True,
            start_new_session=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        try:
            out, _ = process.communicate(timeout=patience)
            status: int | str = process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            out, _ = process.communicate()
            status = "timeout"
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        failed = re.findall(r"^(?:FAILED|ERROR) (.+?)(?: - (.*))?$", out, re.M)
        lines = re.findall(r"^E +(.+)$", out, re.M)
        tail = out.strip().splitlines()[-1:] or [""]
        return {
            "status": status,
            "first_failing": failed[0][0] if failed else "",
            "said": "\n".join(lines[:6])[:700] or (failed[0][1] if failed else tail[0][:300]),
            "command": shlex.join(command[3:]),
            "wall": round(time.monotonic() - started, 1),
            "cpu": round(cpu, 1),
        }


def judged(repo: Repo, fault: Fault, options: dict) -> dict:
    """Run a fault's tests, then the wider part; status 0 is a miss, 1 and 2 a catch."""
    found, by = {"status": 0, "first_failing": ""}, ""
    if not options["wide_only"]:
        found, by = repo.test(fault.tests, "" if options["nok"] else fault.k, PATIENCE), "targeted"
    if found["status"] == 0 and options["wide"]:
        wide = fault.wide or sorted(
            {t if t.endswith(".ipynb") else str(Path(t).parent) for t in fault.tests}
        )
        more = repo.test(wide, "", PATIENCE_WIDE)
        if more["status"] != 0 or options["wide_only"]:
            found, by = more, "wide"
        else:
            found["wide"] = more
    caught = found["status"] in (1, 2) and bool(found["first_failing"])
    if found["status"] not in (0, 1, 2):
        by = f"not run: {found['status']}"
    return {
        "id": fault.id,
        "kind": fault.kind,
        "file": fault.file,
        "what": fault.what,
        "caught": caught,
        "by": by if caught or by.startswith("not") else "",
        **found,
    }


def run_plain(repo: Repo, fault: Fault, options: dict) -> dict:
    names = [fault.file] + (["data/datapackage.json"] if fault.kind == "data" else [])
    repo.clean(*names)
    try:
        repo.apply(fault)
        if fault.kind == "data":
            repo.renew()
        return judged(repo, fault, options)
    finally:
        repo.restore(*names)


def run_site(repo: Repo, group: list[Fault], options: dict) -> list[dict]:
    names = sorted({fault.file for fault in group})
    repo.clean(*names)
    try:
        for fault in group:
            repo.apply(fault)
        warned = repo.build() if any(fault.build for fault in group) else []
        results = []
        for fault in group:
            result = judged(repo, fault, options)
            if warned:
                result["build_warns"] = warned
            results.append(result)
            tell(result)
        return results
    finally:
        repo.restore(*names)


def tell(result: dict) -> None:
    mark = "caught" if result["caught"] else "MISSED"
    print(
        f"{mark:7} {result['id']:24} {result['by']:9} {result['cpu']:6.1f} s  {result['first_failing'][:110]}"
        + (
            f"  [build warns: {result['build_warns'][0][:90]}]" if result.get("build_warns") else ""
        ),
        flush=True,
    )


def save(path: Path, results: list[dict]) -> None:
    held = {r["id"]: r for r in json.loads(path.read_text("utf-8"))} if path.is_file() else {}
    held |= {r["id"]: r for r in results}
    order = [fault.id for fault in FAULTS]
    listed = sorted(held.values(), key=lambda r: order.index(r["id"]) if r["id"] in order else 999)
    path.write_text(json.dumps(listed, ensure_ascii=False, indent=1) + "\n", "utf-8")


def main(arguments: list[str]) -> int:
    words = list(arguments)
    out = None
    if "--out" in words:
        place = words.index("--out")
        out = Path(words[place + 1])
        del words[place : place + 2]
    flags = {word for word in words if word.startswith("--")}
    words = [word for word in words if not word.startswith("--")]
    if "--list" in flags:
        for fault in FAULTS:
            print(f"{fault.kind:9}{fault.batch:2}{fault.id:26}{fault.what}")
        return 0
    if "--compare" in flags:
        old, new = (
            {r["id"]: r for r in json.loads(Path(name).read_text("utf-8"))} for name in words
        )
        for id in old:
            before, now = old[id], new.get(id)
            said = (
                "not run" if now is None else "caught" if now["caught"] else f"MISSED {now['by']}"
            )
            was = "caught" if before["caught"] else "MISSED"
            if said.strip() != was:
                print(
                    f"{id:26}{was} -> {said}: {before['what']}\n    old: {before['first_failing']}"
                )
        count = sum(r["caught"] for r in new.values())
        print(
            f"old {sum(r['caught'] for r in old.values())} of {len(old)}, new {count} of {len(new)}"
        )
        return 0
    root = Path(words[0]).resolve()
    asked = set(words[1:])
    chosen = [f for f in FAULTS if not asked or {f.id, f.kind, f.batch} & asked]
    assert len({f.id for f in FAULTS}) == len(FAULTS)
    if unknown := asked - {w for f in FAULTS for w in (f.id, f.kind, f.batch)}:
        print("unknown:", *unknown)
        return 2
    if "--check" in flags:
        bad = 0
        for f in chosen:
            n = (
                (root / f.file).read_bytes().decode().count(f.old)
                if (root / f.file).is_file()
                else -1
            )
            lost = [t for t in f.tests if not (root / t).exists()]
            if n != 1 or lost or f.old == f.new:
                bad += 1
                print(f"{f.id}: {n} times in {f.file}", *lost)
        print(f"{len(chosen)} faults, {bad} don't fit")
        return int(bad > 0)
    repo = Repo(root)
    out = out or HERE / "faults.json"
    options = {
        "wide": "--no-wide" not in flags,
        "nok": "--nok" in flags,
        "wide_only": "--wide-only" in flags,
    }
    done: list[dict] = []
    try:
        for fault in (f for f in chosen if f.kind != "site"):
            try:
                done.append(run_plain(repo, fault, options))
                tell(done[-1])
                save(out, done)
            except ValueError as error:
                print(error, flush=True)
        site = [f for f in chosen if f.kind == "site"]
        if site:
            html, good = root / "_build" / "html", repo.scratch / "html"
            if not (html / ".built").is_file():
                repo.build()
            shutil.copytree(html, good)
            groups: dict[str, list[Fault]] = {}
            for f in site:
                groups.setdefault(f.id if "--single" in flags else f.batch, []).append(f)
            try:
                for name, group in groups.items():
                    print(f"-- batch {name}", flush=True)
                    try:
                        done += run_site(repo, group, options)
                        save(out, done)
                    except ValueError as error:
                        print(error, flush=True)
            finally:
                shutil.rmtree(html, ignore_errors=True)
                shutil.copytree(good, html)
    finally:
        shutil.rmtree(repo.scratch, ignore_errors=True)
    caught = sum(r["caught"] for r in done)
    print(
        f"{caught} of {len(done)} caught; missed: {', '.join(r['id'] for r in done if not r['caught'])}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
