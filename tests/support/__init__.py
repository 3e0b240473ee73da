"""Plugins that tests/conftest.py loads: what tests may need, a PostgreSQL server, a browser."""
