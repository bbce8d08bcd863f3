"""C structures that system calls read and write."""
