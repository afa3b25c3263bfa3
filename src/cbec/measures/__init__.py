"""Measures of growth, share and concentration."""
