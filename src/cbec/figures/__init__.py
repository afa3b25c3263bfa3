"""Printed figures and exact arithmetic on what they stand for."""
