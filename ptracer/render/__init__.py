"""From calls to output: one module for each form of output."""
