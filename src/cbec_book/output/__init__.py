"""Changes to the finished site."""
