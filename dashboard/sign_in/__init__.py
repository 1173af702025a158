"""Signing in: passwords, second factors, single sign-on, known browsers and throttling; and a person's own account."""
