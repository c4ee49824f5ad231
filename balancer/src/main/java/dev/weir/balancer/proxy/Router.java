package dev.weir.balancer.proxy;

import dev.weir.balancer.config.RouteConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route of a request: among those that match both host and path, the most specific host wins, then the longest path
 * prefix, which ends on a segment boundary.
 *
 * <p>Immutable.
 *
 * @param <T> what a route leads to
 */
final class Router<T> {
    private final Map<String, Paths<T>> exact = new HashMap<>();
    private final Map<String, Paths<T>> wildcard = new HashMap<>();
    private final Paths<T> any = new Paths<>(new ArrayList<>());

    Router(List<RouteConfig> routes, Function<String, T> target) {
        for (RouteConfig route : routes) {
            T leadsTo = target.apply(route.pool());
            if (route.hosts().isEmpty()) {
                any.prefixes.add(new Prefix<>(route.path(), leadsTo, route.path()));
            }
            for (String host : route.hosts()) {
                String name = host.toLowerCase(Locale.ROOT);
                Map<String, Paths<T>> table = name.startsWith("*.") ? wildcard : exact;
                String key = name.startsWith("*.") ? name.substring(1) : name; // "*.a.b" is kept as ".a.b"
                table.computeIfAbsent(key, k -> new Paths<>(new ArrayList<>()))
                        .prefixes
                        .add(new Prefix<>(route.path(), leadsTo, host + route.path()));
            }
        }
        any.sort();
        wildcard.values().forEach(Paths::sort);
        exact.values().forEach(Paths::sort);
        wildcard.forEach((suffix, paths) -> paths.next = lessSpecific(suffix, 1));
        exact.forEach((host, paths) -> paths.next = lessSpecific(host, 0));
    }

    /** The routes for all below the longest of the host's suffixes that has any; else those for every host. */
    private Paths<T> lessSpecific(String host, int from) {
        for (int dot = host.indexOf('.', from); dot >= 0; dot = host.indexOf('.', dot + 1)) {
            Paths<T> found = wildcard.get(host.substring(dot));
            if (found != null) {
                return found;
            }
        }
        return any;
    }

    /**
     * The routes of a host. The answer may be kept for further requests to the same host.
     *
     * @param authority a Host field: a name or address, perhaps with a port; in any case
     */
    Paths<T> host(String authority) {
        String host = name(authority).toLowerCase(Locale.ROOT);
        Paths<T> found = exact.get(host);
        return found == null ? lessSpecific(host, 0) : found;
    }

    /**
     * For people: the route that a request takes, as host and path. Not for each request.
     *
     * @return null if no route matches
     */
    @Nullable
    String route(String authority, String target) {
        Prefix<T> prefix = host(authority).prefix(target);
        return prefix == null ? null : prefix.name;
    }

    /** Without the port, and without the dot that may end a fully qualified name. */
    private static String name(String authority) {
        int colon = authority.lastIndexOf(':');
        int end = colon < 0 || authority.endsWith("]") ? authority.length() : colon;
        return authority.substring(0, end > 0 && authority.charAt(end - 1) == '.' ? end - 1 : end);
    }

    /** The routes of one host, longest path first, and after them those that are less specific. */
    static final class Paths<T> {
        private final List<Prefix<T>> prefixes;

        /** For requests that none of these matches. */
        private @Nullable Paths<T> next;

        private Paths(List<Prefix<T>> prefixes) {
            this.prefixes = prefixes;
        }

        private void sort() {
            prefixes.sort(Comparator.comparingInt((Prefix<T> prefix) -> prefix.path.length())
                    .reversed());
        }

        /**
         * @param target a request's path, perhaps with a query
         * @return null if no route matches
         */
        @Nullable
        T find(String target) {
            Prefix<T> prefix = prefix(target);
            return prefix == null ? null : prefix.target;
        }

        private @Nullable Prefix<T> prefix(String target) {
            for (int i = 0; i < prefixes.size(); i++) { // no iterator: this runs for each request
                Prefix<T> prefix = prefixes.get(i);
                if (prefix.matches(target)) {
                    return prefix;
                }
            }
            return next == null ? null : next.prefix(target);
        }
    }

    /** @param name for people */
    private record Prefix<T>(String path, T target, String name) {
        boolean matches(String requested) {
            if (!requested.startsWith(path)) {
                return path.equals("/") && !requested.startsWith("/"); // "*" of an OPTIONS
            }
            if (path.endsWith("/") || requested.length() == path.length()) {
                return true;
            }
            char next = requested.charAt(path.length());
            return next == '/' || next == '?';
        }
    }
}
