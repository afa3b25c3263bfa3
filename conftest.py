"""Settings that must stand before any test, notebook kernel or worker starts."""

import os

# Notebook kernels inherit this: charts then store what the committed outputs hold.
os.environ["CBEC_CHARTS"] = "stored"
