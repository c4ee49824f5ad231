package dev.weir.balancer.incident;

/** "Everyone or only me?": what all balancer nodes together think of a backend. */
public enum Agreement {
    /** There is no other node, or nobody has evidence. */
    UNKNOWN("unknown", ""),
    /** Nobody who has evidence finds anything wrong. */
    WELL("well", ""),
    /** This node sees it fail, and no other has tried. */
    DOWN_HERE("down here, and no other node knows", ""),
    /** All who have evidence see it fail: it is the backend. */
    DOWN_EVERYWHERE(
            "down everywhere", "The other balancer nodes find it down, too: it is the backend, and not this node."),
    /** This node sees it fail, and the others find it well: it is this node or its network. */
    DOWN_ONLY_FROM_HERE(
            "down only from here",
            "The other balancer nodes find it well: look at this node and the network around it first."),
    /** Some see it fail, and some find it well: it is the network between them, or a backend that fails now and then. */
    SPLIT(
            "split",
            "Some balancer nodes find it down, and some well: it fails now and then, or the network between them does.");

    private final String words;
    private final String sentence;

    Agreement(String words, String sentence) {
        this.words = words;
        this.sentence = sentence;
    }

    /** For operators. */
    public String words() {
        return words;
    }

    /** What follows for where to look; empty: nothing. */
    String sentence() {
        return sentence;
    }
}
