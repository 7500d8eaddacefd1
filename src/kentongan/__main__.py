"""`python -m kentongan` is the command `kentongan`."""

from kentongan.config.command import main

main()
