"""The house's own rules, as tests."""
