"""All errors of Quorum, divided into those worth a retry and those that are not.

QuorumError
├── TransientError                retried by Step Functions, by these class names
│   ├── ConcurrencyConflictError    lost several races in a row to append or write
│   ├── StoreUnavailableError       a table, bucket or queue did not respond
│   ├── SourceUnavailableError      a source of evidence did not respond
│   ├── ModelThrottledError         the language model throttled the request
│   └── ChannelUnavailableError     a notification channel is down or over its rate limit
└── PermanentError                caught by Step Functions, which runs the next tier
    ├── InvalidInputError           invalid input; names the field and the remedy
    ├── InvalidHistoryError         an inconsistent log: tampered with, or a bug
    ├── BreakerOpenError            the tier's circuit breaker is open: fail fast
    ├── ModelAnswerError            the model's answer failed validation twice
    ├── ModelUnavailableError       no model is configured, or it is unreachable
    ├── NotApplicableError          this tier has no data to work on
    ├── RefusedError                a guard or a precondition refused the effect
    └── WorldMovedError             the resource changed since the evidence was taken

Step Functions matches exact names and ignores base classes. Every transient error is therefore a
direct subclass of TransientError, and `transient_error_names` lists them for the state machine.
"""


class QuorumError(Exception):
    """Base class of all errors that Quorum raises on purpose."""


class TransientError(QuorumError):
    """An error that may not recur: retry."""


class PermanentError(QuorumError):
    """An error that recurs on every retry."""


class ConcurrencyConflictError(TransientError):
    """Another writer took the version of the log that this call tried to write."""


class StoreUnavailableError(TransientError):
    """A store did not respond."""


class SourceUnavailableError(TransientError):
    """A source of evidence did not respond."""


class ModelThrottledError(TransientError):
    """The language model throttled the request."""


class ChannelUnavailableError(TransientError):
    """A notification channel did not accept the message."""


class InvalidInputError(PermanentError):
    """Invalid input. The message names the field and the remedy."""


class InvalidHistoryError(PermanentError):
    """An inconsistent log or record."""


class BreakerOpenError(PermanentError):
    """The circuit breaker of this dependency is open."""


class ModelAnswerError(PermanentError):
    """The model's answer failed validation, and so did the repaired one."""


class ModelUnavailableError(PermanentError):
    """No model is configured, or it is unreachable."""


class NotApplicableError(PermanentError):
    """This tier has no data to work on."""


class RefusedError(PermanentError):
    """A guard or a precondition refused an effect."""


class WorldMovedError(PermanentError):
    """The resource is no longer in the state that was captured."""


def transient_error_names() -> list[str]:
    """Return the class names of all transient errors, for the `Retry` of a Step Functions state."""
    return sorted(error.__name__ for error in TransientError.__subclasses__())
