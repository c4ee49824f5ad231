package dev.weir.loadtest.catalogue;

import java.util.List;

/**
 * A backend with long answers.
 *
 * @param rule of iptables in the proxy's namespace while it is at fault; empty: none
 */
record BodyCast(BodyServer server, Place place, List<Pool> pools, List<String> rule) implements Cast {

    static Staging of(String... options) {
        return (place, prefix) -> {
            BodyServer server = BodyServer.start(place.backendHost());
            return new BodyCast(
                    server, place, FaultCast.pools(prefix, server.url(), place, List.of(options)), List.of());
        };
    }

    /** Packets of the backend that are longer are lost without a word. */
    static Staging behindSmallPackets() {
        return (place, prefix) -> {
            BodyServer server = BodyServer.start(place.backendHost());
            List<String> rule = List.of(
                    "--sport", Integer.toString(server.port()), "-m", "length", "--length", "1000:65535", "-j", "DROP");
            BodyCast cast = new BodyCast(server, place, FaultCast.pools(prefix, server.url(), place, List.of()), rule);
            cast.forward("-A");
            return cast;
        };
    }

    private void forward(String action) {
        if (!rule.isEmpty()) {
            place.requiredNamespace().forward(action, rule);
        }
    }

    @Override
    public void heal() {
        forward("-D");
    }

    @Override
    public Wanted well() {
        return answer(0);
    }

    /** To {@code /LENGTH}. */
    static Wanted answer(int length) {
        return Wanted.of(200, "\0".repeat(length));
    }

    @Override
    public void close() {
        server.close();
    }
}
