"""Audit printed statistics by exact rounding arithmetic.

The modules form layers, and no module imports a later one as it loads; a table of ``display``
looks its rows up in ``provenance`` when it is shown.

1. ``errors``, ``interval``, ``revision``, ``units``, ``verdicts``, ``vega``;
2. ``rounding``, ``polynomial``; ``display``; ``expression``; ``tables``; ``evidence``;
3. ``ledger``, ``growth``, ``concentration``; ``provenance``;
4. ``audit``, ``robustness``;
5. ``certificate``, ``badge``;
6. ``charts``, which alone knows Altair; ``book``, which alone knows Sphinx; ``cli``, which alone
   knows the terminal.
"""

__version__ = "0.3.0"
