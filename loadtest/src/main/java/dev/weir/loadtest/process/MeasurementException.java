package dev.weir.loadtest.process;

/** The measurement cannot be made, or would not be worth believing. The message is for the person at the terminal. */
public final class MeasurementException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MeasurementException(String message) {
        super(message);
    }

    public MeasurementException(String message, Throwable cause) {
        super(message, cause);
    }
}
