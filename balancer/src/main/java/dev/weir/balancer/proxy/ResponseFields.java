package dev.weir.balancer.proxy;

import dev.weir.balancer.failure.IndispensableField;
import dev.weir.balancer.failure.Violation;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValidationUtil;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.util.AsciiString;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.BiConsumer;

/**
 * Fields of a response, as the parser adds them. What is in here may be forwarded.
 *
 * <p>One that is invalid is left out and told of, unless it could have to do with where the message ends, or the response
 * would be another one without it: private, and now kept by a cache; encoded, and now taken for text; protected, and no longer.
 * Then the whole response is refused, as nginx and Envoy refuse every response with an invalid field. RFC 9110 section 5.5
 * leaves the choice.
 */
final class ResponseFields extends DefaultHttpHeaders {
    /** Stands for a name that is none. Compared by identity. */
    static final AsciiString NO_NAME = AsciiString.cached("x-no-name");

    private static final AsciiString LENGTH = HttpHeaderNames.CONTENT_LENGTH;
    private static final AsciiString CODING = HttpHeaderNames.TRANSFER_ENCODING;

    private final BiConsumer<Violation, String> violations;
    private final boolean trailers;

    /**
     * @param violations told what was left out, and the name of the field
     * @param trailers whether they come after the body, where recipients may ignore any of them
     */
    private ResponseFields(BiConsumer<Violation, String> violations, boolean trailers) {
        this.violations = violations;
        this.trailers = trailers;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // a backend may well send a field of that name
    public HttpHeaders add(CharSequence name, Object value) {
        if (name == NO_NAME) {
            return this; // the parser has told
        }
        int length = name.length();
        if (length == CODING.length() && CODING.contentEqualsIgnoreCase(name) && isChunkedAgain(value)) {
            violations.accept(Violation.DUPLICATE_TRANSFER_ENCODING, "");
            return this;
        }
        if (length == LENGTH.length() && LENGTH.contentEqualsIgnoreCase(name)) {
            if (isSameLengthAgain(value)) {
                violations.accept(Violation.DUPLICATE_CONTENT_LENGTH, "");
                return this;
            }
            if (isListOfOne(value.toString())) {
                violations.accept(Violation.DUPLICATE_CONTENT_LENGTH, ""); // the parser makes one of it
            }
        }
        try {
            return super.add(name, value);
        } catch (IllegalArgumentException invalid) {
            leaveOut(name, invalid);
            return this;
        }
    }

    /** Makes them. */
    record Factory(BiConsumer<Violation, String> violations, boolean trailers) implements HttpHeadersFactory {
        @Override
        public HttpHeaders newHeaders() {
            return new ResponseFields(violations, trailers);
        }

        @Override
        public HttpHeaders newEmptyHeaders() {
            return new ResponseFields(violations, trailers);
        }
    }

    private boolean isChunkedAgain(Object value) {
        if (!HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(get(CODING))) {
            return false;
        }
        if (!HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(value.toString())) { // be it empty, which Netty passes on
            throw new IllegalArgumentException("Transfer-Encoding: chunked, and then another one: " + value);
        }
        return true;
    }

    private boolean isSameLengthAgain(Object value) {
        String before = get(LENGTH);
        if (before == null) {
            return false;
        }
        if (!before.equals(value)) { // of HTTP/1.0, Netty would take the first
            throw new IllegalArgumentException("two different values of Content-Length: " + before + " and " + value);
        }
        return true;
    }

    /** Whether it is the same value more than once, in one line. */
    private static boolean isListOfOne(String value) {
        if (value.indexOf(',') < 0) {
            return false; // nearly always
        }
        String[] values = value.split(",", -1);
        String first = values[0].trim();
        return Arrays.stream(values).allMatch(each -> each.trim().equals(first));
    }

    private void leaveOut(CharSequence name, IllegalArgumentException invalid) {
        if (mayDelimit(name.toString())) {
            throw invalid;
        }
        if (!trailers && IndispensableField.isMeant(name.toString())) {
            throw new IllegalArgumentException("the field '" + name + "': " + invalid.getMessage(), invalid);
        }
        boolean badName = HttpHeaderValidationUtil.validateToken(name) != -1;
        violations.accept(badName ? Violation.INVALID_FIELD_NAME : Violation.INVALID_FIELD_VALUE, name.toString());
    }

    /** Whether somebody could take a name, even one that is invalid, for that of a field that tells where the message ends. */
    static boolean mayDelimit(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.contains("content-length") || lower.contains("transfer-encoding");
    }
}
