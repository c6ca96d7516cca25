"""What strangers send in forms, checked before anything is done with it."""
