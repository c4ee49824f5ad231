package dev.weir.loadtest.faults;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Group B: what the name server says. */
final class NameFaults {
    private static final Duration TTL = Duration.ofSeconds(1);
    private static final Answer HERE = Answer.addresses(TTL, "127.0.0.1");

    static final List<Fault> ALL = List.of(
            named("dns-nxdomain", "B1", "its name does not exist (NXDOMAIN)", Answer.Failure.NXDOMAIN),
            named("dns-servfail", "B1", "the name server has a problem (SERVFAIL)", Answer.Failure.SERVFAIL),
            named("dns-refused", "B1", "the name server refuses to answer (REFUSED)", Answer.Failure.REFUSED),
            named("dns-empty", "B1", "its name exists, but has no address", Answer.addresses(TTL)),
            named("dns-silent", "B2", "the name server does not answer", Answer.silence()),
            named(
                    "dns-fails-now-and-then",
                    "B2",
                    "of three queries, one gets no answer and one SERVFAIL",
                    Answer.turns(HERE, Answer.silence(), Answer.Failure.SERVFAIL)),
            Fault.of(
                    "dns-moved",
                    "B3",
                    "moved from 127.0.0.2, where it is healthy, to 127.0.0.3 (TTL 1 s)",
                    Map.of("127.0.0.3", PortState.LISTENS, "127.0.0.2", PortState.REFUSES),
                    new NameAnswers(Answer.addresses(TTL, "127.0.0.3"), Answer.addresses(TTL, "127.0.0.2"))),
            Fault.of(
                    "dns-stale",
                    "B3",
                    "the name server still says 127.0.0.2 where nothing listens; it runs on 127.0.0.3",
                    Map.of("127.0.0.3", PortState.LISTENS, "127.0.0.2", PortState.REFUSES),
                    new NameAnswers(Answer.addresses(TTL, "127.0.0.2"), Answer.addresses(TTL, "127.0.0.2"))),
            Fault.of(
                    "dns-frozen",
                    "K4",
                    "the name server says nothing since the backend moved from 127.0.0.2 to 127.0.0.3",
                    Map.of("127.0.0.3", PortState.LISTENS, "127.0.0.2", PortState.REFUSES),
                    new NameAnswers(Answer.silence(), Answer.addresses(TTL, "127.0.0.2"))),
            Fault.of(
                    "dns-rotates",
                    "B4",
                    "each query gets the next of three addresses (TTL 1 s)",
                    Map.of(
                            "127.0.0.2",
                            PortState.LISTENS,
                            "127.0.0.3",
                            PortState.LISTENS,
                            "127.0.0.4",
                            PortState.LISTENS),
                    new NameAnswers(
                            Answer.turns(
                                    Answer.addresses(TTL, "127.0.0.2"),
                                    Answer.addresses(TTL, "127.0.0.3"),
                                    Answer.addresses(TTL, "127.0.0.4")),
                            Answer.addresses(TTL, "127.0.0.2"))),
            Fault.of(
                    "dns-one-of-two-dead",
                    "B3",
                    "two addresses, and nothing listens on 127.0.0.2",
                    Map.of("127.0.0.3", PortState.LISTENS, "127.0.0.2", PortState.REFUSES),
                    new NameAnswers(
                            Answer.addresses(TTL, "127.0.0.2", "127.0.0.3"),
                            Answer.addresses(TTL, "127.0.0.2", "127.0.0.3"))),
            Fault.of(
                    "dns-two-families",
                    "A11",
                    "an IPv6 and an IPv4 address, and listens on the IPv4 one only",
                    Map.of("127.0.0.1", PortState.LISTENS, "::1", PortState.REFUSES),
                    new NameAnswers(
                            Answer.addresses(TTL, "::1", "127.0.0.1"), Answer.addresses(TTL, "::1", "127.0.0.1"))));

    private NameFaults() {}

    private static Fault named(String id, String row, String description, Answer broken) {
        return Fault.of(id, row, description, Map.of("127.0.0.1", PortState.LISTENS), new NameAnswers(broken, HERE));
    }
}
