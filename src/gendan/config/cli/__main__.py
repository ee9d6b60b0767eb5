"""`python -m gendan.config.cli`."""

from gendan.config.cli import main

main()
