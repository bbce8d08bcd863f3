"""Named constants of the Linux headers, one generated module for each topic."""
