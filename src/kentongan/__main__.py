"""`python -m kentongan` is the command `kentongan`."""

from kentongan.config.command import main

if __name__ == "__main__":  # and not again in the processes that it starts
    main()
