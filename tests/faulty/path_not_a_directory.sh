# A file where a directory should be.
# finds: path.not_a_directory
# says: is a file, not a directory
echo > file
cat file/below
