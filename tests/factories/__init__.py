"""What tests make in one line, one module a feature."""
