"""Each correction of the emulator, seen from outside: it does what AWS does."""
