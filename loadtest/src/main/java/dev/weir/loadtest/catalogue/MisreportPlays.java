package dev.weir.loadtest.catalogue;

import dev.weir.loadtest.process.Deadline;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Who is blamed for what. */
final class MisreportPlays {
    private static final Duration SOON = Duration.ofSeconds(5);

    private MisreportPlays() {}

    /** The only backend is the other balancer, which has this one for its own. */
    static Cast eachOther(Place place, String prefix) {
        String other = "http://" + place.proxyHost() + ":" + place.ports().otherProxy();
        List<Pool> pools = List.of(new Pool(prefix + Pool.ALONE, List.of(new Member(other, false)), List.of()));
        return new Cast() {
            @Override
            public List<Pool> pools() {
                return pools;
            }

            @Override
            public void heal() {
                // it is a mistake of the configuration, and stays one
            }

            @Override
            public Wanted well() {
                throw new IllegalStateException("it never is");
            }

            @Override
            public void close() {
                // there is nothing of its own
            }
        };
    }

    /** Found out after one round, whatever the method, and nobody is ejected for it. */
    static void loop(Act act) throws IOException {
        Expected expected = act.expected();
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            for (Request request : List.of(Request.GET, Request.POST)) {
                Reply reply = visitor.send(request);
                act.found(Finding.ALONE, reply.summary());
                act.found(Finding.TYPE, reply.toldType());
                act.expect(request.toString(), "502", reply.summary());
                act.expect("type", String.valueOf(expected.type()), reply.toldType());
                List<AccessLine> lines = act.weir().accessLines(visitor.lastToken(), 2);
                Set<String> met = lines.stream()
                        .map(line -> line.error().orElse("relayed") + " " + line.backends())
                        .collect(Collectors.toSet());
                Set<String> wanted = Set.of("relayed " + List.of(act.culpritId(Pool.ALONE)), expected.type() + " []");
                act.expect("access log, as it came first and as it came back", wanted, met);
                Operator.of(act, new Shot(request, reply, lines.stream().findFirst()))
                        .judge(expected);
            }
            act.expectNobodyEjected(Pool.ALONE);
        }
    }

    /** 499 in the log; the backend's request is given up, and does not count against it. */
    static void clientLeaves(Act act) throws IOException, InterruptedException {
        FaultCast cast = (FaultCast) act.cast();
        String token = "leaver-" + act.weir().name();
        for (int i = 0; i < WeirConfiguration.FAILURES; i++) {
            try (RawClient client =
                    new RawClient(act.weir().traffic(), act.pool(Pool.MASKED).name(), Visitor.PATIENCE)) {
                client.ask(Request.GET, token + i);
                act.expect("request " + i, cast.culprit().awaitRequests(i + 1, SOON), "did not reach the backend");
                client.reset();
            }
            Optional<AccessLine> line = act.weir().accessLine(token + i);
            act.found(Finding.ALONE, line.map(AccessLine::status).orElse(0).toString());
            act.expect("status in the log", 499, line.map(AccessLine::status).orElse(0));
            act.expect("error in the log", "", line.flatMap(AccessLine::error).orElse(""));
            act.expect(
                    "tried on",
                    List.of(act.culpritId(Pool.MASKED)),
                    line.map(AccessLine::backends).orElse(List.of()));
        }
        act.expectNobodyEjected(Pool.MASKED);
        boolean givenUp = Deadline.await(
                SOON, () -> act.culprit(Pool.MASKED).path("in_flight").asInt(-1) == 0);
        act.expect("the backend's requests", givenUp, "go on");
        act.cast().heal();
        try (Visitor visitor = act.visitor(Pool.MASKED)) {
            Shot next = act.send(visitor, Request.GET);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectWell("next request", next);
            act.expectTried("next request", next, List.of(act.culpritId(Pool.MASKED)));
        }
    }

    /** 500 and not 502; the backend is not even asked, and the next request is served. */
    static void ownBug(Act act) throws IOException {
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            for (Request request : List.of(Request.GET, Request.POST)) {
                Shot shot = act.send(visitor, request.with("X-Throw: yes"));
                act.found(Finding.ALONE, shot.reply().summary());
                act.found(Finding.TYPE, shot.toldType());
                act.expectRefusal(
                        request.toString(), 500, String.valueOf(act.expected().type()), shot);
                act.expectTried(request.toString(), shot, List.of());
                Operator.of(act, shot).judge(act.expected());
                Shot next = act.send(visitor, request);
                act.found(Finding.NEXT, next.reply().summary());
                act.expectWell("next request", next);
            }
            act.expectNobodyEjected(Pool.ALONE);
        }
    }

    /** Nothing more comes from this client; but it still reads. */
    static void halfClose(Act act) throws IOException {
        try (RawClient client =
                new RawClient(act.weir().traffic(), act.pool(Pool.ALONE).name(), Visitor.PATIENCE)) {
            String token = "half-closer-" + act.weir().name();
            client.ask(Request.GET, token);
            client.halfClose();
            Reply reply = client.answer(Request.GET);
            act.found(Finding.ALONE, reply.summary());
            Wanted wanted =
                    act.cast().well().with("Connection: close"); // and no 1xx, which common clients take for the answer
            act.expectAnswer(
                    "answer", wanted, new Shot(Request.GET, reply, act.weir().accessLine(token)));
            act.expect("behind it", "", client.surplus());
        }
        act.expectNobodyEjected(Pool.ALONE);
        act.cast().heal();
        try (Visitor visitor = act.visitor(Pool.ALONE)) {
            Shot next = act.send(visitor, Request.GET);
            act.found(Finding.NEXT, next.reply().summary());
            act.expectWell("next request", next);
        }
    }
}
