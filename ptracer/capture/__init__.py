"""Ways of recording what a tracee does: one protocol, a C loop and its Python twin."""
