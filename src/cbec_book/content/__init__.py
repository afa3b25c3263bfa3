"""Roles and directives, and the pages that are made from data."""
