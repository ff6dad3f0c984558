"""What can go wrong, as callers see it.

HubError                    exit 1, HTTP 500
├── BadInput                exit 1, HTTP 422   the bytes cannot be read; the message says where and what next
│   ├── TooLarge            exit 1, HTTP 413
│   └── TooSlow             exit 1, HTTP 408
├── NotPermitted            exit 1, HTTP 403
│   └── NotSignedIn         exit 1, HTTP 401
├── NothingToShow           exit 1, HTTP 404   no such child, or none this reader may know of: the same answer
├── Raced                   exit 1, HTTP 409   somebody else wrote first; read again and retry
├── TooMany                 exit 1, HTTP 429   this caller asks too often; it is told when to ask again
├── Busy                    exit 1, HTTP 503   as much is being taken in as there is room for
├── AuditUnavailable        exit 1, HTTP 503   the reading could not be recorded, so nothing is shown
├── StoreUnavailable        exit 1, HTTP 503
├── BrokerUnavailable       exit 1, HTTP 503   Kafka did not do what was asked; places and records are kept
├── PolicyRefused           exit 1, HTTP 500   a policy that cannot be proven is never used
└── HalfConfigured          exit 2, HTTP -     settings are missing; every one is named

No message names a child, repeats an identifier or quotes a record: messages reach logs.
"""

from __future__ import annotations

NOTHING = "There is nothing here that you may know of."
NOTHING_NEXT = (
    "Check the child and the purpose you chose; if you should be working with this child, "
    "ask your agency's governance lead."
)
"""What is said of a child who does not exist and of one whom the caller may not know of: the same."""


class HubError(Exception):
    """Base of every error the hub raises on purpose.

    `code` is the stable last part of the problem type; `next_step` tells the caller what to do. `retry_after`: in how
    many seconds the same may be tried again, 0 where trying again changes nothing.
    """

    code = "hub-error"
    status = 500
    exit_code = 1
    retry_after = 0

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step


class BadInput(HubError):
    """The input cannot be read or understood."""

    code = "bad-input"
    status = 422


class TooLarge(BadInput):
    """The input is larger than the limit in the settings."""

    code = "too-large"
    status = 413


class TooSlow(BadInput):
    """The input did not arrive in time."""

    code = "too-slow"
    status = 408


class NotPermitted(HubError):
    """The caller is known but may not do this."""

    code = "not-permitted"
    status = 403


class NotSignedIn(NotPermitted):
    """There is no token, or it cannot be trusted."""

    code = "not-signed-in"
    status = 401


class NothingToShow(HubError):
    """There is nothing that this reader may know of. Says the same whether or not the child exists."""

    code = "nothing-to-show"
    status = 404


class Raced(HubError):
    """Another writer reached the same stream first."""

    code = "raced"
    status = 409


class TooMany(HubError):
    """This caller asks more often than it may. Nothing was done."""

    code = "too-many-requests"
    status = 429
    retry_after = 1

    def __init__(
        self,
        seconds: int,
        message: str = "This system sends more often than it may.",
        next_step: str = "Wait as long as Retry-After says; send more in one message.",
    ) -> None:
        super().__init__(message, next_step)
        self.retry_after = seconds


class Busy(HubError):
    """As many deliveries are being taken in, and wait to be, as there is room for. Nothing was done."""

    code = "busy"
    status = 503
    retry_after = 2


class AuditUnavailable(HubError):
    """The access record could not be written, so nothing was shown."""

    code = "audit-unavailable"
    status = 503
    retry_after = 5


class StoreUnavailable(HubError):
    """The database did not answer."""

    code = "store-unavailable"
    status = 503
    retry_after = 5


class BrokerUnavailable(HubError):
    """Kafka's brokers did not do what was asked of them."""

    code = "broker-unavailable"
    status = 503


class PolicyRefused(HubError):
    """The policy has a row that is not fully understood, or its proof failed."""

    code = "policy-refused"


class HalfConfigured(HubError):
    """Settings are missing or contradict each other."""

    code = "half-configured"
    exit_code = 2


def unforeseen(error: BaseException) -> str:
    """The kind of an unforeseen error and the place in the code. Its words may hold anything, so they are left out."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" in {trace.tb_frame.f_globals.get('__name__')}, line {trace.tb_lineno}" if trace is not None else ""
    return f"unforeseen {type(error).__name__}{place}"
