package dev.weir.loadtest.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ServerTest {
    private static final Node NOBODY =
            new Node(0, Scenario.usual("random", Knowledge.LOCAL, 1, 1), () -> 0, new java.util.SplittableRandom(1));
    private static final Request FIRST = new Request(NOBODY, 0);
    private static final Request SECOND = new Request(NOBODY, 1);
    private static final Request THIRD = new Request(NOBODY, 2);

    @Test
    void whoComesFirstIsServedFirst() {
        Server server = Server.of(Server.Discipline.FIFO, 1, 1);
        server.add(FIRST, 100, 0);
        server.add(SECOND, 10, 0);
        assertThat(server.inFlight()).isEqualTo(2);
        assertThat(server.nextNanos()).isEqualTo(100);
        assertThat(server.complete(100)).isSameAs(FIRST);
        assertThat(server.nextNanos()).isEqualTo(110);
        assertThat(server.complete(110)).isSameAs(SECOND);
        assertThat(server.nextNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void twoWorkersServeTwoAtATime() {
        Server server = Server.of(Server.Discipline.FIFO, 2, 1);
        server.add(FIRST, 100, 0);
        server.add(SECOND, 10, 0);
        server.add(THIRD, 10, 0);
        assertThat(server.complete(server.nextNanos())).isSameAs(SECOND);
        assertThat(server.nextNanos()).isEqualTo(20);
        assertThat(server.complete(20)).isSameAs(THIRD);
    }

    @Test
    void aSlowServerTakesLonger() {
        for (Server.Discipline discipline : Server.Discipline.values()) {
            Server server = Server.of(discipline, 1, 0.5);
            server.add(FIRST, 100, 0);
            assertThat(server.nextNanos()).as(discipline.name()).isEqualTo(200);
        }
    }

    @Test
    void aSharedWorkerServesAllAtOnce() {
        Server server = Server.of(Server.Discipline.PS, 1, 1);
        server.add(FIRST, 100, 0);
        server.add(SECOND, 30, 50); // 50 are left of the first
        assertThat(server.nextNanos()).isEqualTo(110);
        assertThat(server.complete(110)).isSameAs(SECOND);
        assertThat(server.nextNanos()).isEqualTo(130);
        assertThat(server.complete(130)).isSameAs(FIRST);
    }

    @Test
    void aRequestIsNeverServedFasterThanByOneWorker() {
        Server server = Server.of(Server.Discipline.PS, 4, 1);
        server.add(FIRST, 100, 0);
        assertThat(server.nextNanos()).isEqualTo(100);
    }
}
