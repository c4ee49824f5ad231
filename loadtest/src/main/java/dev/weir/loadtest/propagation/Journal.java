package dev.weir.loadtest.propagation;

import dev.weir.loadtest.propagation.Event.Kind;
import java.util.ArrayList;
import java.util.List;

/** What happened in this process, kept until somebody asks. Thread-safe. */
final class Journal {
    /** Minutes of it; what comes later is not kept. */
    private static final int MAX_EVENTS = 2_000_000;

    private final List<Event> events = new ArrayList<>();

    void add(Kind kind, int about, long value) {
        add(new Event(kind, System.nanoTime(), about, value));
    }

    synchronized void add(Event event) {
        if (events.size() < MAX_EVENTS) {
            events.add(event);
        }
    }

    synchronized List<Event> events() {
        return List.copyOf(events);
    }
}
