package dev.weir.loadtest.faults;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** What a {@link FakeResolver} says of a name. */
public sealed interface Answer {
    /**
     * Those of the family that was asked for; if there are none of it, an answer without any.
     *
     * @param ttl whole seconds
     */
    record Addresses(Duration ttl, List<InetAddress> addresses) implements Answer {}

    /** No name, no address: only that something is wrong. */
    enum Failure implements Answer {
        SERVFAIL(2),
        NXDOMAIN(3),
        REFUSED(5);

        private final int code;

        Failure(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }
    }

    /** Nothing at all. */
    record Silence() implements Answer {}

    /** One after another, query by query, and again from the first one; each family has its own turn. */
    record Turns(List<Answer> answers) implements Answer {
        public Turns {
            if (answers.isEmpty()) {
                throw new IllegalArgumentException("answers: none (expected: at least one)");
            }
        }
    }

    /** @param literals IPv4 and IPv6 addresses; none: the name exists, and has no address */
    static Answer addresses(Duration ttl, String... literals) {
        return new Addresses(
                ttl, Arrays.stream(literals).map(InetAddress::ofLiteral).toList());
    }

    static Answer silence() {
        return new Silence();
    }

    static Answer turns(Answer... answers) {
        return new Turns(List.of(answers));
    }
}
