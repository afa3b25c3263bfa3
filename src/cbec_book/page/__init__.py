"""Changes to one finished page."""
