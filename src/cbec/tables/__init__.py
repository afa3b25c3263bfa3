"""The tables of a data package: strict rows, data frames, grades of evidence."""
