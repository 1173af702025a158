"""From an order to pictures in our storage: the state machine of jobs, and each step that moves them."""
