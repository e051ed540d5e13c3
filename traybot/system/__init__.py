"""What differs per operating system and no library hides."""
