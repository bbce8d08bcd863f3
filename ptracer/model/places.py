"""Where paths begin: working directory, root, and the mask of new files; what CLONE_FS shares.

Sources: chdir(2), chroot(2), umask(2), clone(2), path_resolution(7).
"""

from __future__ import annotations

import posixpath

REMEMBERED = 4096  # bytes of a path: PATH_MAX


class Places:
    """Those of one or several threads. ``directory`` and ``root`` are as /proc/PID/cwd and root say it; None: nobody knows."""

    __slots__ = ("directory", "root", "mask")

    def __init__(self, directory: bytes | None = None, root: bytes | None = None, mask: int | None = None) -> None:
        self.directory, self.root, self.mask = directory, root, mask

    def copy(self) -> Places:
        """What a child gets."""
        return Places(self.directory, self.root, self.mask)

    def absolute(self, path: bytes, base: bytes | None) -> bytes | None:
        """A path from the root of all, where it begins at ``base`` unless it is absolute; None: nobody knows.

        Symbolic links are not followed.
        """
        if path.startswith(b"/"):
            if self.root in (None, b"/"):
                return path if path == b"/" or b"//" not in path and b"/." not in path else normal(path)
            base, path = self.root, path.lstrip(b"/")
        if base is None or not base.startswith(b"/"):
            return None
        made = normal(posixpath.join(base, path))
        return made if len(made) <= REMEMBERED else None


def normal(path: bytes) -> bytes:
    """Without ``.``, ``..`` and double slashes; two at the beginning mean nothing to Linux."""
    return posixpath.normpath(b"/" + path.lstrip(b"/"))
