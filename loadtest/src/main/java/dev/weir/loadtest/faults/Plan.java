package dev.weir.loadtest.faults;

import java.util.List;

/**
 * What is to be started.
 *
 * @param portBase of the first one, the others follow; 0: any
 * @param dnsPort 0: any
 */
record Plan(List<Fault> faults, String host, int portBase, int dnsPort, Mode mode) {
    /** Some last, whatever was asked for. */
    Mode modeOf(Fault fault) {
        return fault.hasModes() ? mode : Mode.ALWAYS;
    }

    boolean needsNames() {
        return faults.stream().anyMatch(Fault::isAboutNames);
    }

    /** Where the nth one will be, if the plan has ports. */
    String url(int index) {
        return FaultServer.url(faults.get(index).targetAt(host), portBase + index);
    }
}
