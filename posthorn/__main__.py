"""`python -m posthorn` runs the command `posthorn`."""

from posthorn.cli.app import main

if __name__ == "__main__":
    main()
