"""People on a stand-in of Telegram, and the real program that serves them, with a clock that is set."""
