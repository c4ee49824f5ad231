package dev.weir.balancer.admin;

import dev.weir.balancer.directive.DirectiveKey;
import dev.weir.balancer.directive.DirectiveKey.Kind;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A path that can be written: {@code /api/pools/POOL/backends/BACKEND/admin}, {@code .../weight}, or {@code
 * /api/pools/POOL/maintenance}.
 *
 * @param pool as the client wrote it, and so perhaps no pool's name
 * @param backend likewise; null: the path is about the pool
 */
record DirectivePath(Kind kind, String pool, @Nullable String backend) {
    private static final Pattern PATH =
            Pattern.compile("/api/pools/([^/]+)/(?:backends/([^/]+)/(admin|weight)|maintenance)");

    /** @return null: it is none of these */
    static @Nullable DirectivePath parse(@Nullable String path) {
        Matcher matcher = PATH.matcher(path == null ? "" : path);
        if (!matcher.matches()) {
            return null;
        }
        try {
            String pool = decoded(matcher.group(1));
            String backend = matcher.group(2);
            if (backend == null) {
                return new DirectivePath(Kind.MAINTENANCE, pool, null);
            }
            Kind kind = matcher.group(3).equals("admin") ? Kind.ADMIN : Kind.WEIGHT;
            return new DirectivePath(kind, pool, decoded(backend));
        } catch (IllegalArgumentException e) {
            return null; // a percent sign without two digits
        }
    }

    private static String decoded(String segment) {
        return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8); // a plus is one in a path
    }

    DirectiveKey key() {
        return new DirectiveKey(kind, pool, backend);
    }
}
