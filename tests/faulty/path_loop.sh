# Links in a circle.
# finds: path.loop
ln -s b a
ln -s a b
cat a
