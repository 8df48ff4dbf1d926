"""The desktop: screens over the actions; nothing here computes an answer."""
