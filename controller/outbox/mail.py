"""How deliveries leave as e-mail: what was gathered goes in one message, by SMTP in a thread."""

import asyncio
import json
import smtplib
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from controller.outbox.book import Delivery
from controller.outbox.exchange import digest
from controller.outbox.retry import Arrived, Came, Never, NotYet
from controller.outbox.settings import Mail

GATHER_S = 60
"""Seconds from the first alarm of a burst to its mail."""

_WITHIN_S = 20.0
_MOST_LINES = 50
_PERMANENT = 500


class MailPost:
    """Speaks to one mail server; every mail is a connection of its own."""

    most = _MOST_LINES

    def __init__(self, mail: Mail, password: str, plant: str) -> None:
        self._mail = mail
        self._password = password
        self._plant = plant

    async def send(self, deliveries: Sequence[Delivery], now: int) -> Came:
        """Send one mail for all of them."""
        message = letter(deliveries, self._mail, self._plant, now)
        return await asyncio.to_thread(self._hand_over, message)

    async def close(self) -> None:
        """Let go; nothing is held between mails."""

    def _hand_over(self, message: EmailMessage) -> Came:
        try:
            with self._connected() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            why = f"The mail server refuses every address ({min(codes)})."
            return Never(why) if min(codes) >= _PERMANENT else NotYet(why)
        except smtplib.SMTPResponseException as error:
            why = f"The mail server answered {error.smtp_code}."
            return Never(why) if error.smtp_code >= _PERMANENT else NotYet(why)
        except (smtplib.SMTPException, OSError) as error:
            return NotYet(f"The mail server cannot be reached ({type(error).__name__}).", away=True)
        return Arrived()

    def _connected(self) -> smtplib.SMTP:
        mail = self._mail
        trusted = ssl.create_default_context(cafile=mail.ca or None)
        if mail.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                mail.host, mail.port, timeout=_WITHIN_S, context=trusted
            )
        else:
            server = smtplib.SMTP(mail.host, mail.port, timeout=_WITHIN_S)
        try:
            if mail.security == "starttls":
                server.starttls(context=trusted)
            if mail.user:
                _sign_in(server, mail.user, self._password)
        except (smtplib.SMTPException, OSError):
            server.close()
            raise
        return server


def _sign_in(server: smtplib.SMTP, user: str, password: str) -> None:
    """Try one way only: servers hang up on the second, and the reason would be lost."""
    server.ehlo_or_helo_if_needed()
    if "PLAIN" in server.esmtp_features.get("auth", "").upper().split():
        server.user, server.password = user, password
        server.auth("PLAIN", server.auth_plain)
    else:
        server.login(user, password)


def letter(deliveries: Sequence[Delivery], mail: Mail, plant: str, now: int) -> EmailMessage:
    """Write what was gathered as one mail; the same news get the same id at every try."""
    lines = [_line(each) for each in deliveries]
    message = EmailMessage()
    count = len(lines)
    about = deliveries[0].about if count == 1 else f"{count} messages"
    message["Subject"] = " ".join(f"{plant}: {about}".split())
    message["From"] = mail.sender
    message["To"] = ", ".join(mail.to)
    message["Date"] = format_datetime(datetime.fromtimestamp(now, UTC))
    ident = digest(*(each.id for each in deliveries))
    message["Message-ID"] = f"<{ident}@{make_msgid(domain='lotwright').partition('@')[2]}"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n".join([*lines, "", "Lotwright sent this by itself."]))
    return message


def _line(delivery: Delivery) -> str:
    said = json.loads(delivery.body)
    data = said["data"]
    at = str(said["at"])[:16].replace("T", " ")
    if delivery.kind == "alarm.raised":
        return f"{at} UTC, {data['priority']}, {data['source']}: {data['says']}"
    if delivery.kind == "delivery.failed":
        told = f"{data['receiver']} was not told of {data['kind']}, {data['about']}"
        return f"{at} UTC, {told}: {data['why']}"
    return f"{at} UTC, {delivery.about}: {delivery.kind.partition('.')[2]}"
