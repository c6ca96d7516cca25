"""What jobs do: each takes ids and calls one function of one room, as urls.py is for requests."""
