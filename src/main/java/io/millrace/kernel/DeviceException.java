package io.millrace.kernel;

/// A device that is missing, too small, or failed. What it held since the last commit is lost; the commit is not.
public final class DeviceException extends RuntimeException {
    DeviceException(String message) {
        super(message);
    }
}
