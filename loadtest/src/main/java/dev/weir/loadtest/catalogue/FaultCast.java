package dev.weir.loadtest.catalogue;

import dev.weir.loadtest.faults.FaultServer;
import dev.weir.loadtest.faults.Faults;
import dev.weir.loadtest.faults.Settings;
import java.util.List;
import java.util.function.UnaryOperator;

/** One backend with a fault of the library; in one pool by itself, in another with a healthy partner. */
record FaultCast(FaultServer culprit, List<Pool> pools) implements Cast {

    static Staging of(String faultId) {
        return of(faultId, settings -> settings, List.of());
    }

    /** @param options of both pools */
    static Staging of(String faultId, UnaryOperator<Settings> settings, List<String> options) {
        return (place, prefix) -> {
            FaultServer culprit = FaultServer.start(Faults.get(faultId), settings.apply(place.settings()));
            return new FaultCast(culprit, pools(prefix, culprit.url(), place, options));
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
    }

    @Override
    public void close() {
        culprit.close();
    }
}
