package dev.weir.balancer.peers;

/** What a node thinks of a backend. */
public enum Opinion {
    /** It has no evidence. */
    NONE("has not used it of late"),
    WELL("finds it well"),
    /** The last request failed. */
    FAILING("saw its last request fail"),
    /** By its own evidence it takes it out. */
    OUT("has taken it out");

    private final String words;

    Opinion(String words) {
        this.words = words;
    }

    /** What follows a node's name. */
    public String words() {
        return words;
    }
}
