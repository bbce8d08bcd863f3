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
            extra_compile_args=["-O2", "-Wall", "-Wextra"],
            extra_link_args=["-pthread"],
            optional=True,
        )
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
