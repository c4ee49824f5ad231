package dev.weir.loadtest.catalogue;

import dev.weir.loadtest.faults.FaultServer;
import dev.weir.loadtest.faults.Faults;
import java.io.IOException;
import java.util.List;

/** Two backends that are well at first, behind cookies. */
record StickyCast(FaultServer first, FaultServer second, List<Pool> pools) implements Cast {
    static Cast stage(Place place, String prefix) throws IOException {
        FaultServer first = FaultServer.start(Faults.get("refuse"), place.settings());
        FaultServer second = FaultServer.start(Faults.get("listens-elsewhere"), place.settings());
        first.heal();
        second.heal();
        List<Member> members = List.of(new Member(first.url(), false), new Member(second.url(), false));
        return new StickyCast(
                first,
                second,
                List.of(new Pool(
                        prefix + Pool.ALONE, members, List.of("strategy: { name: sticky, over: round-robin }"))));
    }

    @Override
    public void heal() {
        first.heal();
        second.heal();
    }

    /** Of the first one, to whom its cookie leads. */
    @Override
    public Wanted well() {
        return greeting(first);
    }

    static Wanted greeting(FaultServer server) {
        return Wanted.greeting(server.fault().id());
    }

    @Override
    public void close() {
        first.close();
        second.close();
    }
}
