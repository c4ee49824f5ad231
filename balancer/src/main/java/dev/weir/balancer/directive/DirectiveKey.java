package dev.weir.balancer.directive;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a directive is about: {@code admin/POOL/BACKEND}, {@code weight/POOL/BACKEND} or {@code maintenance/POOL}.
 *
 * @param pool a name as in the configuration
 * @param backend {@code host:port}; null for what is about a whole pool
 */
public record DirectiveKey(Kind kind, String pool, @Nullable String backend) {
    /** At most one directive of each kind is there for a backend, or a pool. */
    public enum Kind {
        ADMIN,
        WEIGHT,
        /** Of a pool. */
        MAINTENANCE;

        private final String label = name().toLowerCase(Locale.ROOT);
    }

    /** A name is one of RFC 1035 (253 characters) or an address, with brackets and a port. */
    private static final Pattern TEXT = Pattern.compile(
            "(?:(admin|weight)/([a-z0-9-]{1,255})/([^/\\p{Cntrl}\\s]{1,300})|maintenance/([a-z0-9-]{1,255}))");

    public DirectiveKey {
        if ((kind == Kind.MAINTENANCE) != (backend == null)) {
            throw new IllegalArgumentException(kind + " of backend " + backend + " of pool " + pool);
        }
    }

    public static DirectiveKey admin(String pool, String backend) {
        return new DirectiveKey(Kind.ADMIN, pool, backend);
    }

    public static DirectiveKey weight(String pool, String backend) {
        return new DirectiveKey(Kind.WEIGHT, pool, backend);
    }

    public static DirectiveKey maintenance(String pool) {
        return new DirectiveKey(Kind.MAINTENANCE, pool, null);
    }

    /** @return null: no key, be it of a newer version or nonsense */
    public static @Nullable DirectiveKey parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        String closed = matcher.group(4);
        return closed != null
                ? maintenance(closed)
                : new DirectiveKey(
                        Kind.valueOf(matcher.group(1).toUpperCase(Locale.ROOT)), matcher.group(2), matcher.group(3));
    }

    /** What {@link #parse} reads. */
    @Override
    public String toString() {
        return kind.label + "/" + pool + (backend == null ? "" : "/" + backend);
    }
}
