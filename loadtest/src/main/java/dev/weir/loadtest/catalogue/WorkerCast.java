package dev.weir.loadtest.catalogue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Equal backends in one pool, with workers that may be stuck. */
record WorkerCast(List<WorkerServer> servers, List<Pool> pools) implements Cast {

    /** @param workers of each backend */
    static Staging of(int backends, int workers, String... options) {
        return (place, prefix) -> {
            List<WorkerServer> servers = servers(place, backends, workers);
            List<Member> members = servers.stream()
                    .map(server -> new Member(server.url(), false))
                    .toList();
            return new WorkerCast(servers, List.of(new Pool(prefix + Pool.ALONE, members, List.of(options))));
        };
    }

    private static List<WorkerServer> servers(Place place, int backends, int workers) throws IOException {
        List<WorkerServer> servers = new ArrayList<>();
        for (int i = 0; i < backends; i++) {
            servers.add(WorkerServer.start(place.backendHost(), workers));
        }
        return servers;
    }

    /** Requests for {@code /slow} so far. */
    int slowRequests() {
        return servers.stream().mapToInt(WorkerServer::slowRequests).sum();
    }

    @Override
    public Wanted well() {
        return Wanted.of(200, WorkerServer.BODY);
    }

    @Override
    public void heal() {
        servers.forEach(WorkerServer::heal);
    }

    @Override
    public void close() {
        servers.forEach(WorkerServer::close);
    }
}
