package dev.weir.balancer.config;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Which requests go to which pool. */
final class RouteSyntax {
    private static final String LABEL = "[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?";
    private static final String HOST_PATTERN = "(\\*\\.)?" + LABEL + "(\\." + LABEL + ")*";
    private static final Pattern HOST = Pattern.compile(HOST_PATTERN);

    /** Visible ASCII without what ends a path (RFC 3986 section 3.3). */
    static final String PATH_PATTERN = "/[!-\"$->@-~]*";

    static final String POOL_NAME_PATTERN = "[a-z0-9]([a-z0-9-]*[a-z0-9])?";

    static final Key<List<String>> HOSTS = Key.of(
            "hosts",
            new ListOf<>(
                    "a list of host names",
                    0,
                    Scalars.parsed(
                            HOST_PATTERN,
                            "a host name such as shop.example.com or \"*.example.com\"",
                            RouteSyntax::host)));
    static final Key<String> PATH = Key.of(
            "path", Scalars.parsed(PATH_PATTERN, "a path that starts with /, such as /api", RouteSyntax::path), "/");
    static final Key<String> POOL =
            Key.required("pool", Scalars.matching(POOL_NAME_PATTERN, "is not a pool's name", "the name of a pool"));

    static final Section<RouteConfig> ROUTE = Section.of(
            "a route, such as { path: /api, pool: shop }",
            fields -> new RouteConfig(fields.get(HOSTS), fields.get(PATH), fields.get(POOL)),
            HOSTS,
            PATH,
            POOL);

    private RouteSyntax() {}

    private static String host(String text) {
        if (!HOST.matcher(text).matches()) {
            throw Scalars.wrong(
                    text, "is not a host name", "one without a port, such as shop.example.com or \"*.example.com\"");
        }
        return text.toLowerCase(Locale.ROOT);
    }

    /** A prefix that ends on a segment boundary is the same with and without its last slash. */
    private static String path(String text) {
        if (!Pattern.matches(PATH_PATTERN, text)) {
            throw Scalars.wrong(text, "is not a path", "one that starts with /, without query, such as /api");
        }
        String trimmed = text.replaceFirst("/+$", "");
        return trimmed.isEmpty() ? "/" : trimmed;
    }
}
