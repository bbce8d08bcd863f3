"""What Linux calls things: numbers, constants and signatures of system calls."""
