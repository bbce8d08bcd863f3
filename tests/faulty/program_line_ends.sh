# A script with the line ends of another system.
# finds: program.line_ends
# says: ends with a carriage return
printf '#!/bin/sh\r\necho\r\n' > script
chmod +x script
exec ./script
