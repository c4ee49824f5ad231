package dev.weir.balancer.config;

import java.util.Map;

/** Backends: a URL, or a mapping with more. */
final class BackendSyntax {
    static final Key<Address> URL = Key.required("url", AddressSyntax.BACKEND);
    static final Key<Integer> WEIGHT = Key.of("weight", Scalars.whole(0, 1000), "1");
    private static final Key<Integer> PRIORITY = Key.of("priority", Scalars.whole(0, 31), "0");
    private static final Key<String> ZONE = Key.optional("zone", Scalars.text("the name of a zone"));
    private static final Key<Map<String, String>> LABELS = Key.of(
            "labels",
            new MapOf<>(
                    "a mapping of labels",
                    0,
                    Scalars.matching("[A-Za-z0-9._/-]{1,253}", "is not a label", "a name of letters, digits and ._/-"),
                    Scalars.text("a label's value")));

    static final Syntax<BackendConfig> BACKEND = new Shorthand<>(
            AddressSyntax.BACKEND,
            url -> new BackendConfig(url, 1, 0, null, Map.of()),
            Section.of("a mapping with a url", BackendSyntax::backend, URL, WEIGHT, PRIORITY, ZONE, LABELS));

    private BackendSyntax() {}

    private static BackendConfig backend(Fields fields) {
        return new BackendConfig(
                fields.get(URL), fields.get(WEIGHT), fields.get(PRIORITY), fields.find(ZONE), fields.get(LABELS));
    }
}
