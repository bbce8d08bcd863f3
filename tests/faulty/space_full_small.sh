# A small file system.
# finds: space.full
# says: of 64 KiB are left
# needs: root unshare
exec unshare -m sh -c 'mkdir small && mount -t tmpfs -o size=64k none small && exec head -c 100000 /dev/zero > small/file'
