# The directory is missing, not the file.
# finds: path.missing
# says: has no 'locl'
# says: so there is nothing below it
cat /usr/locl/lib/module.conf
