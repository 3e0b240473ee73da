"""`python -m bot` is the same as `hotline`."""

from bot.cli import main

main()
