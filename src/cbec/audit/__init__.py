"""The audit of printed figures: ledger, verdicts, provenance, certificate."""
