package dev.weir.balancer.failure;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The value of the {@code Proxy-Status} field (RFC 9209): a structured field list (RFC 8941) with one member, this
 * balancer. Everybody may read it, so it names no backend, and nothing of {@link Failure#detail()} gets in.
 */
public final class ProxyStatus {
    private static final String MEMBER = "weir";
    private static final Map<ProxyError, String> PLAIN = new EnumMap<>(ProxyError.class);

    static {
        for (ProxyError error : ProxyError.values()) {
            PLAIN.put(error, MEMBER + "; error=" + error.token());
        }
    }

    private ProxyStatus() {}

    /** For a response that the balancer makes. */
    public static String value(ProxyError error) {
        return Objects.requireNonNull(PLAIN.get(error)); // every one is there
    }

    /** @param rcode what a name server answered: the parameter of {@code dns_error} (RFC 9209 section 2.3.2); null: none */
    public static String value(ProxyError error, @Nullable String rcode) {
        if (rcode == null) {
            return value(error);
        }
        StringBuilder value = new StringBuilder(value(error)).append("; rcode=");
        appendString(value, rcode);
        return value.toString();
    }

    /**
     * For a response that the balancer makes.
     *
     * @param receivedStatus of the backend's last answer; 0: it sent none
     * @param details a sentence for the public; characters that a structured field cannot carry become {@code ?}
     */
    public static String value(ProxyError error, int receivedStatus, @Nullable String details) {
        if (receivedStatus == 0 && details == null) {
            return value(error);
        }
        StringBuilder value = new StringBuilder(value(error));
        if (receivedStatus != 0) {
            value.append("; received-status=").append(receivedStatus);
        }
        if (details != null) {
            value.append("; details=");
            appendString(value, details);
        }
        return value.toString();
    }

    /** An sf-string: visible ASCII and spaces, with quotes and backslashes escaped (RFC 8941 section 3.3.3). */
    private static void appendString(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else {
                out.append(c >= ' ' && c <= '~' ? c : '?');
            }
        }
        out.append('"');
    }
}
