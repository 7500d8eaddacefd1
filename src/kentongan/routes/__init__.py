"""Where people move along: flows between places, and corridors that can be named, owned and watched."""
