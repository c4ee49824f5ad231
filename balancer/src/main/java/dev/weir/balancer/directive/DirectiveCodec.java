package dev.weir.balancer.directive;

import dev.weir.balancer.backend.BackendState.Admin;
import dev.weir.balancer.failure.Maintenance;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Directives as bytes, big-endian: version (1 byte, {@value #VERSION}), kind (1 byte), moment (8 bytes, milliseconds since 1970);
 * then by kind
 *
 * <ul>
 *   <li>1: state (1 byte; 1 draining, 2 disabled)
 *   <li>2: weight (2 bytes)
 *   <li>3: end (8 bytes, milliseconds since 1970; 0: open), message (UTF-8, up to the end)
 * </ul>
 *
 * <p>Each directive has exactly one form, and whatever is not such a form is not decoded: bytes may come from anywhere.
 */
public final class DirectiveCodec {
    /** A node that meets another one ignores the directive: it cannot know what it asks for. */
    static final byte VERSION = 1;

    /** Longest form: 18 bytes and a message, each character of which takes 4 at most. */
    public static final int MAX_BYTES = 18 + 4 * Maintenance.MAX_MESSAGE;

    private static final int HEAD = 10;
    private static final byte OUT_OF_USE = 1;
    private static final byte WEIGHT = 2;
    private static final byte CLOSED = 3;

    private DirectiveCodec() {}

    public static byte[] encode(Directive directive) {
        return switch (directive) {
            case Directive.OutOfUse(Admin state, long since) ->
                head(OUT_OF_USE, since, 1).put(code(state)).array();
            case Directive.Weight(int weight, long since) ->
                head(WEIGHT, since, 2).putShort((short) weight).array();
            case Directive.Closed(Maintenance maintenance, long since) -> {
                byte[] message = String.valueOf(maintenance.message()).getBytes(StandardCharsets.UTF_8); // never null
                yield head(CLOSED, since, Long.BYTES + message.length)
                        .putLong(maintenance.untilMillis())
                        .put(message)
                        .array();
            }
        };
    }

    private static ByteBuffer head(byte kind, long since, int more) {
        return ByteBuffer.allocate(HEAD + more).put(VERSION).put(kind).putLong(since);
    }

    /** @return null: these bytes are no directive, or one of another version */
    public static @Nullable Directive decode(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            if (in.get() != VERSION) {
                return null;
            }
            byte kind = in.get();
            Directive directive = body(kind, in.getLong(), in);
            return in.hasRemaining() ? null : directive;
        } catch (BufferUnderflowException | CharacterCodingException | IllegalArgumentException e) {
            return null; // too short, or a value that no directive has
        }
    }

    private static @Nullable Directive body(byte kind, long since, ByteBuffer in) throws CharacterCodingException {
        return switch (kind) {
            case OUT_OF_USE -> new Directive.OutOfUse(state(in.get()), since);
            case WEIGHT -> new Directive.Weight(in.getShort(), since);
            case CLOSED -> {
                long until = in.getLong();
                // unlike a String's constructor, it reports what is malformed
                String message = StandardCharsets.UTF_8.newDecoder().decode(in).toString();
                yield new Directive.Closed(new Maintenance(message, until), since);
            }
            default -> null;
        };
    }

    private static byte code(Admin state) {
        return switch (state) {
            case DRAINING -> 1;
            case DISABLED -> 2;
            case ENABLED -> throw new IllegalArgumentException("no directive");
        };
    }

    private static Admin state(byte code) {
        return switch (code) {
            case 1 -> Admin.DRAINING;
            case 2 -> Admin.DISABLED;
            default -> throw new IllegalArgumentException("state " + code);
        };
    }
}
