"""How a result looks and is worded: small pictures, overlays, wording, the guide video."""
