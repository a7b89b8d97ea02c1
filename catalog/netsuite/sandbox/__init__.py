"""A stand-in of NetSuite's REST record service (sales orders, token-based authentication)."""
