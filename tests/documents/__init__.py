"""The documents say what the code does: pages are generated, links resolve, named things exist."""
