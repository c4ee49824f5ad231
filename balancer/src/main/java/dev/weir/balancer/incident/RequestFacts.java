package dev.weir.balancer.incident;

import org.jspecify.annotations.Nullable;

/**
 * What the client asked for. Without the query, which may hold secrets.
 *
 * @param host as the client named it; null: not at all
 * @param path up to the query
 * @param headBytes of the request line and fields, roughly
 * @param largestField the name of the longest field; null: unknown
 * @param largestFieldBytes of that field, 0: unknown
 * @param bodyBytes that the client had sent of the body
 */
public record RequestFacts(
        String method,
        @Nullable String host,
        String path,
        long headBytes,
        @Nullable String largestField,
        long largestFieldBytes,
        long bodyBytes) {
    private static final int MAX_METHOD = 32;
    private static final int MAX_HOST = 128;
    private static final int MAX_PATH = 256;
    private static final int MAX_NAME = 64;

    public RequestFacts {
        method = Cut.to(MAX_METHOD, method);
        host = Cut.orNull(MAX_HOST, host);
        path = Cut.to(MAX_PATH, withoutQuery(path));
        largestField = Cut.orNull(MAX_NAME, largestField);
    }

    /** @param target as in the request line */
    public static RequestFacts of(String method, @Nullable String host, String target, long headBytes, long bodyBytes) {
        return new RequestFacts(method, host, target, headBytes, null, 0, bodyBytes);
    }

    private static String withoutQuery(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }
}
