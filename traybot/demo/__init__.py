"""The built-in game and the bot that plays it: everything at work within a minute."""
