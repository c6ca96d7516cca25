"""What a line may say: the places for digits, both networks' opinion of each, and the texts."""
