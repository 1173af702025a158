"""How many pictures galleries show, kept beside the pictures and equal to them, so that no page counts them."""
