package dev.weir.balancer.directive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.backend.BackendState.Admin;
import dev.weir.balancer.failure.Maintenance;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class DirectiveCodecTest {
    private static final long SINCE = 1_763_658_000_000L;

    @Property
    void whatIsEncodedIsDecoded(@ForAll("directives") Directive directive) {
        byte[] bytes = DirectiveCodec.encode(directive);
        assertThat(bytes.length).isLessThanOrEqualTo(DirectiveCodec.MAX_BYTES);
        assertThat(DirectiveCodec.decode(bytes)).isEqualTo(directive);
    }

    @Property(tries = 5_000)
    void noBytesDoHarm(@ForAll @Size(max = 64) byte[] bytes) {
        assertCanonical(bytes);
    }

    /** Random bytes hardly ever get past the first two. */
    @Property(tries = 5_000)
    void noBytesBehindARightBeginningDoHarm(
            @ForAll @Size(max = 48) byte[] rest, @ForAll("kinds") byte kind, @ForAll("moments") long since) {
        assertCanonical(ByteBuffer.allocate(10 + rest.length)
                .put(DirectiveCodec.VERSION)
                .put(kind)
                .putLong(since)
                .put(rest)
                .array());
    }

    @Property
    void aDirectiveWithOneByteWrongIsAnotherOrNone(
            @ForAll("directives") Directive directive, @ForAll int place, @ForAll byte wrong) {
        byte[] bytes = DirectiveCodec.encode(directive);
        bytes[Math.floorMod(place, bytes.length)] = wrong;
        assertCanonical(bytes);
    }

    @Property
    void aDirectiveThatIsCutOrGoesOnIsNoneOrHasItsOwnForm(
            @ForAll("directives") Directive directive, @ForAll("lengths") int length) {
        assertCanonical(Arrays.copyOf(DirectiveCodec.encode(directive), length));
    }

    /** Two nodes that compare bytes find out whether they mean the same. */
    private static void assertCanonical(byte[] bytes) {
        Directive directive = DirectiveCodec.decode(bytes);
        if (directive != null) {
            assertThat(DirectiveCodec.encode(directive)).isEqualTo(bytes);
        }
    }

    @Test
    void theFormIsTheDocumentedOne() {
        assertThat(DirectiveCodec.encode(new Directive.Weight(258, 0)))
                .containsExactly(1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2);
        assertThat(DirectiveCodec.encode(new Directive.OutOfUse(Admin.DISABLED, 1)))
                .containsExactly(1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 2);
        assertThat(DirectiveCodec.encode(new Directive.Closed(new Maintenance("é", 3), 0)))
                .containsExactly(1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0xc3, 0xa9);
    }

    @Test
    void anotherVersionIsNoDirective() {
        byte[] bytes = DirectiveCodec.encode(new Directive.Weight(3, SINCE));
        bytes[0] = 2;
        assertThat(DirectiveCodec.decode(bytes)).isNull();
    }

    @Test
    void aMessageIsNoTrojanHorse() {
        assertThat(DirectiveCodec.decode(closed(new byte[0]))).as("empty").isNull();
        assertThat(DirectiveCodec.decode(closed("a\nb".getBytes(StandardCharsets.UTF_8))))
                .as("two lines")
                .isNull();
        assertThat(DirectiveCodec.decode(closed(new byte[] {'a', (byte) 0xc3})))
                .as("half a character")
                .isNull();
        assertThat(DirectiveCodec.decode(closed(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80})))
                .as("a surrogate")
                .isNull();
        assertThat(DirectiveCodec.decode(closed("x".repeat(501).getBytes(StandardCharsets.UTF_8))))
                .as("too long")
                .isNull();
        assertThat(DirectiveCodec.decode(closed("🛠".repeat(500).getBytes(StandardCharsets.UTF_8))))
                .as("longest")
                .isNotNull();
    }

    private static byte[] closed(byte[] message) {
        return ByteBuffer.allocate(18 + message.length)
                .put((byte) 1)
                .put((byte) 3)
                .putLong(SINCE)
                .putLong(0)
                .put(message)
                .array();
    }

    @Provide
    Arbitrary<Directive> directives() {
        Arbitrary<String> messages = Arbitraries.strings()
                .ofMinLength(1)
                .ofMaxLength(Maintenance.MAX_MESSAGE)
                .filter(text -> Maintenance.check(text) == null);
        return Arbitraries.oneOf(
                Combinators.combine(Arbitraries.of(Admin.DRAINING, Admin.DISABLED), moments())
                        .as(Directive.OutOfUse::new),
                Combinators.combine(Arbitraries.integers().between(0, 1_000), moments())
                        .as(Directive.Weight::new),
                Combinators.combine(messages, moments(), moments())
                        .as((message, until, since) -> new Directive.Closed(new Maintenance(message, until), since)));
    }

    @Provide
    Arbitrary<Long> moments() {
        return Arbitraries.longs().between(0, Maintenance.MAX_MILLIS);
    }

    @Provide
    Arbitrary<Byte> kinds() {
        return Arbitraries.bytes().between((byte) 0, (byte) 4);
    }

    @Provide
    Arbitrary<Integer> lengths() {
        return Arbitraries.integers().between(0, 40);
    }
}
