package dev.weir.loadtest.faults;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** All ports of a fault: one at each of its addresses, all with the same number. */
final class Ports implements AutoCloseable {
    private static final int ATTEMPTS_TO_FIND_A_NUMBER = 50;

    private final List<Member> members;

    /** @param broken what it does while the fault shows */
    private record Member(Port port, PortState broken) {}

    private Ports(List<Member> members) {
        this.members = members;
    }

    /**
     * They refuse at first.
     *
     * @param number 0 takes one that is free everywhere
     * @throws IOException if it is taken, or an address is not one of this machine
     */
    static Ports reserve(Fault fault, String host, int number, Consumer<Socket> accepted) throws IOException {
        if (fault.ports().containsKey(Fault.HOST) && fault.ports().containsKey(host)) {
            throw new IOException(fault.id() + " is about " + host + ": the host has to be another one");
        }
        for (int attempt = 1; ; attempt++) {
            try {
                return reserveOnce(fault, host, number, accepted);
            } catch (IOException e) {
                // a number that is free at the first address may be taken at the second one
                if (number != 0 || fault.ports().size() == 1 || attempt == ATTEMPTS_TO_FIND_A_NUMBER) {
                    throw e;
                }
            }
        }
    }

    private static Ports reserveOnce(Fault fault, String host, int number, Consumer<Socket> accepted)
            throws IOException {
        Ports ports = new Ports(new ArrayList<>());
        try {
            for (Map.Entry<String, PortState> entry : fault.ports().entrySet()) {
                String literal = entry.getKey().equals(Fault.HOST) ? host : entry.getKey();
                InetAddress address = InetAddress.ofLiteral(literal);
                if (address instanceof Inet6Address && NetworkInterface.getByInetAddress(address) == null) {
                    continue; // a machine without IPv6: nobody can connect there anyway
                }
                int wanted = ports.members.isEmpty() ? number : ports.number();
                ports.members.add(new Member(Port.reserve(address, wanted, accepted), entry.getValue()));
            }
            if (ports.members.isEmpty()) {
                throw new IOException(host + " is not an address of this machine");
            }
            return ports;
        } catch (IOException e) {
            ports.close();
            throw e;
        }
    }

    int number() {
        return members.getFirst().port().number();
    }

    /** In good health all of them listen. */
    void become(boolean well) {
        members.forEach(member -> member.port().become(well ? PortState.LISTENS : member.broken()));
    }

    void stopListening() {
        members.forEach(member -> member.port().become(PortState.REFUSES));
    }

    @Override
    public void close() {
        members.forEach(member -> member.port().close());
    }
}
