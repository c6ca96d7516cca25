"""The texts a line may hold: places for digits, both networks' opinion of each, whole texts."""
