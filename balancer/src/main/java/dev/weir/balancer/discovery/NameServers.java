package dev.weir.balancer.discovery;

import dev.weir.balancer.config.DnsConfig;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverChannelStrategy;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts one question to name servers, one after the other, until one of them answers: over UDP, and over TCP if the answer is
 * too long for that. Confined to its event loop.
 *
 * <p>Each query goes out from a port of its own: answers are harder to forge, and a connection tracker that has lost a
 * server's address does not hold up the next query as well.
 */
final class NameServers {
    /** Every server is asked so often. */
    private static final int ROUNDS = 2;

    private static final int MAX_ALIASES = 8;

    /** Fits into one packet on every path (DNS Flag Day 2020). */
    private static final int MAX_PAYLOAD = 1232;

    private final DnsNameResolver dns;
    private final long timeoutMillis;

    /** Who answered last is asked first. */
    private int first;

    NameServers(
            EventLoop loop,
            ChannelFactory<? extends DatagramChannel> datagrams,
            ChannelFactory<? extends SocketChannel> sockets,
            DnsConfig config) {
        timeoutMillis = config.timeout().toMillis();
        dns = new DnsNameResolverBuilder(loop)
                .datagramChannelFactory(datagrams)
                .socketChannelFactory(sockets)
                .datagramChannelStrategy(DnsNameResolverChannelStrategy.ChannelPerResolution)
                .queryTimeoutMillis(timeoutMillis)
                .maxPayloadSize(MAX_PAYLOAD)
                .build();
    }

    /**
     * @param name complete, in lower case, with the final dot
     * @param type A or AAAA
     * @param servers not empty
     * @return never fails
     */
    Future<Reply> ask(String name, DnsRecordType type, List<InetSocketAddress> servers) {
        Question question = new Question(name, type, servers, 0, Long.MAX_VALUE);
        question.next();
        return question.reply.future();
    }

    void close() {
        dns.close();
    }

    private final class Question {
        private final Promise<Reply> reply = Promise.promise();
        private final String name;
        private final DnsRecordType type;
        private final List<InetSocketAddress> servers;
        private final int aliases;
        private final long ttlSeconds;
        private final int begin = first;
        private int asked;
        private @Nullable String rcode;
        private String trouble = "";

        private Question(
                String name, DnsRecordType type, List<InetSocketAddress> servers, int aliases, long ttlSeconds) {
            this.name = name;
            this.type = type;
            this.servers = servers;
            this.aliases = aliases;
            this.ttlSeconds = ttlSeconds;
        }

        private void next() {
            if (asked == ROUNDS * servers.size()) {
                reply.complete(new Reply.Failed(rcode, trouble));
                return;
            }
            int index = Math.floorMod(begin + asked++, servers.size());
            InetSocketAddress server = servers.get(index);
            dns.query(server, new DefaultDnsQuestion(name, type)).addListener(done -> {
                if (done.isSuccess()) {
                    @SuppressWarnings("unchecked") // what query() promises
                    var envelope = (AddressedEnvelope<DnsResponse, InetSocketAddress>) done.getNow();
                    try {
                        answered(envelope.content(), server, index);
                    } finally {
                        envelope.release();
                    }
                } else {
                    unanswered(server, done.cause());
                }
            });
        }

        private void answered(DnsResponse response, InetSocketAddress server, int index) {
            DnsResponseCode code = response.code();
            if (code.equals(DnsResponseCode.NXDOMAIN)) {
                first = index;
                reply.complete(new Reply.None(Reply.NXDOMAIN, ResolvConf.text(server)));
            } else if (code.equals(DnsResponseCode.NOERROR)) {
                first = index;
                read(response, server);
            } else {
                rcode = ResponseRecords.word(code);
                trouble = rcode + " from " + ResolvConf.text(server);
                next();
            }
        }

        private void read(DnsResponse response, InetSocketAddress server) {
            ResponseRecords records;
            try {
                records = ResponseRecords.of(response, name, type);
            } catch (RuntimeException malformed) { // Netty throws what it likes at a broken packet
                unanswered(server, malformed);
                return;
            }
            long ttl = Math.min(ttlSeconds, records.ttlSeconds());
            if (!records.addresses().isEmpty()) {
                reply.complete(new Reply.Found(records.addresses(), ttl, ResolvConf.text(server)));
            } else if (records.name().equals(name) || aliases == MAX_ALIASES) {
                reply.complete(new Reply.None(Reply.NOERROR, ResolvConf.text(server)));
            } else { // the server names an alias only, and leaves the rest to us
                Question further = new Question(records.name(), type, servers, aliases + 1, ttl);
                further.reply.future().onComplete(reply);
                further.next();
            }
        }

        private void unanswered(InetSocketAddress server, Throwable cause) {
            if (rcode == null) { // an error that some server tells says more
                trouble = cause instanceof DnsNameResolverTimeoutException
                        ? ResolvConf.text(server) + " did not answer within " + timeoutMillis + " ms"
                        : ResolvConf.text(server) + " could not be asked: " + cause.getMessage();
            }
            next();
        }
    }
}
