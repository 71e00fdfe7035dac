package io.millrace.broker;

/// The embedded broker can't start; the message is the sentence to show.
public final class BrokerException extends RuntimeException {
    BrokerException(String message) {
        super(message);
    }

    BrokerException(String message, Throwable cause) {
        super(message, cause);
    }
}
