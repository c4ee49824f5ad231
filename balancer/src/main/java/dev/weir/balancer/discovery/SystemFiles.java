package dev.weir.balancer.discovery;

import io.netty.resolver.HostsFileEntriesProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The host's own knowledge of names: {@code /etc/hosts} and {@code /etc/resolv.conf}, read again when they change. Reading
 * blocks: for a worker thread, one at a time.
 */
final class SystemFiles {
    private final Path hosts;
    private final Path resolvConf;
    private @Nullable Stamp stamp;
    private @Nullable Content content;

    /** What the files say. Immutable. */
    record Content(HostsFileEntriesProvider hosts, ResolvConf resolvConf) {
        /**
         * IPv6 first.
         *
         * @param host in lower case, without a final dot
         * @return empty: the hosts file does not know the name
         */
        List<InetAddress> addresses(String host) {
            List<InetAddress> addresses = new ArrayList<>();
            addresses.addAll(hosts.ipv6Entries().getOrDefault(host, List.of()));
            addresses.addAll(hosts.ipv4Entries().getOrDefault(host, List.of()));
            return addresses.stream().distinct().toList();
        }
    }

    /** By which a change is noticed; null: there is no such file. */
    private record Stamp(@Nullable FileTime hosts, @Nullable FileTime resolvConf) {}

    SystemFiles(Path hosts, Path resolvConf) {
        this.hosts = hosts;
        this.resolvConf = resolvConf;
    }

    static SystemFiles ofThisHost() {
        return new SystemFiles(Path.of("/etc/hosts"), Path.of("/etc/resolv.conf"));
    }

    /** A file that is missing or unreadable says nothing. */
    synchronized Content read() {
        Stamp now = new Stamp(modified(hosts), modified(resolvConf));
        Content known = content;
        if (known == null || !now.equals(stamp)) {
            known = new Content(
                    HostsFileEntriesProvider.parser().parseSilently(hosts.toFile()), ResolvConf.read(resolvConf));
            content = known;
            stamp = now;
        }
        return known;
    }

    private static @Nullable FileTime modified(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException none) {
            return null;
        }
    }
}
