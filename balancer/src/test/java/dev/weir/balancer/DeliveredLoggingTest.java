package dev.weir.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import java.net.URL;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** As it is in the jar; tests have one of their own. */
class DeliveredLoggingTest {
    @Test
    void thatANodeComesBackFromAPauseIsNoErrorButWhatFailsElsewhereIs() throws JoranException {
        URL delivered = Objects.requireNonNull(Main.class.getResource("/logback.xml"));
        LoggerContext context = new LoggerContext();
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(delivered);

        String refusal =
                "com.hazelcast.internal.cluster.impl.operations.FetchMembersViewOp"; // "claims mastership but …"
        assertThat(context.getLogger(refusal).isErrorEnabled()).isFalse();
        assertThat(context.getLogger("com.hazelcast.internal.cluster.ClusterService")
                        .isErrorEnabled())
                .isTrue();
        context.stop();
    }
}
