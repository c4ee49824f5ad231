package dev.weir.loadtest.skew;

/** What the nodes know of each other. */
enum Arm {
    /** Nothing: there is no cluster, and each node counts its own requests. */
    LOCAL("local only"),
    /** What they tell each other: the same configuration, with a cluster. */
    CLUSTER("cluster");

    private final String title;

    Arm(String title) {
        this.title = title;
    }

    /** For people. */
    String title() {
        return title;
    }
}
