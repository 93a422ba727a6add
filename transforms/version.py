"""The version of this project, as installed: posted with every closing, since other software may pay otherwise."""

from importlib.metadata import version

VERSION = version("dpor")
