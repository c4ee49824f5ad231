package dev.weir.loadtest.clusterlab;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What is done to the nodes. Node 1 is the oldest, but where two begin together.
 *
 * @param id as on the command line
 * @param what in words
 */
record Scenario(String id, String what, Consumer<Lab> play) {
    static final List<Scenario> ALL = List.of(
            new Scenario(
                    "cut-off",
                    "one node is cut off from the others for 15 s, without a word",
                    lab -> cutOff(lab, 3, 1)),
            new Scenario("oldest-cut-off", "the oldest node is cut off likewise", lab -> cutOff(lab, 1, 2)),
            new Scenario("stopped", "a node is stopped with SIGSTOP for 20 s", lab -> stopped(lab, 2, 1)),
            new Scenario("oldest-stopped", "the oldest node is stopped likewise", lab -> stopped(lab, 1, 3)),
            new Scenario(
                    "together", "two nodes are started at the same instant, and a third one later", Scenario::together),
            new Scenario(
                    "killed", "a node is killed with SIGKILL, and started again 8 s later", lab -> killed(lab, 2, 1)),
            new Scenario(
                    "loss",
                    "5 % of the packets between one node and the others get lost for 30 s, each way",
                    lab -> loss(lab, false)),
            new Scenario(
                    "loss-everywhere",
                    "5 % of all packets of one node get lost for 30 s, those of its clients and backends included",
                    lab -> loss(lab, true)));

    private static final Duration CUT = Duration.ofSeconds(15);
    private static final Duration STOP = Duration.ofSeconds(20);
    private static final Duration DEATH = Duration.ofSeconds(8);
    private static final Duration LOSSY = Duration.ofSeconds(30);
    /** So that of two directives one is the later. */
    private static final Duration LATER = Duration.ofSeconds(1);

    private static final Duration TELL = Duration.ofSeconds(2);
    private static final Duration TELL_WITH_LOSS = Duration.ofSeconds(10);

    // Backends are counted from 0. One at least is always in use.
    private static final Directive DRAIN_0 = Directive.admin(0, "draining");
    private static final Directive WEIGHT_1 = Directive.weight(1, 3);
    private static final Directive WEIGHT_2 = Directive.weight(2, 2);

    static Optional<Scenario> of(String id) {
        return ALL.stream().filter(each -> each.id.equals(id)).findFirst();
    }

    static List<String> ids() {
        return ALL.stream().map(Scenario::id).toList();
    }

    private static void cutOff(Lab lab, int victim, int other) {
        lab.startAll();
        lab.give(victim, DRAIN_0);
        lab.give(other, WEIGHT_1);
        lab.allObey("directives before it", DRAIN_0, WEIGHT_1);
        long cut = Lab.now();
        lab.network().cut(victim);
        lab.noticed(victim, cut);
        Directive early = Directive.weight(0, 5);
        Directive late = Directive.weight(0, 7);
        Directive overruled = Directive.weight(1, 9);
        lab.give(victim, WEIGHT_2);
        lab.give(victim, early);
        lab.give(victim, overruled);
        Lab.pass(LATER);
        lab.give(other, late);
        lab.give(other, WEIGHT_1.takenBack());
        Set<String> there = Lab.words(DRAIN_0, overruled, WEIGHT_2, early);
        Set<String> here = Lab.words(DRAIN_0, late);
        int third = 6 - victim - other;
        lab.obey("each side obeys its own", Map.of(victim, there, other, here, third, here), TELL);
        Lab.passUntil(cut, CUT);
        lab.survivorsStayTogether(victim, cut);
        long healed = Lab.now();
        lab.network().heal();
        lab.converge("healed, the last writer wins", healed, Lab.ALL, Lab.words(DRAIN_0, WEIGHT_2, late));
        lab.finish();
    }

    private static void stopped(Lab lab, int victim, int other) {
        lab.startAll();
        lab.give(victim, DRAIN_0);
        lab.give(other, WEIGHT_1);
        lab.allObey("directives before it", DRAIN_0, WEIGHT_1);
        long stopped = Lab.now();
        lab.stop(victim);
        lab.noticed(victim, stopped);
        int third = 6 - victim - other;
        lab.give(other, WEIGHT_2);
        lab.give(third, WEIGHT_1.takenBack());
        Set<String> wanted = Lab.words(DRAIN_0, WEIGHT_2);
        lab.obey("the others obey new ones", Map.of(other, wanted, third, wanted), TELL);
        Lab.passUntil(stopped, STOP);
        lab.survivorsStayTogether(victim, stopped);
        long healed = lab.goOn(victim);
        lab.converge("it goes on, and catches up", healed, Lab.ALL, wanted);
        lab.forgiveStop(victim);
        lab.finish();
    }

    private static void together(Lab lab) {
        long ready = lab.start(1, 2);
        lab.give(1, DRAIN_0);
        lab.give(2, WEIGHT_1);
        Set<String> wanted = Lab.words(DRAIN_0, WEIGHT_1);
        lab.converge("both are ready, and meet", ready, Set.of(1, 2), wanted);
        lab.converge("a third one is ready, and meets them", lab.start(3), Lab.ALL, wanted);
        lab.goOnWarm();
        lab.finish();
    }

    private static void killed(Lab lab, int victim, int other) {
        lab.startAll();
        lab.give(victim, DRAIN_0);
        lab.give(other, WEIGHT_1);
        lab.allObey("directives before it", DRAIN_0, WEIGHT_1);
        long killed = Lab.now();
        lab.kill(victim);
        lab.noticed(victim, killed);
        int third = 6 - victim - other;
        lab.give(other, WEIGHT_2);
        lab.give(third, WEIGHT_1.takenBack());
        Set<String> wanted = Lab.words(DRAIN_0, WEIGHT_2);
        lab.obey("the others obey old and new ones", Map.of(other, wanted, third, wanted), TELL);
        Lab.passUntil(killed, DEATH);
        lab.survivorsStayTogether(victim, killed);
        long ready = lab.startAgain(victim);
        lab.converge("it is ready again, and meets them", ready, Lab.ALL, wanted);
        lab.goOnWarm();
        lab.finish();
    }

    private static void loss(Lab lab, boolean everywhere) {
        double share = 0.05;
        int victim = 3;
        lab.startAll();
        lab.give(victim, DRAIN_0);
        lab.allObey("directives before it", DRAIN_0);
        long began = Lab.now();
        lab.network().lose(victim, share);
        if (everywhere) {
            lab.network().loseInWorld(victim, share);
        }
        Lab.pass(LATER);
        lab.give(victim, WEIGHT_1);
        lab.give(1, WEIGHT_2);
        Set<String> wanted = Lab.words(DRAIN_0, WEIGHT_1, WEIGHT_2);
        lab.obey("directives during it", Map.of(1, wanted, 2, wanted, 3, wanted), TELL_WITH_LOSS);
        Lab.passUntil(began, LOSSY);
        lab.survivorsStayTogether(victim, began);
        lab.checks().add("all see all during it", "for information", lab.togetherness(began), true);
        long lost = lab.network().lost();
        lab.checks().add("packets", "some get lost", lost + " were", lost > 0);
        long healed = Lab.now();
        lab.network().heal();
        lab.converge("healed", healed, Lab.ALL, wanted);
        lab.finish();
    }
}
