# A link to what was removed.
# finds: path.dangling
# says: symbolic link to 'gone'
ln -s gone here
cat here
