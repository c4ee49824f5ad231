package dev.weir.loadtest.catalogue;

import dev.weir.loadtest.faults.FaultServer;
import dev.weir.loadtest.faults.Faults;
import dev.weir.loadtest.faults.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * One backend with a fault of the library; in one pool by itself, in another with a healthy partner.
 *
 * @param others with the same fault
 */
record FaultCast(FaultServer culprit, List<FaultServer> others, List<Pool> pools) implements Cast {

    static Staging of(String faultId) {
        return of(faultId, settings -> settings, List.of());
    }

    /** @param options of both pools */
    static Staging of(String faultId, UnaryOperator<Settings> settings, List<String> options) {
        return (place, prefix) -> {
            FaultServer culprit = FaultServer.start(Faults.get(faultId), settings.apply(place.settings()));
            return new FaultCast(culprit, List.of(), pools(prefix, culprit.url(), place, options));
        };
    }

    /** Equal backends in one pool, each with the fault. */
    static Staging several(String faultId, int backends, String... options) {
        return (place, prefix) -> {
            List<FaultServer> all = new ArrayList<>();
            for (int i = 0; i < backends; i++) {
                all.add(FaultServer.start(Faults.get(faultId), place.settings()));
            }
            List<Member> members =
                    all.stream().map(each -> new Member(each.url(), false)).toList();
            List<Pool> pools = List.of(new Pool(prefix + Pool.ALONE, members, List.of(options)));
            return new FaultCast(all.getFirst(), all.subList(1, backends), pools);
        };
    }

    static String describe(String faultId) {
        return Faults.get(faultId).description();
    }

    static List<Pool> pools(String prefix, String culpritUrl, Place place, List<String> options) {
        Member culprit = new Member(culpritUrl, false);
        Member partner = new Member(place.partner().url(), true);
        return List.of(
                new Pool(prefix + Pool.ALONE, List.of(culprit), options),
                new Pool(prefix + Pool.MASKED, List.of(culprit, partner), options));
    }

    @Override
    public void heal() {
        culprit.heal();
        others.forEach(FaultServer::heal);
    }

    @Override
    public Wanted well() {
        return Wanted.greeting(culprit.fault().id());
    }

    @Override
    public void close() {
        culprit.close();
        others.forEach(FaultServer::close);
    }
}
