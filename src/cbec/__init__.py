"""Audit printed statistics by exact rounding arithmetic.

The modules form layers, and nothing imports from a later one:

1. ``errors``, ``interval``, ``units``, ``verdicts``, ``vega``;
2. ``rounding``, ``polynomial``; ``display``; ``expression``; ``tables``; ``evidence``;
3. ``ledger``, ``growth``, ``concentration``;
4. ``audit``;
5. ``charts``, which alone knows Altair; ``book``, which alone knows Sphinx; ``cli``, which alone
   knows the terminal.
"""

__version__ = "0.1.0"
