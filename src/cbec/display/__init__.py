"""Tables and figures as HTML in a notebook, and what shows a Vega-Lite chart."""
