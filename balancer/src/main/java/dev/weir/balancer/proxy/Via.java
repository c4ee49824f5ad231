package dev.weir.balancer.proxy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What this balancer calls itself in {@code Via} (RFC 9110 section 7.6.3), and by which it recognizes a request that comes
 * back: a pseudonym that each process makes up, so that balancers may stand in a row, and that tells nothing to those who
 * read it. Backends alone get to see it: responses carry a name that all balancers share. Immutable.
 */
final class Via {
    private static final AsciiString RESPONSE_HTTP11 = AsciiString.cached("1.1 weir");
    private static final AsciiString RESPONSE_HTTP10 = AsciiString.cached("1.0 weir");
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

    /** Of 5 bits each: two balancers that make up the same name would refuse each other's requests. */
    private static final int CHARACTERS = 12;

    private static final int LONGEST_SHOWN = 200;

    private final String pseudonym;
    private final AsciiString http11;
    private final AsciiString http10;

    Via(RandomGenerator random) {
        StringBuilder name = new StringBuilder("weir-");
        for (int i = 0; i < CHARACTERS; i++) {
            name.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        pseudonym = name.toString();
        http11 = AsciiString.cached("1.1 " + pseudonym);
        http10 = AsciiString.cached("1.0 " + pseudonym);
    }

    /** @param version in which the request came */
    AsciiString ofRequest(HttpVersion version) {
        return version.minorVersion() == 0 ? http10 : http11;
    }

    /** @param version in which the response came */
    static AsciiString ofResponse(HttpVersion version) {
        return version.minorVersion() == 0 ? RESPONSE_HTTP10 : RESPONSE_HTTP11;
    }

    /** Whether this balancer has had the request before. Costs a look-up if the request came straight from a client. */
    boolean knows(HttpHeaders headers) {
        if (!headers.contains(HttpHeaderNames.VIA)) {
            return false;
        }
        List<String> lines = headers.getAll(HttpHeaderNames.VIA);
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains(pseudonym)) {
                return true;
            }
        }
        return false;
    }

    /** The field's value as it may be shown to operators: not the whole of it if it is long. */
    static String shown(HttpHeaders headers) {
        String all = String.join(", ", headers.getAll(HttpHeaderNames.VIA));
        return all.length() <= LONGEST_SHOWN ? all : all.substring(0, LONGEST_SHOWN) + "...";
    }
}
