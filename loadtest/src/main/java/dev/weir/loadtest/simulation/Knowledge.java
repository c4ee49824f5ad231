package dev.weir.loadtest.simulation;

/** What a node knows of the others' load. */
enum Knowledge {
    /** Nothing: it counts its own requests. */
    LOCAL("local only"),
    /** Their counts; and it believes them as if they were true now: the least of all in flight gets the request. */
    NAIVE("naive least"),
    /** Their counts, as the balancer uses them. */
    SHARED("Weir"),
    /** Everything at once: as if one node had all the traffic. No real cluster does this. */
    ONE_NODE("one node");

    private final String title;

    Knowledge(String title) {
        this.title = title;
    }

    /** For people. */
    String title() {
        return title;
    }

    /** Whether nodes tell each other anything. */
    boolean talks() {
        return this == NAIVE || this == SHARED;
    }
}
