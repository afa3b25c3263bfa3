"""Audit printed statistics by exact rounding arithmetic.

The modules form one line, and nothing imports to its right:
``interval`` → ``rounding`` → ``expression`` → ``tables`` → ``ledger`` → ``audit`` → ``charts``
→ ``book``; ``cli`` is the command line.
"""

__version__ = "0.1.0"
