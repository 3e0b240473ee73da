"""`serve --demo`: a store of its own with made-up contracts, and a page with two phones to try everything."""
