"""What happens to every request, whichever page it asks for."""
