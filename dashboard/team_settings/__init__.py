"""A team's rules, and the page that sets them."""
