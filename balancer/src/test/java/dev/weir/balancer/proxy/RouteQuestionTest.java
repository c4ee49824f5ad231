package dev.weir.balancer.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.balancer.failure.Errno;
import dev.weir.balancer.failure.Failure;
import dev.weir.balancer.failure.FailureClassifier;
import dev.weir.balancer.failure.OwnFault;
import dev.weir.balancer.failure.Phase;
import dev.weir.balancer.failure.ProxyError;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouteQuestionTest {
    private static final long MILLI = 1_000_000;
    private static final InetSocketAddress THERE = new InetSocketAddress("192.0.2.1", 80);
    private static final InetSocketAddress ELSEWHERE = new InetSocketAddress("192.0.2.2", 80);

    private final List<InetSocketAddress> asked = new ArrayList<>();
    private boolean none = true;
    private final RouteQuestion question = new RouteQuestion(address -> {
        asked.add(address);
        return none;
    });

    /** As epoll and io_uring say it: without a number. */
    private Throwable explained(InetSocketAddress address, long nowNanos) {
        return question.explain(address, new NoRouteToHostException(), nowNanos);
    }

    @Test
    void aHostWithoutARouteIsToBlameItself() {
        Throwable why = explained(THERE, 0);
        assertThat(FailureClassifier.ownFault(why)).isEqualTo(OwnFault.ROUTE);
        Failure failure = Failure.of(why, Phase.CONNECT);
        assertThat(failure.error()).isEqualTo(ProxyError.DESTINATION_IP_UNROUTABLE);
        assertThat(failure.errno()).isEqualTo(Errno.ENETUNREACH);
        assertThat(failure.detail()).contains("ENETUNREACH");
    }

    @Test
    void aHostThatIsGoneIsNotThisOnesFault() {
        none = false;
        Throwable why = explained(THERE, 0);
        assertThat(FailureClassifier.ownFault(why)).isNull();
        assertThat(Failure.of(why, Phase.CONNECT).errno()).isEqualTo(Errno.NONE);
    }

    @Test
    void theKernelIsAskedAFewTimesASecondAtMost() {
        for (int i = 0; i <= 100; i++) {
            explained(THERE, i * MILLI);
        }
        assertThat(asked).containsExactly(THERE);
        none = false;
        assertThat(FailureClassifier.ownFault(explained(THERE, 101 * MILLI))).isNull();
        assertThat(asked).hasSize(2);
    }

    @Test
    void eachAddressHasAnAnswerOfItsOwn() {
        explained(THERE, 0);
        explained(ELSEWHERE, 0);
        explained(THERE, MILLI);
        explained(ELSEWHERE, MILLI);
        assertThat(asked).containsExactly(THERE, ELSEWHERE);
    }

    @Test
    void theKernelIsNotAskedAboutWhatIsClear() {
        ConnectException refused = new ConnectException("Connection refused");
        assertThat(question.explain(THERE, refused, 0)).isSameAs(refused);
        assertThat(asked).isEmpty();
    }
}
