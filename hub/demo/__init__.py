"""An invented family, the people who work with them, and the demo's own sign-in."""
