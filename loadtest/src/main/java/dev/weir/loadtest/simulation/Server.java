package dev.weir.loadtest.simulation;

import java.util.PriorityQueue;

/**
 * A backend in virtual time, without a bound to its queue. Requests bring the work that they need, in nanoseconds of one worker
 * of usual speed.
 */
abstract sealed class Server {
    /** How workers and requests come together. */
    enum Discipline {
        /** One after the other, in the order of arrival. */
        FIFO,
        /** Processor sharing: all at once, each at the same speed, none faster than one worker is. */
        PS
    }

    private int inFlight;

    static Server of(Discipline discipline, int workers, double speed) {
        return switch (discipline) {
            case FIFO -> new Fifo(workers, speed);
            case PS -> new Shared(workers, speed);
        };
    }

    /** A request arrives. */
    final void add(Request request, double work, long now) {
        inFlight++;
        begin(request, work, now);
    }

    /** The one that {@link #nextNanos} speaks of ends. */
    final Request complete(long now) {
        inFlight--;
        return end(now);
    }

    final int inFlight() {
        return inFlight;
    }

    /** When the next request ends unless another one arrives; {@link Long#MAX_VALUE}: there is none. */
    abstract long nextNanos();

    abstract void begin(Request request, double work, long now);

    abstract Request end(long now);

    private record Entry(double at, Request request) implements Comparable<Entry> {
        @Override
        public int compareTo(Entry other) {
            return Double.compare(at, other.at);
        }
    }

    private static final class Fifo extends Server {
        private final double speed;
        /** When each worker will have done everything that has arrived. */
        private final PriorityQueue<Double> free = new PriorityQueue<>();

        private final PriorityQueue<Entry> ends = new PriorityQueue<>();

        Fifo(int workers, double speed) {
            this.speed = speed;
            for (int i = 0; i < workers; i++) {
                free.add(0.0);
            }
        }

        @Override
        long nextNanos() {
            return ends.isEmpty() ? Long.MAX_VALUE : (long) Math.ceil(ends.element().at);
        }

        @Override
        void begin(Request request, double work, long now) {
            double end = Math.max((double) now, free.remove()) + work / speed;
            free.add(end);
            ends.add(new Entry(end, request));
        }

        @Override
        Request end(long now) {
            return ends.remove().request;
        }
    }

    private static final class Shared extends Server {
        private final int workers;
        private final double speed;
        /** By the work that each request will have got when it ends, counted as one that was always there would have got it. */
        private final PriorityQueue<Entry> ends = new PriorityQueue<>();

        private double got;
        private double sinceNanos;

        Shared(int workers, double speed) {
            this.workers = workers;
            this.speed = speed;
        }

        @Override
        long nextNanos() {
            if (ends.isEmpty()) {
                return Long.MAX_VALUE;
            }
            return (long) Math.ceil(sinceNanos + Math.max(0, ends.element().at - got) / rate());
        }

        @Override
        void begin(Request request, double work, long now) {
            advance(now);
            ends.add(new Entry(got + work, request));
        }

        @Override
        Request end(long now) {
            advance(now);
            return ends.remove().request;
        }

        private void advance(long now) {
            if (!ends.isEmpty()) {
                got += (now - sinceNanos) * rate();
            }
            sinceNanos = now;
        }

        private double rate() {
            return speed * Math.min(1, (double) workers / ends.size());
        }
    }
}
