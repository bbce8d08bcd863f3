"""Builds the optional C loop; without a compiler the install succeeds and the Python capture is used."""

from glob import glob

from setuptools import Extension, setup

setup(
    ext_modules=[
        Extension(
            "ptracer.capture._capture",
            ["ptracer/capture/_capture.c"],
            depends=sorted(glob("ptracer/capture/*.h")),
            py_limited_api=True,
            # The second line is for _inside_block.h, which is copied into tracees and must be whole by itself.
            extra_compile_args=[
                "-O2", "-Wall", "-Wextra",
                "-fno-jump-tables", "-fno-tree-loop-distribute-patterns", "-fno-stack-protector", "-fcf-protection=none",
            ],
            extra_link_args=["-pthread"],
            optional=True,
        )
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
