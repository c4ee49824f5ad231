package dev.weir.loadtest.sidebyside;

/** The measurement cannot be made, or would not be worth believing. The message is for the person at the terminal. */
final class MeasurementException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MeasurementException(String message) {
        super(message);
    }

    MeasurementException(String message, Throwable cause) {
        super(message, cause);
    }
}
