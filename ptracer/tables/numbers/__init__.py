"""System call numbers, one generated module for each ABI."""
