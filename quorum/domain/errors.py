"""Every error of ours, split by the one question a caller asks: retry or not?

QuorumError
├── TransientError                Step Functions retries it, by these very names
│   ├── ConcurrencyConflictError    somebody else appended first, several times in a row
│   ├── StoreUnavailableError       a table, bucket or queue did not answer
│   ├── SourceUnavailableError      a source of evidence did not answer
│   ├── ModelThrottledError         the language model asked us to wait
│   └── ChannelUnavailableError     a channel to people is down, or over its rate
└── PermanentError                Step Functions catches it and takes the next tier
    ├── InvalidInputError           names the field and the remedy
    ├── InvalidHistoryError         a log that cannot be: tampered with, or a bug
    ├── BreakerOpenError            the tier's breaker is open: fail at once
    ├── ModelAnswerError            the model's answer does not fit its schema, twice
    ├── ModelUnavailableError       no model is configured, or it is gone
    ├── NotApplicableError          this tier has nothing to work on
    ├── RefusedError                a guard or a precondition said no
    └── WorldMovedError             the resource is no longer what the evidence saw

Step Functions matches names and knows no base classes, so every transient error is a direct
subclass and `transient_error_names` is what the state machine lists.
"""


class QuorumError(Exception):
    """Base of all errors that Quorum raises on purpose."""


class TransientError(QuorumError):
    """Trying again may help."""


class PermanentError(QuorumError):
    """Trying again gives the same answer."""


class ConcurrencyConflictError(TransientError):
    """The version of the log that we wanted to write was taken."""


class StoreUnavailableError(TransientError):
    """A store did not answer."""


class SourceUnavailableError(TransientError):
    """A source of evidence did not answer."""


class ModelThrottledError(TransientError):
    """The language model asked us to wait."""


class ChannelUnavailableError(TransientError):
    """A channel to people did not take the message."""


class InvalidInputError(PermanentError):
    """What came in does not fit; the message names the field and the remedy."""


class InvalidHistoryError(PermanentError):
    """The log contradicts itself."""


class BreakerOpenError(PermanentError):
    """The breaker before this dependency is open."""


class ModelAnswerError(PermanentError):
    """The model's answer did not validate, and neither did its repair."""


class ModelUnavailableError(PermanentError):
    """No model is configured, or it cannot be reached."""


class NotApplicableError(PermanentError):
    """This tier has nothing to work on here."""


class RefusedError(PermanentError):
    """A guard or a precondition refused an effect."""


class WorldMovedError(PermanentError):
    """The resource is no longer in the state that was captured."""


def transient_error_names() -> list[str]:
    """Return the class names that a Step Functions `Retry` lists."""
    return sorted(error.__name__ for error in TransientError.__subclasses__())
