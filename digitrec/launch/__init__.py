"""What `make run` starts beside Django: the database, the web server, the hourly upkeep."""
