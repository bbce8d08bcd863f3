# The interpreter of a script is missing.
# finds: program.no_interpreter
# says: the interpreter in its first line is not: '/usr/bin/pyton'
printf '#!/usr/bin/pyton\n' > script
chmod +x script
exec ./script
