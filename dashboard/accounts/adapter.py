"""How allauth behaves here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class TeamsOnly(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves: people come in through a team."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
