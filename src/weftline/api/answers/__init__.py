"""Models of what the API takes and gives, one file per noun."""
