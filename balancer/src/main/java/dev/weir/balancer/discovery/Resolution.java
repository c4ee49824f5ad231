package dev.weir.balancer.discovery;

import dev.weir.balancer.failure.ProxyError;
import dev.weir.balancer.failure.ProxyException;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DnsRecordType;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One resolution of one name: tries the complete names that it may stand for, in order, each in both families at a time, until
 * one has an address. Confined to its event loop.
 */
final class Resolution {
    /** How long the slower family is waited for when the other one is there: RFC 8305 section 3. */
    private static final long RESOLUTION_DELAY_MILLIS = 50;

    private final String host;
    private final Iterator<String> candidates;
    private final List<InetSocketAddress> servers;
    private final NameServers nameServers;
    private final EventLoop loop;
    private final Promise<Answer> promise = Promise.promise();

    /** The first failure on the way, which makes a later "no such name" doubtful. */
    private Reply.@Nullable Failed failed;

    /** "No address" says more than "no such name": of the candidates, it is the one that was meant. */
    private Reply.@Nullable None none;

    Resolution(String host, ResolvConf resolvConf, NameServers nameServers, EventLoop loop) {
        this.host = host;
        this.candidates = resolvConf.candidates(host).iterator();
        this.servers = resolvConf.servers();
        this.nameServers = nameServers;
        this.loop = loop;
    }

    /** Once only. */
    Future<Answer> run() {
        next();
        return promise.future();
    }

    private void next() {
        if (candidates.hasNext()) {
            new Candidate().ask(candidates.next());
        } else {
            promise.complete(nothing());
        }
    }

    private Answer nothing() {
        Reply.Failed trouble = failed;
        if (trouble != null) {
            return nothing(trouble);
        }
        Reply.None negative = none;
        if (negative == null || negative.rcode().equals(Reply.NXDOMAIN)) {
            String from = negative == null ? "it is too long" : "NXDOMAIN from " + negative.server();
            return new Answer.Nothing(
                    new ProxyException(
                            ProxyError.DNS_ERROR,
                            "DNS says " + host + " does not exist (" + from + ")",
                            Reply.NXDOMAIN),
                    true);
        }
        return new Answer.Nothing(
                new ProxyException(
                        ProxyError.DNS_ERROR,
                        "DNS knows no address of " + host + " (empty answer from " + negative.server() + ")",
                        Reply.NOERROR),
                true);
    }

    private Answer nothing(Reply.Failed trouble) {
        ProxyError error = trouble.rcode() == null ? ProxyError.DNS_TIMEOUT : ProxyError.DNS_ERROR;
        String words = "DNS has no answer for " + host + " (" + trouble.trouble() + ")";
        return new Answer.Nothing(new ProxyException(error, words, trouble.rcode()), false);
    }

    /** One complete name. */
    private final class Candidate {
        private @Nullable Reply ipv4;
        private @Nullable Reply ipv6;
        private boolean over;

        private void ask(String name) {
            nameServers.ask(name, DnsRecordType.AAAA, servers).onSuccess(reply -> {
                ipv6 = reply;
                replied();
            });
            nameServers.ask(name, DnsRecordType.A, servers).onSuccess(reply -> {
                ipv4 = reply;
                replied();
            });
        }

        private void replied() {
            if (over) {
                return;
            }
            if (ipv4 != null && ipv6 != null) {
                judge();
            } else if (ipv4 instanceof Reply.Found || ipv6 instanceof Reply.Found) {
                loop.schedule(this::judge, RESOLUTION_DELAY_MILLIS, TimeUnit.MILLISECONDS);
            }
        }

        private void judge() {
            if (over) {
                return;
            }
            over = true;
            if (ipv4 instanceof Reply.Found || ipv6 instanceof Reply.Found) {
                promise.complete(found());
                return;
            }
            remember(ipv6);
            remember(ipv4);
            Reply.Failed trouble = failed;
            if (trouble != null && trouble.rcode() == null) {
                promise.complete(nothing(trouble)); // the servers are silent: no use to ask them for more
            } else {
                next();
            }
        }

        private void remember(@Nullable Reply reply) {
            if (reply instanceof Reply.Failed trouble && failed == null) {
                failed = trouble;
            } else if (reply instanceof Reply.None negative
                    && (none == null || negative.rcode().equals(Reply.NOERROR))) {
                none = negative;
            }
        }

        private Answer found() {
            List<InetAddress> addresses = new ArrayList<>();
            long ttl = Long.MAX_VALUE;
            String source = "";
            for (Reply reply : new Reply[] {ipv6, ipv4}) {
                if (reply instanceof Reply.Found(List<InetAddress> list, long seconds, String server)) {
                    addresses.addAll(list);
                    ttl = Math.min(ttl, seconds);
                    source = server;
                }
            }
            return new Answer.Found(
                    addresses.stream().distinct().toList(),
                    Duration.ofSeconds(ttl),
                    source,
                    isUnknown(ipv4),
                    isUnknown(ipv6));
        }

        private static boolean isUnknown(@Nullable Reply reply) {
            return reply == null || reply instanceof Reply.Failed;
        }
    }
}
