# A file system that can have few files.
# finds: space.files
# says: inodes are in use
# needs: root unshare
exec unshare -m sh -c 'mkdir small && mount -t tmpfs -o nr_inodes=4 none small && touch small/a small/b small/c small/d small/e'
