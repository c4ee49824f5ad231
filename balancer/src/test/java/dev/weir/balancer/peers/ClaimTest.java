package dev.weir.balancer.peers;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ClaimTest {
    @Property
    void aClaimIsReadAsItWasWritten(@ForAll @IntRange int need, @ForAll @IntRange int held) {
        Claim claim = new Claim(need, held);
        assertThat(Claim.decode(claim.encode())).isEqualTo(claim);
    }

    @Property
    void whateverBytesArriveDoNoHarm(@ForAll byte[] bytes) {
        Claim claim = Claim.decode(bytes);
        assertThat(claim == null || (claim.need() >= 0 && claim.held() >= 0)).isTrue();
    }

    @Test
    void theBytesStayAsTheyAre() {
        assertThat(new Claim(3, 258).encode()).containsExactly(0, 0, 0, 3, 0, 0, 1, 2);
        assertThat(Claim.decode(new byte[] {0, 0, 0, 3, -1, 0, 1, 2})).isNull();
    }

    @Test
    void aLimitGoesByAnotherKeyThanItsBackend() {
        assertThat(BackendKey.ofLimit("shop", "a:80"))
                .isNotEqualTo(BackendKey.of("shop", "a:80"))
                .isNotEqualTo(BackendKey.ofLimit("shop", "b:80"))
                .isEqualTo(BackendKey.ofLimit("shop", "a:80"));
    }
}
