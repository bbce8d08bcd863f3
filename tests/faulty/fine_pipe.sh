# A writer that ends when its reader does.
yes | head -n 1
cp /bin/true "$PWD/copy" && mv copy /dev/shm/ptracer-test-$$ && rm /dev/shm/ptracer-test-$$
