"""How a result looks and is said: small pictures, overlays, wording, the guide video."""
