# Nobody reads from the FIFO.
# finds: pipe.no_reader
import os

os.mkfifo("fifo")
os.open("fifo", os.O_WRONLY | os.O_NONBLOCK)
