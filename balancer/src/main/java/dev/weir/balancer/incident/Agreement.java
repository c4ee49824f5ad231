package dev.weir.balancer.incident;

/** "Everyone or only me?": what all balancer nodes together think of a backend. */
public enum Agreement {
    /** There is no other node, or nobody has evidence. */
    UNKNOWN("unknown"),
    /** Nobody who has evidence finds anything wrong. */
    WELL("well"),
    /** This node sees it fail, and no other has tried. */
    DOWN_HERE("down here, and no other node knows"),
    /** All who have evidence see it fail: it is the backend. */
    DOWN_EVERYWHERE("down everywhere"),
    /** This node sees it fail, and the others find it well: it is this node or its network. */
    DOWN_ONLY_FROM_HERE("down only from here"),
    /** Some see it fail, and some find it well: it is the network between them, or a backend that fails now and then. */
    SPLIT("split");

    private final String words;

    Agreement(String words) {
        this.words = words;
    }

    /** For operators. */
    public String words() {
        return words;
    }
}
