"""What Photon remembers on this machine, in SQLite. Import the module you need: none is loaded before it is used."""
