package dev.weir.loadtest.propagation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Something that happened in a node's process.
 *
 * @param nanos when, by the clock that all processes of the machine share: {@link System#nanoTime} is CLOCK_MONOTONIC on Linux
 * @param about whom or what: see {@link Kind}
 * @param value see {@link Kind}
 */
record Event(Kind kind, long nanos, int about, long value) {
    enum Kind {
        /** The process began. */
        BORN,
        /** A verdict of this node turned. About: the backend. */
        TURNED,
        /** What others think of a backend came to where this node acts upon it. About: the backend. */
        ADVISED,
        /** Requests in flight at one of the backends that are followed changed on this node. Value: to what. */
        CHANGED,
        /** The cluster's listener on this node saw such a change of another node. Value: to what. */
        SEEN,
        /** A tick of this node began that had something to tell. About: the node. Value: in that order, from 1. */
        TICKED,
        /** The cluster's listener saw what another node told with a tick. About: that node. Value: of that tick. */
        TICK_HEARD,
        /** Messages that this node has sent so far. */
        MESSAGES,
        /** Bytes of these. */
        BYTES
    }

    static void write(List<Event> events, Path file) {
        try {
            Files.write(
                    file,
                    events.stream()
                            .map(event -> event.kind + " " + event.nanos + " " + event.about + " " + event.value)
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    static List<Event> read(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.map(Event::parse).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static Event parse(String line) {
        String[] parts = line.split(" ", -1);
        return new Event(
                Kind.valueOf(parts[0]), Long.parseLong(parts[1]), Integer.parseInt(parts[2]), Long.parseLong(parts[3]));
    }
}
