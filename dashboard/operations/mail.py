from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp

from generation.network.deadline import calling_out


class EmailBackend(smtp.EmailBackend):
    """Django's, whose slow server keeps no other request waiting. Raises ``OSError`` or ``SMTPException``."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        with calling_out():
            return super().send_messages(email_messages)
