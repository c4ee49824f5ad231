package dev.weir.balancer.failure;

import io.netty.channel.ChannelFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A program that opens connections until the kernel gives it no more, and prints how that is classified. */
final class DescriptorsRunOut {
    private static final int MOST = 2_000;

    private DescriptorsRunOut() {}

    /** @param args transport and port */
    public static void main(String[] args) {
        // Loads what the classifier needs as long as jars can be opened.
        FailureClassifier.classify(new TimeoutException(), Phase.CONNECT);
        InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[1]));
        try (Client client = new Client(Client.Transport.valueOf(args[0]))) {
            for (int i = 0; i < MOST; i++) {
                Throwable failure = failure(client, server);
                if (failure != null) {
                    System.out.println(FailureClassifier.classify(failure, Phase.CONNECT));
                    System.exit(0);
                }
            }
        }
        System.out.println("no limit met");
        System.exit(1);
    }

    private static @Nullable Throwable failure(Client client, InetSocketAddress server) {
        try {
            ChannelFuture connected = client.connect(server, null);
            return connected.cause();
        } catch (RuntimeException thrown) {
            return thrown;
        }
    }
}
