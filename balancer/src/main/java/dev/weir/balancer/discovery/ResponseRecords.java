package dev.weir.balancer.discovery;

import io.netty.handler.codec.dns.DefaultDnsRecordDecoder;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The records of a response that answer a question.
 *
 * @param addresses of the name or of what it is an alias of; may be empty
 * @param ttlSeconds of the record among them that expires first; {@link Long#MAX_VALUE} if there is none
 * @param name what the question's name is an alias of in the end; itself if it is none
 */
public record ResponseRecords(List<InetAddress> addresses, long ttlSeconds, String name) {
    private static final int MAX_ALIASES = 16;

    /**
     * @param name complete, in lower case, with the final dot
     * @param type A or AAAA
     */
    static ResponseRecords of(DnsResponse response, String name, DnsRecordType type) {
        Map<String, DnsRecord> aliases = new HashMap<>();
        forEach(response, DnsRecordType.CNAME, alias -> aliases.putIfAbsent(owner(alias), alias));
        long ttl = Long.MAX_VALUE;
        String canonical = name;
        DnsRecord alias;
        for (int i = 0; i < MAX_ALIASES && (alias = aliases.get(canonical)) != null; i++) {
            ttl = Math.min(ttl, alias.timeToLive());
            canonical = target(alias);
        }
        Set<InetAddress> addresses = new LinkedHashSet<>();
        long[] shortest = {ttl};
        String owner = canonical;
        forEach(response, type, found -> {
            if (owner(found).equals(owner)) {
                addresses.add(address(found));
                shortest[0] = Math.min(shortest[0], found.timeToLive());
            }
        });
        return new ResponseRecords(List.copyOf(addresses), shortest[0], canonical);
    }

    private static void forEach(
            DnsResponse response, DnsRecordType type, java.util.function.Consumer<DnsRecord> consumer) {
        for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
            DnsRecord found = response.recordAt(DnsSection.ANSWER, i);
            if (found.type().equals(type)) {
                consumer.accept(found);
            }
        }
    }

    private static String owner(DnsRecord found) {
        return found.name().toLowerCase(Locale.ROOT);
    }

    private static String target(DnsRecord alias) {
        return DefaultDnsRecordDecoder.decodeName(
                        ((DnsRawRecord) alias).content().duplicate())
                .toLowerCase(Locale.ROOT);
    }

    private static InetAddress address(DnsRecord found) {
        var content = ((DnsRawRecord) found).content();
        byte[] bytes = new byte[content.readableBytes()];
        content.getBytes(content.readerIndex(), bytes);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException wrongLength) {
            throw new IllegalArgumentException("an address of " + bytes.length + " bytes", wrongLength);
        }
    }

    /** {@code SERVFAIL} of "ServFail(2)". */
    public static String word(DnsResponseCode code) {
        String text = code.toString();
        int bracket = text.indexOf('(');
        String word = bracket > 0 ? text.substring(0, bracket) : text;
        return word.toUpperCase(Locale.ROOT);
    }
}
