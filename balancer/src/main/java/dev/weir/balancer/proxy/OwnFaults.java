package dev.weir.balancer.proxy;

import dev.weir.balancer.backend.Backend;
import dev.weir.balancer.failure.Failure;
import dev.weir.balancer.failure.FailureClassifier;
import dev.weir.balancer.failure.OwnFault;
import dev.weir.balancer.node.ThisNode;

/** What a connection that could not be opened says about this node. */
final class OwnFaults {
    private OwnFaults() {}

    /**
     * Counts what this node lacks, if that is why, and has something done about it.
     *
     * @return the failure with the figures that an operator needs
     */
    static Failure explain(Failure failure, Backend backend, ProxyLoop loop) {
        Throwable cause = failure.cause();
        OwnFault fault = cause == null ? null : FailureClassifier.ownFault(cause);
        if (fault == null) {
            return failure;
        }
        ThisNode node = loop.settings().node();
        loop.settings().metrics().ownFault(fault);
        return switch (fault) {
            case DESCRIPTORS -> {
                node.descriptors().ranOut();
                yield failure.adding(node.descriptors().toString());
            }
            case PORTS ->
                failure.adding("this node has " + backend.stats().connections() + " connections to " + backend.id()
                        + ", each of which takes a source port; more are kept by TIME_WAIT");
            case MEMORY -> failure.adding(node.memory().toString());
            case PERMISSION ->
                failure.adding("the kernel of this node forbids it: SELinux, seccomp, a firewall or a prohibit route");
            case ROUTE -> {
                backend.stats().foundNoRoute(loop.now());
                yield failure.adding("the kernel of this node knows no way there");
            }
        };
    }
}
