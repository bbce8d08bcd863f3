# Waits for more than a second, for a child, a thread, a pipe and the time, and all of it ends.
import os
import subprocess
import threading
import time

reading, writing = os.pipe()


def write_late():
    time.sleep(1.5)
    os.write(writing, b".")


thread = threading.Thread(target=write_late)
thread.start()
os.read(reading, 1)
thread.join()
thread = threading.Thread(target=time.sleep, args=(1.5,))
thread.start()
thread.join()
subprocess.run(["sleep", "1.5"])
