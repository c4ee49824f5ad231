package dev.weir.loadtest.process;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A program that the measurement needs and does not bring along. */
public enum Tool {
    NGINX("nginx", "nginx"),
    HAPROXY("haproxy", "haproxy"),
    WRK("wrk", "wrk"),
    TASKSET("taskset", "util-linux"),
    PRLIMIT("prlimit", "util-linux"),
    SYSCTL("sysctl", "procps"),
    IP("ip", "iproute2"),
    BRIDGE("bridge", "iproute2"),
    KILL("kill", "procps"),
    IPTABLES("iptables", "iptables");

    /** Where distributions put daemons; often missing from the PATH of users other than root. */
    private static final List<String> DAEMON_DIRECTORIES = List.of("/usr/sbin", "/usr/local/sbin");

    private final String command;
    private final String aptPackage;

    Tool(String command, String aptPackage) {
        this.command = command;
        this.aptPackage = aptPackage;
    }

    public Optional<Path> find() {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.concat(Arrays.stream(path.split(File.pathSeparator)), DAEMON_DIRECTORIES.stream())
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, command))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Name and package. */
    @Override
    public String toString() {
        return command + " (package " + aptPackage + ")";
    }

    /** @throws MeasurementException that says how to install it */
    public String path() {
        return find().orElseThrow(() -> new MeasurementException(
                        command + " is not on the PATH; install it: apt-get install " + aptPackage))
                .toString();
    }
}
