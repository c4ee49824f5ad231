package dev.weir.balancer.doctor;

import dev.weir.balancer.discovery.ResponseRecords;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/** Asks one DNS server one question, by Netty's resolver: over UDP, and over TCP if the answer is too long for that. */
final class DnsQueries implements AutoCloseable {
    /**
     * @param code such as NOERROR or NXDOMAIN, {@code TIMEOUT} without an answer, or {@code UNREACHABLE}
     * @param ttlSeconds the least of all records; -1 if there are none
     */
    record Reply(String code, List<InetAddress> addresses, long ttlSeconds, long nanos) {
        static final String NO_ERROR = "NOERROR";
        static final String TIMEOUT = "TIMEOUT";
        static final String UNREACHABLE = "UNREACHABLE";
    }

    /** For Netty's own timeout to come first, which tells who is silent. */
    private static final Duration SLACK = Duration.ofMillis(500);

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final DnsNameResolver resolver;
    private final Dialer dialer;
    private final LongSupplier nanoClock;

    DnsQueries(Dialer dialer, LongSupplier nanoClock) {
        this.dialer = dialer;
        this.nanoClock = nanoClock;
        this.resolver = new DnsNameResolverBuilder(group.next())
                .datagramChannelType(NioDatagramChannel.class)
                .socketChannelType(NioSocketChannel.class)
                .queryTimeoutMillis(dialer.timeout().toMillis())
                .build();
    }

    /** @param name absolute, with a dot at the end */
    Reply ask(InetSocketAddress server, String name, DnsRecordType type) {
        long begin = nanoClock.getAsLong();
        try {
            AddressedEnvelope<DnsResponse, InetSocketAddress> envelope = resolver.query(
                            server, new DefaultDnsQuestion(name, type))
                    .get(dialer.in(dialer.timeout().plus(SLACK)).leftMillis(), TimeUnit.MILLISECONDS);
            try {
                return reply(envelope.content(), type, nanoClock.getAsLong() - begin);
            } finally {
                envelope.release();
            }
        } catch (ExecutionException e) {
            boolean silent = e.getCause() instanceof DnsNameResolverTimeoutException;
            return none(silent ? Reply.TIMEOUT : Reply.UNREACHABLE, begin);
        } catch (TimeoutException e) {
            return none(Reply.TIMEOUT, begin);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return none(Reply.TIMEOUT, begin);
        }
    }

    private Reply none(String code, long begin) {
        return new Reply(code, List.of(), -1, nanoClock.getAsLong() - begin);
    }

    private static Reply reply(DnsResponse response, DnsRecordType type, long nanos) {
        List<InetAddress> addresses = new ArrayList<>();
        long ttl = Long.MAX_VALUE;
        for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
            if (response.recordAt(DnsSection.ANSWER, i) instanceof DnsRawRecord record) { // CNAMEs count for the TTL
                ttl = Math.min(ttl, record.timeToLive());
                if (record.type().equals(type)) {
                    add(record.content(), addresses);
                }
            }
        }
        return new Reply(
                ResponseRecords.word(response.code()), List.copyOf(addresses), addresses.isEmpty() ? -1 : ttl, nanos);
    }

    private static void add(ByteBuf content, List<InetAddress> addresses) {
        try {
            addresses.add(InetAddress.getByAddress(ByteBufUtil.getBytes(content)));
        } catch (UnknownHostException _) { // not four or sixteen bytes
            return;
        }
    }

    @Override
    public void close() {
        resolver.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
