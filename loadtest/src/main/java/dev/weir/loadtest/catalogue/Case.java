package dev.weir.loadtest.catalogue;

import dev.weir.loadtest.process.Tool;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One way to bring about a row's cause.
 *
 * @param name short, unique within its row: lower case letters, digits, dashes
 * @param how it is reproduced
 * @param namespace whether it takes a network namespace of its own making
 * @param expected null: the play knows by itself
 * @param probe the request that meets the fault
 * @param other the second kind of request that meets it, which is not idempotent
 * @param peers how nginx and HAProxy are put before the same backends
 * @param differs why it does not behave as the catalogue says; null: it does
 * @param tool without which it cannot be played; null: none, besides those for the namespace
 */
record Case(
        String name,
        String how,
        boolean namespace,
        Moment moment,
        Staging staging,
        Play play,
        @Nullable Expected expected,
        Request probe,
        Request other,
        Peering peers,
        @Nullable String differs,
        @Nullable Tool tool) {

    /** In whose company it can be played. */
    enum Moment {
        TOGETHER,
        /** While nothing else happens: it disturbs the whole process. */
        UNDISTURBED,
        /** The process does not survive it. */
        LAST
    }

    /** Whether, and how, peers are played with. */
    enum Peering {
        NONE,
        /** The first request that they forward meets the fault. */
        COLD,
        /** The second one on a connection does. */
        WARM
    }

    /** A backend that has a fault of the library, and the play that is common to most. */
    static Case fault(String id, Expected expected) {
        return new Case(
                id,
                FaultCast.describe(id),
                false,
                Moment.TOGETHER,
                FaultCast.of(id),
                Standard::play,
                expected,
                Request.GET,
                Request.POST,
                Peering.COLD,
                null,
                null);
    }

    /** Something that has its own play. */
    static Case of(String name, String how, Staging staging, Play play) {
        return new Case(
                name,
                how,
                false,
                Moment.TOGETHER,
                staging,
                play,
                null,
                Request.GET,
                Request.POST,
                Peering.NONE,
                null,
                null);
    }

    /** The common play on backends of its own. */
    static Case standard(String name, String how, Staging staging, Expected expected) {
        return of(name, how, staging, Standard::play).expecting(expected);
    }

    Case expecting(Expected wanted) {
        return new Case(name, how, namespace, moment, staging, play, wanted, probe, other, peers, differs, tool);
    }

    /** In a network namespace. */
    Case inNamespace() {
        return new Case(name, how, true, moment, staging, play, expected, probe, other, peers, differs, tool);
    }

    Case at(Moment when) {
        return new Case(name, how, namespace, when, staging, play, expected, probe, other, peers, differs, tool);
    }

    Case asking(Request first, Request second) {
        return new Case(name, how, namespace, moment, staging, play, expected, first, second, peers, differs, tool);
    }

    Case played(Play other) {
        return new Case(
                name, how, namespace, moment, staging, other, expected, probe, this.other, peers, differs, tool);
    }

    /** Peers can be put before the same backends. */
    Case withPeers() {
        return with(Peering.COLD);
    }

    Case with(Peering possible) {
        return new Case(name, how, namespace, moment, staging, play, expected, probe, other, possible, differs, tool);
    }

    /** @param why the catalogue's advice is not followed to the letter */
    Case differing(String why) {
        return new Case(name, how, namespace, moment, staging, play, expected, probe, other, peers, why, tool);
    }

    Case needing(Tool program) {
        return new Case(name, how, namespace, moment, staging, play, expected, probe, other, peers, differs, program);
    }

    /** Of its pools' names. */
    String prefix(Row row) {
        return row.id().toLowerCase(Locale.ROOT) + "-" + name;
    }
}
