package dev.weir.balancer.config;

/**
 * The access log: JSON, one line a request.
 *
 * @param path {@code stdout}, {@code off}, or a file that is appended to
 * @param query whether URLs are logged with their queries, which may hold secrets
 */
public record AccessLogConfig(String path, boolean query) {
    public static final String OFF = "off";
    public static final String STDOUT = "stdout";

    public boolean enabled() {
        return !path.equals(OFF);
    }
}
