"""Contracts as spreadsheets: what the columns are, reading a file, and what its rows do to the records."""
